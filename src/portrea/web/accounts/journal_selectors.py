"""Reading the journal: by territory, by filter, by page, in a spreadsheet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.web.accounts import journal
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import FRANCE, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portrea.web.accounts.models import JournalEntry


def journal_territories(who: Any) -> list[tuple[str, str]]:
    """Return the territories whose journal someone may read: (« epci:… », name)."""
    keys = dict.fromkeys(
        FRANCE if matrix().scope(grant.role, "journal.read") is Scope.EVERYWHERE else grant.key
        for grant in reach(who, "journal.read")
    )
    return [(f"{level}:{code}", name_of((level, code))) for level, code in keys]


def journal_lines(
    *,
    territory: str,
    act: str = "",
    target: str = "",
    author: str = "",
    since: Any = None,
    until: Any = None,
) -> QuerySet[JournalEntry]:
    """Return the lines of a territory that match what was asked, newest first."""
    lines = journal.entries(territory)
    if act in matrix().acts:
        lines = lines.filter(Q(act=act) | Q(act__startswith=f"{act}."))
    if target:
        lines = lines.filter(target_id=target)
    if author:
        lines = lines.filter(actor__user__email__iexact=author)
    if since:
        lines = lines.filter(at__date__gte=since)
    if until:
        lines = lines.filter(at__date__lte=until)
    return lines


JOURNAL_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal as shown."""

    at: Any
    act: str
    actor: str
    target: str
    where: str
    changes: list[tuple[str, str, str]]
    reason: str


def journal_page(*, before: int | None = None, **asked: Any) -> tuple[list[Line], int | None]:
    """Return a page of lines older than ``before``, and the mark of the next page."""
    lines = journal_lines(**asked)
    if before:
        lines = lines.filter(pk__lt=before)
    found = list(lines[: JOURNAL_PAGE + 1])
    shown = found[:JOURNAL_PAGE]
    return [_line(entry) for entry in shown], shown[-1].pk if len(found) > JOURNAL_PAGE else None


def _line(entry: JournalEntry) -> Line:
    return Line(
        entry.at,
        act_label(entry.act),
        str(entry.actor),
        f"{entry.target_kind} {entry.target_id}".strip(),
        name_of((entry.level, entry.code)) if entry.level else "",
        changes(entry),
        entry.reason,
    )


def act_choices() -> list[tuple[str, str]]:
    """Return the acts of the matrix, for a list of choices."""
    return [(row.name, row.label) for row in matrix().acts.values()]


def act_label(name: str) -> str:
    """Return the French name of an act; « import.run.place » is « Importer une liste »."""
    acts = matrix().acts
    known = name if name in acts else next((a for a in acts if name.startswith(f"{a}.")), "")
    return acts[known].label if known else name


def changes(entry: JournalEntry) -> list[tuple[str, str, str]]:
    """Return (field, before, after) of what a line changed, as text."""
    before, after = entry.before, entry.after
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        return [("", _text(before), _text(after))]
    before, after = before or {}, after or {}
    fields = dict.fromkeys((*before, *after))
    return [(name, _text(before.get(name)), _text(after.get(name))) for name in fields]


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return " ; ".join(f"{key} : {_text(part)}" for key, part in value.items())
    return str(value)


JOURNAL_COLUMNS = (
    "quand",
    "acte",
    "libelle",
    "auteur",
    "objet",
    "identifiant",
    "territoire",
    "avant",
    "apres",
    "raison",
)


def journal_rows(lines: QuerySet[JournalEntry]) -> Iterator[tuple[str, ...]]:
    """Yield the lines as rows of text, for a spreadsheet."""
    for entry in lines.iterator(chunk_size=500):
        place = f"{entry.level}:{entry.code}" if entry.level else ""
        states = [entry.before, entry.after]
        before, after = ("" if s is None else json.dumps(s, ensure_ascii=False) for s in states)
        yield (
            entry.at.isoformat(timespec="seconds"),
            entry.act,
            act_label(entry.act),
            str(entry.actor),
            entry.target_kind,
            entry.target_id,
            place,
            before,
            after,
            entry.reason,
        )
