"""An attacker who keeps everything said of the same helps: links, crossings, file, chapter, data.

A département of two intercommunalities notes helps in five kinds of places over a year, few in
some. Each quarter somebody reads every page that a link gives without account; the team's file, the
chapter of a document and the open table (its numbers taken as exact, though rounded) are kept too.
All of it is one linear program (``stats.suppression.attack``).

Left out on purpose: the records themselves, which only those who may read them get by the API with
a key; the board of the team by month (decision 0032).
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import time_machine
from django.db.models import Q
from lxml import html

from portrea.stats.suppression import attack
from portrea.steering.periods import QUARTER, Period, last_whole
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.scope import name_of
from portrea.web.action.services.tallies import recount
from portrea.web.steering.catalogue.activity import activity_made
from portrea.web.steering.indicators import selectors
from portrea.web.steering.services import indicators as services
from portrea.web.territories.selectors import territory_find
from web.accounts.conftest import connected, person
from web.steering.activity_case import noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
WHERE, LEAST, START = "departement:35", 5, 2025 * 12
TITLE = "Lieu de l’aide"
PARTS = {"35211": "epci:243500618", "35188": "epci:243500550"}
"""Commune → its intercommunality."""
NOTED = {
    "lieu_activite": {"35211": (9, 8, 12, 7), "35188": (6, 9, 7, 8)},
    "domicile": {"35211": (2, 5, 0, 6), "35188": (1, 6, 3, 0)},
    "distance": {"35211": (5, 2, 6, 5), "35188": (0, 1, 5, 9)},
    "autre": {"35211": (1, 0, 2, 3), "35188": (5, 7, 2, 1)},
    "": {"35211": (6, 5, 1, 0), "35188": (0, 0, 1, 2)},
}
"""Where → commune → helps of each quarter of 2025."""
ATOMS = {
    f"{place}@{commune}@{quarter}": float(number)
    for place, told in NOTED.items()
    for commune, numbers in told.items()
    for quarter, number in enumerate(numbers)
}
EDITIONS = (date(2025, 4, 10), date(2025, 7, 10), date(2025, 10, 10), date(2026, 1, 10))
Zone = frozenset[str]
Known = dict[Zone, int]


@pytest.fixture
def names(site: Client) -> dict[str, str]:
    """Note the year; return how the pages call each place."""
    for place, told in NOTED.items():
        for commune, numbers in told.items():
            for quarter, number in enumerate(numbers):
                day = date(2025, 3 * quarter + 2, 5)
                noted(day, number, commune, where=place)
    recount(Q())
    with time_machine.travel("2026-01-10 12:00", tick=False):
        year = Period(START, START + 11)
        dimension = selectors.activities(WHERE, [year])[0].dimensions["where"]
    return {dimension.name_of(place): place for place in NOTED}


def zone(places: Any, communes: Any, period: Period) -> Zone:
    quarters = [(month - START) // QUARTER for month in period.months[::QUARTER]]
    return frozenset(f"{p}@{c}@{q}" for p in places for c in communes for q in quarters)


class Reader:
    """What is known by now: groups of cells and their sum, as they are read."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names, self.known = names, Known()

    def learn(self, found: Zone, number: int) -> None:
        assert self.known.setdefault(found, number) == number, "told again otherwise"

    def column(self, lines: dict[str, int], communes: Any, period: Period) -> None:
        """Learn a column: its lines, and those that are not there, gathered or nobody."""
        shown = {self.names[label]: number for label, number in lines.items()
                 if label in self.names}  # fmt: skip
        for place, number in shown.items():
            self.learn(zone([place], communes, period), number)
        gathered = [n for label, n in lines.items() if label.startswith("Lignes réunies")]
        self.learn(zone(set(NOTED) - set(shown), communes, period), sum(gathered))
        if "Ensemble" in lines:
            self.learn(zone(NOTED, communes, period), lines["Ensemble"])

    def page(self, content: bytes, period: Period) -> None:
        """Learn the tables of a page: places, places crossed with quarters or with parts."""
        for table in html.fromstring(content).iter("table"):
            heads, *rows = [[_text(cell) for cell in row] for row in table.iter("tr")]
            if heads[0] != TITLE:
                continue
            for rank, head in list(enumerate(heads))[1:]:
                if head in ("Part", "Écart"):
                    continue
                lines = {row[0]: _number(row[rank]) for row in rows}
                self.column(lines, *_meant(head, heads, period))


def _meant(head: str, heads: list[str], period: Period) -> tuple[Any, Period]:
    """Return the communes and the period of a column."""
    for quarter in range(4):
        one = Period(START + 3 * quarter, START + 3 * quarter + 2)
        if head == str(one):
            return PARTS, one
    communes = [code for code, key in PARTS.items() if name_of(key) == head]
    if head.startswith("Autres"):
        communes = [code for code, key in PARTS.items() if name_of(key) not in heads]
    return communes or PARTS, period


