"""Difficulties as they are listed and read: within reach of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.http import Http404

from portrea.action.difficulties import words
from portrea.base.unseen import without_unseen
from portrea.web.accounts.holders import holder, within
from portrea.web.accounts.permissions import require
from portrea.web.accounts.scope import inside, key_of, name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.models import Difficulty, Procedure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

TELL, READ = "difficulty.tell", "difficulty.read"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which difficulties are listed or counted."""

    start: date | None = None
    end: date | None = None
    holder: str = ""
    procedure: str = ""
    body: str = ""
    code: str = ""
    review: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str], holders: Iterable[str]) -> Filter:
        """Read a filter from an address; what is no filter, or no holder, is left out."""
        told = {name: without_unseen(value) for name, value in asked.items()}
        code, chosen = told.get("blocage", ""), told.get("pour", "")
        return cls(
            day_of(told.get("du", "")),
            day_of(told.get("au", "")),
            chosen if chosen in holders else "",
            told.get("demarche", "")[:12],
            told.get("organisme", "")[:160],
            code if code in words()["codes"] else "",
            told.get("a-relire") == "1",
        )

    @property
    def where(self) -> Q:
        """The holder told, as a condition."""
        if not self.holder:
            return Q()
        told = holder(self.holder)
        return Q(structure=told.structure) if told.structure else inside(key_of(told.territory))

    @property
    def when(self) -> Q:
        """The days told, both included, as a condition."""
        found = Q(day__gte=self.start) if self.start else Q()
        return found & Q(day__lte=self.end) if self.end else found


def difficulties_within(who: Any, act: str = READ) -> QuerySet[Difficulty]:
    """Return the difficulties that someone may read, newest first."""
    return Difficulty.objects.filter(within(who, act)).select_related("procedure")


def difficulties_held(who: Any, asked: Filter) -> QuerySet[Difficulty]:
    """Return those of the holder that a filter names, whatever the days."""
    return difficulties_within(who).filter(asked.where)


def difficulties_listed(who: Any, asked: Filter) -> QuerySet[Difficulty]:
    """Return those that a filter keeps."""
    rows = difficulties_within(who).filter(asked.where & asked.when)
    if asked.procedure:
        rows = rows.filter(procedure__key=asked.procedure)
    if asked.body:
        rows = rows.filter(procedure__body=asked.body)
    if asked.review:
        rows = rows.filter(reviewed=None).exclude(words="")
    if asked.code:
        written = rows.annotate(codes_written=Cast("codes", TextField()))
        rows = written.filter(codes_written__contains=f'"{asked.code}"')
    return rows


def difficulty_found(who: Any, uuid: UUID, act: str = READ) -> Difficulty | None:
    """Return a difficulty that someone may read, ``None`` when there is none; refused elsewhere."""
    found = Difficulty.objects.select_related("procedure").filter(uuid=uuid).first()
    if found is not None:
        require(who, act, found.territory, structure=found.structure)
    return found


def difficulty_to_show(who: Any, uuid: UUID, act: str = READ) -> Difficulty:
    """Return a difficulty to show (404 when there is none, 403 elsewhere)."""
    found = difficulty_found(who, uuid, act)
    if found is None:
        raise Http404(str(uuid))
    return found


def line(found: Difficulty) -> dict[str, Any]:
    """Return a difficulty as shown."""
    held = name_of_structure(found.structure) if found.structure else name_of(found.territory)
    return {
        "told": found,
        "codes": labels_of(found.codes),
        "severity": words()["severities"].get(found.severity, ""),
        "where": held,
    }


def procedures_met(who: Any) -> list[Procedure]:
    """Return the procedures of which someone reads a difficulty."""
    met = difficulties_within(who).order_by().values("procedure")
    return list(Procedure.objects.filter(pk__in=met))


def last_place(who: Any) -> tuple[str, str, str]:
    """Return the place, territory and structure of what somebody told last."""
    user = getattr(who, "user", None)
    found = Difficulty.objects.filter(by=user).order_by("-pk").first() if user else None
    return (found.place, found.territory, found.structure) if found else ("", "", "")


def labels_of(codes: list[str]) -> list[str]:
    """Return what blocks, in French; a code of another time as it is."""
    return [str(words()["codes"].get(code, code)) for code in codes]


def day_of(text: str) -> date | None:
    """Read a day of an address."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
