"""The aids of a territory, what may be said of them to a person, those to read again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.rights.aids import known_of, local_hint
from portrea.rights.aids_reading import read_aid
from portrea.rights.hints import Saying
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import condition, keys_of
from portrea.web.rights.ladder.selectors import chain_of
from portrea.web.rights.models import LocalAid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from portrea.rights.aids import Aid, LocalHint
    from portrea.rights.answers import Answers
    from portrea.rights.hints import Hint
    from portrea.web.accounts.scope import Key

EDIT = "aid.edit"
ORDER = list(Saying)


@dataclass(frozen=True, slots=True)
class Shown:
    """An aid as a list shows it: its row, what it says, whose it is, whether it holds today."""

    row: LocalAid
    aid: Aid
    where: str
    current: bool
    stale: bool


def aids_for(
    commune: str, answers: Answers, hints: Iterable[Hint] = (), *, day: date | None = None
) -> list[LocalHint]:
    """Return what may be said of the aids of a commune, the surest first; a « no » is left out.

    Parameters
    ----------
    commune
        Code of the commune; none is known for an empty one.
    hints
        National rights already estimated: some aids depend on them.
    """
    if not commune:
        return []
    today = day or timezone.localdate()
    known = known_of(answers, hints)
    rows = readable(rows_of(("commune", commune)))
    told = [local_hint(aid, known, day=today) for _row, aid in rows]
    found = [one for one in told if one is not None and one.saying is not Saying.NO]
    return sorted(found, key=lambda one: (ORDER.index(one.saying), one.aid.label))


def rows_of(key: Key) -> QuerySet[LocalAid]:
    """Return the aids, not retired, of a territory and of those that hold it whole."""
    asked = Q(pk__in=[])
    for level, code in chain_of(key):
        asked |= Q(level=level, code=code)
    return LocalAid.objects.filter(asked, retired=None)


def readable(rows: Iterable[LocalAid]) -> list[tuple[LocalAid, Aid]]:
    """Return the aids that rows hold.

    They were checked when they were written; one that names a right since removed from Portrea is
    left out, and told to who keeps it (:func:`unreadable`).
    """
    told = []
    for row in rows:
        with suppress(DataError):
            told.append((row, read_aid(row.name, row.card, today=timezone.localdate())))
    return told


def unreadable(rows: Iterable[LocalAid]) -> list[LocalAid]:
    """Return the rows to write again: they no longer say an aid."""
    kept = list(rows)
    fine = {row.pk for row, _aid in readable(kept)}
    return [row for row in kept if row.pk not in fine]


def shown(rows: Iterable[LocalAid], *, day: date | None = None) -> list[Shown]:
    """Return aids as lists show them, by name."""
    today = day or timezone.localdate()
    found = [
        Shown(row, aid, name_of(row.territory), aid.is_current(today), aid.is_stale(today))
        for row, aid in readable(rows)
    ]
    return sorted(found, key=lambda one: (one.aid.label, one.where))


def aids_held(who: Any) -> QuerySet[LocalAid]:
    """Return the aids of the territories where somebody keeps them, the retired ones last."""
    return LocalAid.objects.filter(condition(keys_of(who, EDIT)))


def territories() -> list[tuple[str, str, str]]:
    """Return the territories that described aids: level, code, name; by name."""
    rows = LocalAid.objects.filter(retired=None).values_list("level", "code").distinct()
    told = [(level, code, name_of((level, code))) for level, code in rows.order_by()]
    return sorted(told, key=lambda one: one[2])