def _text(cell: Any) -> str:
    return " ".join("".join(cell.itertext()).split())


def _number(text: str) -> int:
    return int("".join(one for one in text if one.isdigit()) or 0)


def periods(last: int) -> Iterator[Period]:
    """Yield the quarter that has just ended, and the year until then."""
    yield Period(last - QUARTER + 1, last)
    if last - QUARTER + 1 > START:
        yield Period(START, last)


def linked(client: Client, period: Period, **crossed: str) -> bytes:
    """Return the page that a link shows to anybody."""
    asked = {"periode": period.code, "comparer": "", **crossed}
    link = services.view_share(actor=SYSTEM, territory=WHERE, label="x", asked=asked, days=7)
    page = client.get(f"/pilotage/partage/{services.token_of(link)}/")
    assert page.status_code == 200
    return page.content


def test_nobody_is_found_by_joining_every_output(
    site: Client, client: Client, connected: Callable[..., Any], names: dict[str, str]
) -> None:
    reader = Reader(names)
    for day in EDITIONS:
        with time_machine.travel(day, tick=False):
            for period in periods(last_whole(day)):
                views = [{}, *({"lignes": "where", "colonnes": one, "mesure": "nombre"}
                               for one in ("trimestre", "parties"))]  # fmt: skip
                for view in views:
                    reader.page(linked(client, period, **view), period)
    links = len(reader.known)
    with time_machine.travel(EDITIONS[-1], tick=False):
        connected(f"referent {WHERE}")
        the_file(reader, site)
        the_chapter(reader)
        the_open_table(reader)
    assert links > 20, "links tell something"
    assert any(not any(f"@{code}@" in atom for atom in one) for one in reader.known
               for code in PARTS if one), "parts are told apart"  # fmt: skip
    small = {cell: n for cell, n in ATOMS.items() if 0 < n < LEAST}
    small |= {f"{p}@{q}": n for p in NOTED for q in range(4)
              if 0 < (n := sum(ATOMS[f"{p}@{c}@{q}"] for c in PARTS)) < LEAST}  # fmt: skip
    assert len(small) > 10
    found = tight(reader.known, small)
    assert not found, found


def the_file(reader: Reader, site: Client) -> None:
    """Read the JSON of the year, as the team may give it away."""
    page = site.get(f"/pilotage/indicateurs/{WHERE.replace(':', '/')}/indicateurs.json",
                    {"periode": "2025", "comparer": ""})  # fmt: skip
    year, told = Period(START, START + 11), json.loads(page.content)
    tables = [one for one in told["tableaux"] if one["colonnes"][0] == TITLE]
    assert tables
    for table in tables:
        lines = {row[0]["texte"]: int(row[1]["valeur"] or 0) for row in table["lignes"]}
        reader.column(lines, PARTS, year)


def the_chapter(reader: Reader) -> None:
    """Read the sections that a document takes."""
    for section in selectors.sections(territory_find(WHERE)):
        for table in section.tables:
            if table.columns[0].title == TITLE:
                lines = {row[0].text: int(row[1].value or 0) for row in table.rows}
                reader.column(lines, PARTS, Period(START, START + 11))


def the_open_table(reader: Reader) -> None:
    """Read the open data, an exact number being put in place of each rounded one."""
    made: Any = activity_made(None, None)  # type: ignore[arg-type]
    rows = made.frame.filter((pl.col("dimension") == "where") & (pl.col("year") == 2025))
    assert rows.height
    year = Period(START, START + 11)
    shown = set(rows["value"]) & set(NOTED)
    told = {v: sum(ATOMS[a] for a in zone([v], PARTS, year)) for v in shown}
    for value, number in rows.select("value", "number").iter_rows():
        places = [value] if value in shown else sorted(set(NOTED) - shown)
        exact = int(told.get(value, 0)) or int(sum(ATOMS[a] for a in zone(places, PARTS, year)))
        assert abs(number - exact) <= 2
        reader.learn(zone(places, PARTS, year), exact)


def tight(known: Known, small: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return the small counts that are bounded more tightly than the threshold."""
    for found, number in known.items():
        assert sum(ATOMS[atom] for atom in found) == number, sorted(found)
    zones = {f"z{rank}": set(found) for rank, found in enumerate(known) if found}
    asked = {name: {name} if name in ATOMS else
             {f"{p}@{c}@{q}" for p, q in [name.split("@")] for c in PARTS}
             for name in small}  # fmt: skip
    pairs = [(name, atom) for name, one in {**zones, **asked}.items() for atom in sorted(one)]
    table = pl.DataFrame(pairs, schema=["zone", "atom"], orient="row")
    pieces = pl.DataFrame({"atom": list(ATOMS), "persons": list(ATOMS.values())})
    bounds = attack(table, pieces, set(zones))
    return {n: bounds[n] for n in asked if bounds[n][1] - bounds[n][0] < LEAST - 1e-6}
