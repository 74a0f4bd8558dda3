"""A file of records: read and judged line by line, added all at once, undone."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portrea.action.activity_tables import identifier_in, read_row, write_row
from portrea.base.errors import DataError
from portrea.base.unseen import without_unseen
from portrea.steering.activity_files import COOP, read_activities
from portrea.surveys.privacy import scrubbed
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import FRANCE, contains
from portrea.web.action.models import Record, RecordImport
from portrea.web.action.models.activities import Channel
from portrea.web.action.services.log import checked, place_of, row, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from portrea.action.activity import Activity
    from portrea.steering.activity_files import Line
    from portrea.web.accounts.scope import Key

MOST_FAULTS = 200
FORGOTTEN = timedelta(days=30)
"""After that, a file read and never added is forgotten when another one comes."""
_CHUNK = 500
LATE = "Cet import a déjà été ajouté, ou retiré."


@act("activity.log")
@transaction.atomic
def import_receive(
    *, actor: Any, path: Path, territory: Any, structure: str = "", most: int | None = None
) -> RecordImport:
    """Read a file and judge each line; nothing is added, and the file itself is not kept.

    Raises
    ------
    DataError
        The file is no list of records, is empty, or has more than ``most`` lines.
    """
    whole = place_of(territory, structure)
    require(actor, "activity.log", whole, structure=structure)
    listing = read_activities(path)
    if not listing.lines:
        raise DataError(f"« {path.name} » ne contient aucun compte rendu.")
    if most is not None and len(listing.lines) > most:
        raise DataError(
            f"« {path.name} » a {len(listing.lines)} lignes : {most} au plus sur cette page.",
            remedy="Coupez-le par périodes, ou employez « portrea action import ».",
        )
    old = RecordImport.objects.filter(state=RecordImport.State.RECEIVED)
    old.filter(created__lt=timezone.now() - FORGOTTEN).delete()
    judged = [_judged(line, whole) for line in listing.lines]
    faults = [(number, told) for number, told in judged if isinstance(told, str)]
    return RecordImport.objects.create(
        level=whole[0], code=whole[1], structure=structure, by=Actor.of(actor).user,
        file_name=path.name[:120], form=listing.form, read=len(judged), refused=len(faults),
        lines=[told for _number, told in judged if isinstance(told, dict)],
        faults=faults[:MOST_FAULTS],
    )  # fmt: skip


@act("activity.log")
@transaction.atomic
def import_apply(*, actor: Any, key: str) -> RecordImport:
    """Add the lines of an import that are not there yet; those already there stay as they are."""
    found = _locked(actor, key)
    _expect(found, RecordImport.State.RECEIVED)
    for lines in _chunks(found.lines):
        known = _known(lines)
        rows = [_row(actor, found, told) for told in lines if _uuid(told) not in known]
        found.added += len(Record.objects.bulk_create(rows))
    found.lines, found.state = [], RecordImport.State.APPLIED
    found.save(update_fields=["lines", "state", "added"])
    _write(actor, found, {"fichier": found.file_name, "ajoutés": found.added})
    return found


@act("activity.log")
@transaction.atomic
def import_undo(*, actor: Any, key: str) -> int:
    """Take away every record that an import added; return how many."""
    found = _locked(actor, key)
    _expect(found, RecordImport.State.APPLIED)
    count, _by_table = Record.objects.filter(origin=found.key).delete()
    found.state = RecordImport.State.UNDONE
    found.save(update_fields=["state"])
    _write(actor, found, {"fichier": found.file_name, "retirés": count})
    return count


@act("activity.log")
@transaction.atomic
def import_drop(*, actor: Any, key: str) -> None:
    """Forget a file that was read and not added."""
    found = _locked(actor, key)
    _expect(found, RecordImport.State.RECEIVED)
    found.delete()


def counted(found: RecordImport) -> tuple[int, int, int]:
    """Return, of the lines that wait: how many are new, already there, and told elsewhere.

    « Elsewhere » is a commune out of the territory: these are counted for the territory itself.
    """
    known = sum(len(_known(lines)) for lines in _chunks(found.lines))
    whole = (found.level, found.code)
    communes = [read_row(told).commune for told in found.lines]
    inside = cache(lambda code: whole == FRANCE or contains(whole, ("commune", code)))
    strangers = sum(bool(code) and not inside(code) for code in communes)
    return len(found.lines) - known, known, strangers


def _judged(line: Line, whole: Key) -> tuple[int, dict[str, str] | str]:
    """Return the number of a line, and what is kept of it or why it cannot be."""
    if line.activity is None:
        return line.number, scrubbed(without_unseen(line.fault))
    try:
        kept = checked(line.activity, whole)
    except DataError as error:
        return line.number, scrubbed(without_unseen(f"{error.message} {error.remedy}"))
    return line.number, write_row(kept, str(line.uuid))


def _row(actor: Any, found: RecordImport, told: dict[str, str]) -> Record:
    activity: Activity = read_row(told)
    place = within((found.level, found.code), activity.commune)
    made = row(actor, place, found.structure, activity, uuid=_uuid(told))
    made.channel = Channel.COOP if found.form == COOP else Channel.IMPORT
    made.origin = found.key
    return made


def _uuid(told: dict[str, str]) -> UUID:
    return UUID(identifier_in(told))


def _known(lines: Sequence[dict[str, str]]) -> set[UUID]:
    asked = [_uuid(told) for told in lines]
    return set(Record.objects.filter(uuid__in=asked).values_list("uuid", flat=True))


def _chunks(lines: Sequence[dict[str, str]]) -> Iterator[Sequence[dict[str, str]]]:
    for start in range(0, len(lines), _CHUNK):
        yield lines[start : start + _CHUNK]


def _locked(actor: Any, key: str) -> RecordImport:
    found = RecordImport.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError("Cet import n’existe plus.", remedy="Revenez à la liste des imports.")
    require(actor, "activity.log", found.territory, structure=found.structure)
    return found


def _expect(found: RecordImport, state: str) -> None:
    if found.state != state:
        raise DataError(LATE, remedy="Rechargez la page : elle dit où il en est.")


def _write(actor: Any, found: RecordImport, after: dict[str, Any]) -> None:
    journal.record(
        act="activity.log", actor=actor, target=found, territory=found.territory, after=after
    )
