"""Difficulties met more often than in the period before, beyond chance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.action.difficulties import Change, before_after, words
from portrea.stats.disclosure import rule
from portrea.web.action.models import Difficulty, Procedure

if TYPE_CHECKING:
    from django.db.models import Q

    from portrea.action.difficulties import Compared
    from portrea.web.action.boards.periods import Period

MOST = 12


@dataclass(frozen=True, slots=True)
class Rising:
    """What blocks in a procedure: situations now and before, and how many times more often."""

    procedure: str
    trouble: str
    now: int
    before: int
    compared: Compared


def rising_of(where: Q, period: Period, *, discreet: bool) -> list[Rising]:
    """Return the difficulties that rise, the most frequent first.

    ``discreet`` leaves out what few situations tell, now or before.
    """
    now, before = _counts(where, period), _counts(where, period.former)
    days = {"before_days": period.former.days, "after_days": period.days}
    names = words()["codes"]
    found = []
    for (procedure, code), count in now.most_common():
        past = before[procedure, code]
        if count <= past or (discreet and _few(count, past)):
            continue
        compared = before_after(before=past, after=count, **days)
        if compared.saying is Change.MORE:
            found.append((procedure, Rising("", names.get(code, code), count, past, compared)))
        if len(found) == MOST:
            break
    named = Procedure.objects.in_bulk({procedure for procedure, _one in found})
    return [
        Rising(str(named[pk]), one.trouble, one.now, one.before, one.compared) for pk, one in found
    ]


def _counts(where: Q, period: Period) -> Counter[tuple[int, str]]:
    rows = Difficulty.objects.filter(where, day__gte=period.first, day__lte=period.until)
    counts: Counter[tuple[int, str]] = Counter()
    for procedure, codes in rows.order_by().values_list("procedure_id", "codes"):
        counts.update((procedure, code) for code in set(codes))
    return counts


def _few(*counts: int) -> bool:
    least = int(rule("threshold"))
    return any(0 < count < least for count in counts)
