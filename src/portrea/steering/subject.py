"""What a portrait is about: one territory or several together, with parts and surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from portrea.base.errors import TerritoryError
from portrea.base.estimates import Estimate, Quality
from portrea.needs.estimation import WITH_B
from portrea.steering.reach_now import reach_now
from portrea.steering.reading import AreaEstimate
from portrea.steering.wording import HERE, Name, enumeration, level_name, territory_name
from portrea.territory.hierarchy import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from portrea.steering.keyed import Key, KeyedFrame, LevelFrames
    from portrea.steering.reading import Reader
    from portrea.territory.geometry import Shapes
    from portrea.territory.hierarchy import Territory

SELECTION = "selection"
PART_LEVELS = {
    "commune": "iris",
    "epci": "commune",
    "departement": "epci",
    "region": "departement",
    "france": "region",
}
"""Level of the parts listed in the portrait of a territory."""
NEIGHBOUR_LEVELS = ("commune", "epci", "departement", "region")
MOST_NEIGHBOURS = 8
MOST_UNITED = 5_000
"""Beyond this many communes, outlines are not united while someone waits."""


@dataclass(frozen=True, slots=True)
class Area:
    """One territory: its row of the table ``territories`` and the grammar of its name."""

    level: str
    code: str
    name: Name
    row: dict[str, Any]

    @property
    def key(self) -> str:
        """How the territory is written: ``commune:35188``."""
        return f"{self.level}:{self.code}"

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Area:
        """Read a row of ``territories``."""
        name = territory_name(row["level"], row["code"], row["name"])
        return cls(row["level"], row["code"], name, row)


class Subject:
    """The territory of a portrait (or several taken together), seen through the reader."""

    def __init__(self, reader: Reader, areas: Sequence[Area]) -> None:
        self.reader = reader
        self.areas = tuple(areas)
        self.level = areas[0].level if len(areas) == 1 else SELECTION
        self.key = ",".join(area.key for area in areas)

    @classmethod
    def of(cls, reader: Reader, target: Territory | Selection) -> Subject:
        """Build the subject of one territory or of a selection.

        Raises
        ------
        TerritoryError
            When a territory is not in the computation in force.
        """
        wanted = target.territories if isinstance(target, Selection) else (target,)
        areas = []
        for territory in wanted:
            row = reader.territory(str(territory.level), territory.code)
            if row is None:
                raise TerritoryError(
                    f"Le calcul en service ne connaît pas {territory.level}:{territory.code}.",
                    remedy="Chargez ses données puis relancez « portrea compute ».",
                )
            areas.append(Area.from_row(row))
        _refuse_overlap(areas)
        return cls(reader, areas)

    @cached_property
    def name(self) -> Name:
        """Name with its grammar; a selection lists its members (three at most)."""
        if len(self.areas) == 1:
            return self.areas[0].name
        if len(self.areas) > 3:
            words = f"les {len(self.areas)} territoires choisis"
            return Name(words[0].upper() + words[1:], f"des {words[4:]}", f"dans {words}")
        names = [area.name for area in self.areas]
        return Name(
            enumeration([n.plain for n in names]),
            enumeration([n.of for n in names]),
            enumeration([n.at for n in names]),
        )

    @property
    def here(self) -> str:
        """Place words once the territory has been named: « dans la commune »."""
        if self.level == "france":
            return self.name.at
        return HERE[self.level]

    @property
    def around(self) -> str:
        """Where its places are counted: an IRIS is served by its commune."""
        return HERE["commune"] if self.level in ("iris", "qpv") else HERE[self.level]

    @cached_property
    def commune_codes(self) -> tuple[str, ...]:
        """Codes of the communes inside, by name (of the commune it belongs to, for an IRIS)."""
        found = [code for area in self.areas for code in self._communes_of(area)]
        return tuple(dict.fromkeys(found))

    def _communes_of(self, area: Area) -> list[str]:
        if area.level in ("commune", "iris", "qpv"):
            code = area.row["commune"]
            return [code] if code else []
        return self.reader.codes("commune", area.level, area.code)

    def area(self, level: str, code: str) -> Area:
        """Return one territory of the computation; raise :class:`KeyError` when it is unknown."""
        row = self.reader.territory(level, code)
        if row is None:
            raise KeyError(f"{level}:{code}")
        return Area.from_row(row)

    @cached_property
    def communes(self) -> tuple[Area, ...]:
        """Communes inside, by name."""
        known = (self.reader.territory("commune", code) for code in self.commune_codes)
        return tuple(Area.from_row(row) for row in known if row)

    def quality(self, measure: str) -> Quality:
        """Return the grade of a measure, the worst of its areas."""
        found = [self.reader.estimate(area.level, area.code, measure) for area in self.areas]
        return max((e.quality for e in found if e is not None), default=Quality.N)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Places of its communes."""
        return self.reader.places(self.commune_codes)

    @cached_property
    def reach(self) -> KeyedFrame | LevelFrames:
        """Table ``reach`` of itself, its parts and its communes.

        That of the computation, unless its reader was given other places: then measured with these.
        France as a whole stays as computed.
        """
        if self.reader.given_offer is None or self.level == "france":
            return self.reader.snapshot.reach
        levels = {area.level for area in (*self.areas, *self.parts)} | {"commune"}
        return reach_now(self.reader, self.commune_codes, sorted(levels))

    def members(self, area: Area, child: str) -> list[Area]:
        """Territories of a lower level inside one area, by name."""
        rows = self.reader.members(child, area.level, area.code)
        return [Area.from_row(row) for row in rows]

    @cached_property
    def parts(self) -> tuple[Area, ...]:
        """Areas listed in detail: the next level down, or the members of a selection."""
        if len(self.areas) > 1:
            return self.communes if self._small else self.areas
        child = PART_LEVELS.get(self.level)
        if child is None:
            return ()
        parts = self.members(self.areas[0], child)
        return tuple(parts) if len(parts) > 1 else ()

    @property
    def _small(self) -> bool:
        return all(area.level in ("iris", "commune", "epci") for area in self.areas)

    @cached_property
    def part_estimates(self) -> dict[tuple[str, str, str], AreaEstimate]:
        """Every measure of every part, by (level, code, measure)."""
        return self.reader.estimates_of(self.keys(self.parts))

    @cached_property
    def parents(self) -> tuple[Area, ...]:
        """Larger territories that contain it all, from the nearest to France."""
        found = []
        for level in ("commune", "epci", "departement", "region"):
            codes = {area.row.get(level) for area in self.areas}
            if len(codes) == 1 and (code := codes.pop()) and self.key != f"{level}:{code}":
                row = self.reader.territory(level, code)
                if row and level not in {area.level for area in self.areas}:
                    found.append(Area.from_row(row))
        france = self.reader.territory("france", "FR")
        if france and self.level != "france":
            found.append(Area.from_row(france))
        return tuple(found)

    @property
    def neighbours(self) -> tuple[Area, ...]:
        """Territories of the same level that touch it, else those of the same parent."""
        return self._around[0]

    @property
    def neighbour_word(self) -> str:
        """What :attr:`neighbours` are: « voisin », or « même commune » without outlines."""
        return self._around[1]

    @cached_property
    def _around(self) -> tuple[tuple[Area, ...], str]:
        if len(self.areas) > 1 or self.level not in (*NEIGHBOUR_LEVELS, "iris"):
            return (), ""
        area = self.areas[0]
        if self.level in NEIGHBOUR_LEVELS:
            rows = [self.reader.territory(area.level, code) for code in self._touching(area)]
            found = [Area.from_row(row) for row in rows if row]
            if found:
                return tuple(found[:MOST_NEIGHBOURS]), "voisin"
        siblings, parent = self._siblings(area)
        return tuple(siblings[:MOST_NEIGHBOURS]), f"même {level_name(parent)}" if parent else ""

    def _touching(self, area: Area) -> list[str]:
        communes = self.reader.outlines.touching(self.commune_codes)
        if area.level == "commune":
            return communes
        rows = [self.reader.territory("commune", code) for code in communes]
        counts: dict[str, int] = {}
        for row in rows:
            if row and (parent := row[area.level]) and parent != area.code:
                counts[parent] = counts.get(parent, 0) + 1
        return sorted(counts, key=lambda code: (-counts[code], code))

    def _siblings(self, area: Area) -> tuple[list[Area], str]:
        parent = {
            "iris": "commune",
            "commune": "epci",
            "epci": "departement",
            "departement": "region",
        }.get(area.level)
        code = area.row.get(parent) if parent else None
        if not parent or not code:
            return [], ""
        rows = self.reader.members(area.level, parent, code)
        return [Area.from_row(row) for row in rows if row["code"] != area.code], parent

    @cached_property
    def _own(self) -> dict[tuple[str, str, str], AreaEstimate]:
        return self.reader.estimates_of(self.keys(self.areas))

    @cached_property
    def _measures(self) -> dict[str, AreaEstimate | None]:
        return {}

    def estimate(self, measure: str) -> AreaEstimate | None:
        """One measure of the whole subject; members are summed by :func:`added`."""
        if measure not in self._measures:
            self._measures[measure] = self._sum(measure)
        return self._measures[measure]

    def _sum(self, measure: str) -> AreaEstimate | None:
        found = [self._own.get((a.level, a.code, measure)) for a in self.areas]
        known = [estimate for estimate in found if estimate is not None]
        if len(known) != len(self.areas) or not known:
            return None
        return known[0] if len(known) == 1 else added(known, self.name.plain)

    @property
    def masked(self) -> bool:
        """Whether the numbers of one of its IRIS exist and are not shown."""
        return any(e.withheld for (_, _, m), e in self._own.items() if m not in WITH_B)

    def shapes_of(self, areas: Sequence[Area]) -> Shapes | None:
        """Outlines of some areas of one level: loaded, else made from their communes."""
        outlines, level = self.reader.outlines, areas[0].level
        shapes = outlines.pick(level, [area.code for area in areas])
        if shapes is not None or level in ("iris", "commune", "france", "qpv"):
            return shapes
        parents = {
            code: area.code
            for area in areas
            for code in self.reader.codes("commune", level, area.code)
        }
        return outlines.united(level, parents) if len(parents) <= MOST_UNITED else None

    def keys(self, areas: Sequence[Area]) -> list[Key]:
        """(level, code) of areas, as the reader's indexes want them."""
        return [(area.level, area.code) for area in areas]


