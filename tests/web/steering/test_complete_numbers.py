"""Numbers of the complete portrait: parts add up, one number says one thing, six maps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portrea.web.steering.complete.selectors import complete_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from portrea.steering.document import Portrait, Table

pytestmark = pytest.mark.django_db
EPCI = "epci:243500618"
LIGHT = 120_000
"""Most bytes of a map: a phone with a bad connection reads it."""


@pytest.fixture
def portrait(site: Client) -> Portrait:
    return complete_of(EPCI)


def table(portrait: Portrait, name: str) -> Table:
    return next(table for table in portrait.tables() if table.id == name)


def column(found: Table, title: str) -> list[float]:
    place = [c.title for c in found.columns].index(title)
    return [float(row[place].value or 0) for row in found.rows]


def test_the_parts_add_up_to_the_territory(portrait: Portrait) -> None:
    """Persons are a sum; a share of ages is the mean of the communes, weighted by persons."""
    parts = table(portrait, "facteurs-zones")
    people, aged = column(parts, "Habitants"), column(parts, "65 ans ou plus")
    whole = {row[0].text: row[1].value for row in table(portrait, "facteurs-reperes").rows}
    assert whole["Habitants"] == sum(people)
    weighted = sum(n * share for n, share in zip(people, aged, strict=True)) / sum(people)
    assert whole["65 ans ou plus"] == pytest.approx(weighted, abs=1e-12)


def test_a_band_of_age_never_counts_more_than_it_holds(portrait: Portrait) -> None:
    found = table(portrait, "ages-besoins")
    persons, concerned = column(found, "Habitants"), column(found, "Personnes concernées")
    assert all(n <= many for n, many in zip(concerned, persons, strict=True))
    besoins = table(portrait, "besoins-mesures").rows[0]
    assert sum(concerned) == pytest.approx(besoins[3].value, rel=0.02)  # each is rounded


def shares(portrait: Portrait) -> Iterator[tuple[str, str]]:
    """Yield the share of illectronisme of each area, as each table of areas writes it."""
    for name, title in (("zones-besoins", "Illectronisme\u00a0: personnes"), ("acces-zones", None)):
        found = table(portrait, name)
        titles = [c.title for c in found.columns]
        place = titles.index(title or "Personnes concernées")
        yield from ((row[0].territory, row[place].text) for row in found.rows)


def test_a_number_is_the_same_wherever_it_is_told(portrait: Portrait) -> None:
    told: dict[str, set[str]] = {}
    for area, text in shares(portrait):
        told.setdefault(area, set()).add(text)
    assert len(told) == 8
    assert all(len(texts) == 1 for texts in told.values())


def test_six_light_maps_each_with_its_table(portrait: Portrait) -> None:
    maps = [f for f in portrait.figures() if re.match(r"fig-zones|fig-acces|carte-", f.id)]
    tables = {found.id for found in portrait.tables()}
    assert len(maps) >= 6
    assert all(figure.table in tables for figure in portrait.figures())
    assert all(len(figure.svg.encode()) < LIGHT for figure in maps)


def test_identifiers_are_unique(portrait: Portrait) -> None:
    names = [
        *(section.id for section in portrait.walk()),
        *(found.id for found in portrait.tables()),
        *(figure.id for figure in portrait.figures()),
    ]
    assert len(names) == len(set(names))
