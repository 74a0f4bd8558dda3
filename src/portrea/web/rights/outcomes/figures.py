"""The figures of the log: stages, time, amounts, what came of each outreach; SQL does the counting.

``discreet`` figures leave the team: small counts are hidden, so that none is found by subtraction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from portrea.rights.outcome_sharing import (
    REST,
    WHOLE,
    compared,
    enough,
    gathered,
    safe_quartiles,
    shown,
)
from portrea.rights.outcome_times import Life, times
from portrea.rights.outcomes import ENDS, STAGES, Marks, funnel, pending, right_names, words
from portrea.web.rights.models import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from portrea.rights.outcome_sharing import Compared
    from portrea.rights.outcome_times import Times

Groups = dict[str, dict[Marks, int]]
MOST_ACTIONS = 30
_END = Case(
    *(When(**{f"{name}__isnull": False}, then=Value(name)) for name in ENDS), default=Value("")
)
"""How a case ended, empty while it goes on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count shown: ``None`` is hidden; share of all the cases of its row, where both are."""

    stage: str
    reached: int | None
    noted: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The stages of one right or one origin, and the days after which one case in two is open."""

    label: str
    cells: tuple[Cell, ...]
    median: int | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """Euros opened: by month (sum, median) and once, each on so many cases; ``None`` is hidden.

    Outside, the number of cases is not told, for it would tell those without amount.
    """

    monthly: Decimal | None
    median: Decimal | None
    known: int | None
    back_pay: Decimal | None
    back_known: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of the page of indicators; ``told``: which quartiles of the times are shown."""

    whole: Row
    rights: tuple[Row, ...]
    origins: tuple[Row, ...]
    pending: int | None
    times: Times
    told: tuple[bool, bool, bool]
    amounts: Amounts
    discreet: bool

    @property
    def few(self) -> bool:
        """Whether the times rest on few rights opened: as few as are not compared."""
        return self.times.opened < words()["compare"]["least"]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to count."""
        return self.whole.cells[0].reached == 0


def figures_of(where: Q, today: date, *, discreet: bool) -> Figures:
    """Return the figures of the rights followed that a condition keeps, as of a day."""
    by_right, by_origin = _counts(where)
    lives = _lives(where, today)
    every = sum(lives.values(), Counter[Life]())
    found = times(every)
    medians = {name: times(counts).median for name, counts in lives.items()}
    if discreet:
        whole, (rights, origins) = _hidden(by_right, by_origin)
        waits = None
    else:
        whole = _row("Ensemble", funnel(_summed(by_right)))
        rights = [_row(name, funnel(by_right[name]), medians.get(name)) for name in by_right]
        origins = [_row(name, funnel(by_origin[name])) for name in by_origin]
        waits = pending(funnel(_summed(by_right)))
    told = safe_quartiles(found, every) if discreet else (True, True, True)
    return Figures(
        whole, _named(rights, right_names()), _named(origins, words()["origins"]), waits,
        found, told, _amounts(where, discreet=discreet), discreet,
    )  # fmt: skip


def compared_origins(where: Q, today: date) -> list[tuple[str, Compared]]:
    """Compare where cases come from, those detected long enough ago to have had the time."""
    rows = _ripe(where, today).exclude(origin="").values("origin")
    told = rows.annotate(all=Count("pk"), open=Count("opened")).order_by("-all", "origin")
    names = words()["origins"]
    return [
        (names.get(one["origin"], one["origin"]), compared(one["all"], one["open"], None))
        for one in told
    ]


def compared_actions(where: Q, today: date) -> list[tuple[str, date, Compared]]:
    """Compare the actions named by cases, with the hours of work when they are known."""
    rows = _ripe(where, today).filter(outreach__isnull=False)
    told = rows.values("outreach", "outreach__title", "outreach__day", "outreach__hours")
    counted = told.annotate(all=Count("pk"), open=Count("opened"))
    return [
        (
            one["outreach__title"],
            one["outreach__day"],
            compared(one["all"], one["open"], float(one["outreach__hours"] or 0) or None),
        )
        for one in counted.order_by("-all", "-outreach__day", "outreach")[:MOST_ACTIONS]
    ]


def _ripe(where: Q, today: date) -> Any:
    before = today - timedelta(days=words()["compare"]["ripe_days"])
    return Outcome.objects.filter(where, detected__lte=before)


