"""The ladder of a territory: chosen, inherited; partners; nothing kept of whom a file is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.rights.ladder import Level
from portrea.web.rights.ladder.selectors import chain_of, level_of
from portrea.web.rights.models import LadderChoice

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
MONTFORT, EPCI, OTHER = "35188", "243500550", "35238"


def chosen(level: str, code: str, rung: Level) -> None:
    LadderChoice.objects.create(level=level, code=code, rung=rung)


def test_a_commune_inherits_from_the_nearest_that_chose(site: Client) -> None:
    assert level_of(MONTFORT) is level_of("") is Level.PROPOSAL
    chosen("departement", "35", Level.ATTRIBUTION)
    assert (level_of(MONTFORT), level_of(OTHER)) == (Level.ATTRIBUTION, Level.ATTRIBUTION)
    chosen("epci", EPCI, Level.INFORMATION)
    assert (level_of(MONTFORT), level_of(OTHER)) == (Level.INFORMATION, Level.ATTRIBUTION)
    chosen("commune", MONTFORT, Level.PROPOSAL)
    assert level_of(MONTFORT) is Level.PROPOSAL


def test_the_chain_holds_what_holds_the_territory_whole(site: Client) -> None:
    assert chain_of(("commune", MONTFORT)) == [
        ("commune", MONTFORT), ("epci", EPCI), ("departement", "35"), ("region", "53"),
        ("france", "FR"),
    ]  # fmt: skip
    assert chain_of(("france", "FR")) == [("france", "FR")]


def test_one_query_tells_the_level(site: Client, django_assert_num_queries) -> None:
    level_of(MONTFORT)
    with django_assert_num_queries(1):
        level_of(MONTFORT)
