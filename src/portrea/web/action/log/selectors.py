"""Records as they are listed and read: within reach of who asks, no identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from portrea.base.unseen import without_unseen
from portrea.web.accounts.holders import holder, within
from portrea.web.accounts.permissions import Actor, require
from portrea.web.accounts.scope import inside, key_of
from portrea.web.action.difficulties.catalogue import procedures
from portrea.web.action.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

LONGEST = 160
ACT = "activity.log"
READ = "activity.read"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list keeps: period, holder, type, theme, words of the procedure."""

    start: date | None = None
    end: date | None = None
    holder: str = ""
    kind: str = ""
    theme: str = ""
    procedure: str = ""
    origin: str = ""

    @classmethod
    def of(cls, told: Mapping[str, str], holders: Iterable[tuple[str, str]]) -> Filter:
        """Return the filter told by an address; what cannot be read or chosen is left out."""
        held = told.get("pour", "")
        return cls(
            _day(told.get("du", "")),
            _day(told.get("au", "")),
            held if held in dict(holders) else "",
            _plain(told.get("type", "")),
            _plain(told.get("theme", "")),
            _plain(told.get("demarche", "")),
            _plain(told.get("import", "")),
        )

    @property
    def condition(self) -> Q:
        """The same on the columns of :class:`Record`, but for themes."""
        found = Q()
        if self.start:
            found &= Q(day__gte=self.start)
        if self.end:
            found &= Q(day__lte=self.end)
        if self.kind:
            found &= Q(kind=self.kind)
        if self.origin:
            found &= Q(origin=self.origin)
        if self.procedure:
            named = Q(procedure__name__icontains=self.procedure)
            found &= named | Q(procedure_words__icontains=self.procedure)
        return found & _held(self.holder)


def records_within(who: Any, act: str = READ) -> QuerySet[Record]:
    """Return the records that somebody may read, newest first."""
    return Record.objects.filter(within(who, act)).select_related("procedure")


def records_in(territory: Any) -> QuerySet[Record]:
    """Return the records of a territory, newest first, for a command of the administrator."""
    return Record.objects.filter(inside(territory)).select_related("procedure")


def records_listed(who: Any, asked: Filter, act: str = READ) -> QuerySet[Record]:
    """Return those that a filter keeps."""
    rows = records_within(who, act).filter(asked.condition)
    if not asked.theme:
        return rows
    written = rows.annotate(themes_written=Cast("themes", TextField()))
    return written.filter(themes_written__contains=f'"{asked.theme}"')


def record_found(who: Any, uuid: UUID, act: str = READ) -> Record | None:
    """Return a record that somebody may read, ``None`` when there is none; refused elsewhere."""
    found = Record.objects.select_related("procedure", "workshop").filter(uuid=uuid).first()
    if found is not None:
        require(who, act, found.territory, structure=found.structure)
    return found


def record_like(who: Any, number: str) -> Record | None:
    """Return the record of a number told by an address, if somebody may write there."""
    try:
        asked = UUID(number)
    except ValueError:
        return None
    return records_within(who, ACT).filter(uuid=asked).first()


def procedure_names(where: str) -> list[str]:
    """Return the names of the procedures that a territory may name."""
    return list(procedures([where] if where else ()).values_list("name", flat=True))


def last_of(who: Any) -> Record | None:
    """Return what somebody wrote last."""
    user = Actor.of(who).user
    rows = Record.objects.select_related("procedure").filter(by=user) if user else None
    return rows.order_by("-pk").first() if rows is not None else None


def _held(choice: str) -> Q:
    if not choice:
        return Q()
    told = holder(choice)
    if told.structure:
        return Q(structure=told.structure)
    return inside(key_of(told.territory))


def _plain(text: str) -> str:
    return without_unseen(text).strip()[:LONGEST]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