def _counts(where: Q) -> tuple[Groups, Groups]:
    """Count the cases by right and by origin, by which stages are noted: one query."""
    told = {name: Case(When(**{f"{name}__isnull": False}, then=Value(1)), default=Value(0))
            for name in ("informed", "accompanied", "applied")}  # fmt: skip
    rows = (
        Outcome.objects.filter(where)
        .annotate(
            **{f"has_{name}": case for name, case in told.items()},
            end=_END,
        )
        .values_list("right", "origin", *(f"has_{name}" for name in told), "end")
        .annotate(number=Count("pk"))
        .order_by()
    )
    by_right: Groups = {}
    by_origin: Groups = {}
    for right, origin, informed, accompanied, applied, end, number in rows:
        marks = Marks(bool(informed), bool(accompanied), bool(applied), end)
        for groups, name in ((by_right, right), (by_origin, origin)):
            counts = groups.setdefault(name, {})
            counts[marks] = counts.get(marks, 0) + number
    return _ordered(by_right), _ordered(by_origin)


def _ordered(groups: Groups) -> Groups:
    """Return the groups with most cases first."""
    names = sorted(groups, key=lambda name: (-sum(groups[name].values()), name))
    return {name: groups[name] for name in names}


def _lives(where: Q, today: date) -> dict[str, Counter[Life]]:
    """Count how long the cases of each right lasted, those that go on until today."""
    found: dict[str, Counter[Life]] = {}
    rows = Outcome.objects.filter(where).order_by()
    ended = rows.annotate(last=Coalesce(*ENDS), end=_END).exclude(last=None)
    lasted = ExpressionWrapper(F("last") - F("detected"), DurationField())
    told = ended.annotate(lasted=lasted).values_list("right", "lasted", "end")
    for right, span, end, number in told.annotate(number=Count("pk")):
        found.setdefault(right, Counter())[Life(span.days, end)] += number
    waiting = rows.filter(**{f"{name}__isnull": True for name in ENDS})
    by_day = waiting.values_list("right", "detected").annotate(number=Count("pk"))
    for right, detected, number in by_day:
        found.setdefault(right, Counter())[Life(max((today - detected).days, 0), "")] += number
    return found


def _amounts(where: Q, *, discreet: bool) -> Amounts:
    rows = Outcome.objects.filter(where, opened__isnull=False)
    told = rows.aggregate(
        whole=Sum("monthly"), known=Count("monthly"),
        once=Sum("back_pay"), back_known=Count("back_pay"),
    )  # fmt: skip
    known, times_known = told["known"], told["back_known"]
    ordered = rows.exclude(monthly=None).order_by("monthly").values_list("monthly", flat=True)
    middle = list(ordered[(known - 1) // 2 : known // 2 + 1]) if known else []
    median = sum(middle) / len(middle) if middle else None
    monthly = (told["whole"], median, known)
    back_pay = (told["once"], times_known)
    if discreet and not enough(known, income=True):
        monthly = (None, None, None)
    if discreet and not enough(times_known, income=True):
        back_pay = (None, None)
    return Amounts(*monthly, *back_pay)


def _hidden(*tables: Groups) -> tuple[Row, list[list[Row]]]:
    """Return the row of all and the rows of each table, small counts hidden.

    What one table hides of the whole, the other does not show.
    """
    told = [shown(gathered(groups)) for groups in tables]
    cells = {
        stage: None if any(one[WHOLE][stage] is None for one in told) else told[0][WHOLE][stage]
        for stage in STAGES
    }
    rows = [[_shown(name, cells) for name, cells in one.items() if name != WHOLE] for one in told]
    return _shown("Ensemble", cells), rows


def _shown(label: str, cells: Mapping[str, int | None]) -> Row:
    whole = cells["detected"]
    return Row(label, tuple(
        Cell(stage, count, None, count / whole if count is not None and whole else None)
        for stage, count in cells.items()
    ))  # fmt: skip


def _row(label: str, steps: Mapping[str, Any], median: int | None = None) -> Row:
    cells = (Cell(one.stage, one.reached, one.noted, one.share) for one in steps.values())
    return Row(label, tuple(cells), median)


def _summed(groups: Groups) -> Counter[Marks]:
    found: Counter[Marks] = Counter()
    for counts in groups.values():
        found.update(counts)
    return found


def _named(rows: list[Row], names: Mapping[str, str]) -> tuple[Row, ...]:
    """Give the rows their French; what is not told stays « non renseigné »."""
    told = dict(names) | {"": "Non renseigné", REST: "Les autres, réunis"}
    return tuple(Row(told.get(one.label, one.label), one.cells, one.median) for one in rows)
