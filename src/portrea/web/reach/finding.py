"""A commune or a building of a territory found by its name, to be tried in « Et si ? »."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.reach.siting.params import default_parameters
from portrea.territory.naming import normalise, typographic
from portrea.web.reach.selectors import ground_of

if TYPE_CHECKING:
    from portrea.web.reach.asked import Asked

MOST = 12
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Building:
    """A place found: its name, where it is, the addresses of the trials that it leads to."""

    name: str
    where: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, the places found, and how many more there are."""

    text: str
    found: tuple[Building, ...] = ()
    left: int = 0


def search(asked: Asked, text: str) -> Search:
    """Return the communes and buildings of a territory whose name holds every word written."""
    wanted = normalise(text[:LONGEST]).split()
    if not wanted:
        return Search("")
    ground = ground_of(asked)
    names = {code: name.plain for code, name in ground.communes}
    ranked = []
    for row in ground.places.filter("inside").iter_rows(named=True):
        town = names.get(row["commune"], "")
        own, told = normalise(row["name"]), normalise(f"{row['name']} {town}")
        if all(word in told for word in wanted):
            ranked.append((not own.startswith(wanted[0]), own, town, row))
    ranked.sort(key=lambda one: one[:3])
    found = tuple(_building(asked, row, town) for _, _, town, row in ranked[:MOST])
    return Search(text[:LONGEST], found, max(len(ranked) - MOST, 0))


def _building(asked: Asked, row: dict[str, Any], town: str) -> Building:
    key = row["id"]
    count = {place: n for n, place in asked.changes.opened}.get(key, 0)
    more = asked.opening(key, min(count + 1, default_parameters().most_half_days))
    name = typographic(row["name"])
    closes = row["serves"] and key not in asked.changes.closed
    return Building(
        name=name,
        where="au bourg" if key.startswith("commune:") else "" if town in name else town,
        opens=more.query(),
        closes=asked.closing(key).query() if closes else "",
    )
