"""The local aids told to a person: those of her commune and of what holds it, the surest first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from portrea.rights.answers import read
from portrea.rights.hints import Saying
from portrea.web.rights.aids.selectors import aids_for, rows_of, unreadable
from portrea.web.rights.models import LocalAid

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/rights/aids.yaml").read_text("utf-8"))
DAY = CASES["day"]
MONTFORT = "35188"


def written(name: str, territory: str = f"commune:{MONTFORT}", **fields: Any) -> LocalAid:
    level, _, code = territory.partition(":")
    card = json.loads(json.dumps(CASES["aids"][name], default=str))
    return LocalAid.objects.create(name=name, level=level, code=code, card=card, **fields)


def test_those_of_the_commune_and_of_what_holds_it(site: Client) -> None:
    written("pour_tous", "departement:35")
    written("eau")
    written("senior", "commune:35238")
    written("finie")
    written("vacances", retired=DAY)
    told = aids_for(MONTFORT, read({"situation": "sans", "age": "40"}), day=DAY)
    assert [(one.aid.name, one.saying) for one in told] == [
        ("pour_tous", Saying.PROBABLE), ("eau", Saying.POSSIBLE),
    ]  # fmt: skip
    assert aids_for("", read({})) == []


def test_a_no_is_not_told(site: Client) -> None:
    written("senior")
    given = {"age": "40", "partner": "seul"}
    assert aids_for(MONTFORT, read(given), day=DAY) == []


def test_an_aid_that_cannot_be_read_any_more_breaks_nothing(site: Client) -> None:
    row = written("eau")
    LocalAid.objects.filter(pk=row.pk).update(card={**row.card, "conditions": {"droits": ["rmi"]}})
    written("pour_tous")
    assert [one.aid.name for one in aids_for(MONTFORT, read({}), day=DAY)] == ["pour_tous"]
    assert [one.name for one in unreadable(rows_of(("commune", MONTFORT)))] == ["eau"]


def test_one_query_whatever_the_number_of_aids(site: Client, django_assert_num_queries) -> None:
    for name in CASES["aids"]:
        written(name)
    with django_assert_num_queries(1):
        aids_for(MONTFORT, read({"age": "40"}), day=DAY)
