"""What the indicators count, month by month: records of activity, handovers, difficulties."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.action.activity import UNANSWERED, words
from portrea.action.difficulties import words as trouble_words
from portrea.action.tallies import PARTITIONS, added
from portrea.base.errors import TerritoryError
from portrea.steering.gathering import ONLY, Counts
from portrea.steering.indicators import Dimension
from portrea.steering.periods import YEAR, month_code, month_of
from portrea.territory import Level
from portrea.web.accounts.scope import find, inside, key_of, name_of
from portrea.web.accounts.where import BELOW
from portrea.web.action.boards.wording import SPECS, labels
from portrea.web.action.models import Difficulty, Tally, TallyCell
from portrea.web.action.services.tallies import recount
from portrea.web.journeys.models import Handover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.web.accounts.scope import Key

    Months = tuple[int, int]
    Cells = dict[str, Counter[tuple[str, int]]]
    Counted = dict[str, Cells]
    """Dimension → value → (column, month) → number."""

SHOWN = tuple(one for one in SPECS if not one.dimension.startswith("unmet"))
"""Tables of the board that the indicators take."""
NOT_WHOLLY = "non"


@dataclass(frozen=True, slots=True)
class Read:
    """The counts of some months of a territory, read once."""

    territory: str
    months: Months
    counted: Counted

    @classmethod
    def of(cls, territory: str, months: Months, *, by_part: bool = False) -> Read:
        """Read the months kept counted, those that changed being counted again first."""
        where = inside(territory)
        recount(where)
        first, last = map(month_code, months)
        rows = Tally.objects.filter(where, month__gte=first, month__lte=last).order_by()
        groups: dict[tuple[str, int], list[bytes]] = defaultdict(list)
        columns: dict[Key, str] = {}
        for level, code, month, counts in rows.values_list("level", "code", "month", "counts"):
            part = ONLY
            if by_part:
                part = columns.setdefault((level, code), _part_of(territory, (level, code)))
            groups[part, month_of(month)].append(counts)
        return cls(territory, months, _by_dimension({k: added(told) for k, told in groups.items()}))

    @property
    def minutes(self) -> dict[int, int]:
        """Minutes of help told each month."""
        cells = self.counted.get("total", {}).get("minutes", Counter())
        return {month: number for (_column, month), number in cells.items()}


def activity_of(read: Read, last: int) -> dict[str, Dimension]:
    """Return the dimensions counted; ``last`` is the last month that is over."""
    found = {
        spec.dimension: _dimension(spec.dimension, read.counted.get(spec.dimension, {}), last)
        for spec in SHOWN
    }
    found["difficulty"] = _difficulties(read.territory, read.months, last)
    found["handover"] = _handovers(read.territory, read.months, last)
    return found


def crossed_of(read: Read, dimension: str, last: int) -> Crossed:
    """Return a dimension by part of the territory, when it was read so."""
    counted = read.counted.get(dimension, {})
    parts = {part for cells in counted.values() for part, _month in cells} - {ONLY}
    names = {part: _part_name(read.territory, part) for part in parts}
    return Crossed(_dimension(dimension, counted, last), names)


@dataclass(frozen=True, slots=True)
class Crossed:
    """A dimension whose columns are parts of a territory, and their names."""

    dimension: Dimension
    parts: dict[str, str]


def _by_dimension(sums: Mapping[tuple[str, int], Mapping[int, int]]) -> Counted:
    cells = TallyCell.objects.in_bulk({number for told in sums.values() for number in told})
    found: Counted = {}
    for key, told in sums.items():
        for number, count in told.items():
            cell = cells[number]
            value = _value(cell.dimension, cell.value)
            found.setdefault(cell.dimension, {}).setdefault(value, Counter())[key] += count
    return found


def _value(dimension: str, value: str) -> str:
    """Return the value counted: « en partie » and « non » are one, as their reasons are."""
    return NOT_WHOLLY if dimension == "result" and value in UNANSWERED else value


def _dimension(name: str, cells: Cells, last: int) -> Dimension:
    spec = next(one for one in SHOWN if one.dimension == name)
    whole = name in PARTITIONS or name == "reason"
    if name == "result":  # who says nothing of the answer tells nothing of anybody
        cells = {value: told for value, told in cells.items() if value}
    names = labels(spec, cells)
    if spec.ordered:
        known = [one for one in words()[spec.listed] if one in names]
        names = {one: names[one] for one in (*known, *(o for o in names if o not in known))}
    if name == "result":
        names |= {NOT_WHOLLY: _("Non ou en partie")}
    counts = Counts(cells, last, whole)
    return Dimension(name, str(spec.title), counts, names, spec.ordered, "" if whole else "kind")


def _part_of(territory: str, key: Key) -> str:
    """Return the part of a territory that holds something: one level below, or itself."""
    level = BELOW.get(key_of(territory)[0])
    if level is None or key == key_of(territory):
        return territory
    if key[0] == level.value:
        return f"{key[0]}:{key[1]}"
    try:
        code = find(key).parent_code(level)
    except TerritoryError:
        code = None
    return f"{level.value}:{code}" if code else territory


def _part_name(territory: str, part: str) -> str:
    return _("Territoire entier") if part == territory else name_of(part)


def _difficulties(territory: str, months: Months, last: int) -> Dimension:
    first, until = day_range(months)
    rows = Difficulty.objects.filter(inside(territory), day__gte=first, day__lt=until)
    cells: Cells = {}
    for day, codes in rows.order_by().values_list("day", "codes"):
        for code in set(codes):
            cells.setdefault(code, Counter())[ONLY, _number(day)] += 1
    counts = Counts(cells, last, whole=False)
    return Dimension("difficulty", _("Ce qui bloque"), counts, dict(trouble_words()["codes"]))


def _handovers(territory: str, months: Months, last: int) -> Dimension:
    first, until = day_range(months)
    rows = Handover.objects.filter(
        inside(territory), created__date__gte=first, created__date__lt=until
    )
    cells: Cells = {}
    for created, state in rows.order_by().values_list("created__date", "state"):
        cells.setdefault(state, Counter())[ONLY, _number(created)] += 1
    names = {value: str(label).capitalize() for value, label in Handover.State.choices}
    return Dimension("handover", _("Orientations transmises"), Counts(cells, last), names)


def day_range(months: Months) -> tuple[date, date]:
    """Return the first day of the months, and the day after the last one."""
    first, after = months[0], months[1] + 1
    return date(first // YEAR, first % YEAR + 1, 1), date(after // YEAR, after % YEAR + 1, 1)


def _number(day: date) -> int:
    return day.year * YEAR + day.month - 1


def parts_known(territory: str) -> bool:
    """Whether a territory is made of parts that can be told apart."""
    return key_of(territory)[0] in BELOW and key_of(territory)[0] != Level.COMMUNE.value


def years_around(periods: Iterable[tuple[int, int]]) -> Months:
    """Return the months of the calendar years that some months touch: gathering looks at all."""
    told = list(periods)
    first, last = min(one for one, _l in told), max(one for _f, one in told)
    return first // YEAR * YEAR, last // YEAR * YEAR + YEAR - 1