def _refuse_overlap(areas: Sequence[Area]) -> None:
    """Refuse a selection that would count the same people twice."""
    for inner in areas:
        for outer in areas:
            same = inner.row.get(outer.level) == outer.code or outer.level == "france"
            if inner.key != outer.key and same:
                raise TerritoryError(
                    f"{inner.key} est déjà compris dans {outer.key}\u00a0: ses habitants seraient "
                    "comptés deux fois.",
                    remedy="Retirez l’un des deux de la liste.",
                )


def added(parts: Sequence[AreaEstimate], name: str) -> AreaEstimate:
    """Add one measure over disjoint areas.

    Notes
    -----
    Low bounds are added together, and high bounds likewise: this is the interval of errors that all
    go the same way, so it is never too narrow. The quality is the worst of the parts; if a part has
    no number, neither has the sum.
    """
    quality = max((part.quality for part in parts), key=lambda q: q.value)
    population = _total(part.population for part in parts)
    if not all(part.available for part in parts):
        empty = Estimate(None, None, None, Quality.N)
        vintages = _merged_vintages(parts)
        return AreaEstimate(SELECTION, "", name, parts[0].measure, None, empty, empty, vintages)
    value, low, high = (
        _total(getattr(part.count, field) for part in parts) for field in ("value", "low", "high")
    )
    count = Estimate(value, low, high, quality)
    base = population if any(part.share.available for part in parts) else None
    ratios = [None if n is None or not base else n / base for n in (value, low, high)]
    share = Estimate(ratios[0], ratios[1], ratios[2], quality)
    vintages = _merged_vintages(parts)
    return AreaEstimate(SELECTION, "", name, parts[0].measure, population, count, share, vintages)


def _total(values: Iterable[float | None]) -> float | None:
    numbers = list(values)
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _merged_vintages(parts: Sequence[AreaEstimate]) -> str:
    words = {word.strip() for part in parts for word in part.vintages.split(";") if word.strip()}
    return "; ".join(sorted(words))
