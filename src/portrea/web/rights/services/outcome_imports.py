"""A file of rights followed: read and judged line by line, added all at once, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import transaction

from portrea.base.errors import DataError
from portrea.base.unseen import without_unseen
from portrea.rights.outcome_tables import identifier_in, read_row, title_of, write_row
from portrea.surveys.privacy import scrubbed
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.rights.models import Outcome, OutcomeImport
from portrea.web.rights.outcomes.cases import LOG
from portrea.web.rights.outcomes.files import read_cases
from portrea.web.rights.services.outcomes import checked, place_of, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from portrea.web.accounts.scope import Key
    from portrea.web.rights.outcomes.files import Line

MOST_FAULTS = 200
LATE = "Cet import a déjà été ajouté, ou retiré."
_CHUNK = 500
_SAID = "_envoi"
"""In a line that waits: the number drawn from what it says."""


@act(LOG)
@transaction.atomic
def import_receive(
    *, actor: Any, path: Path, territory: Any, structure: str = "", most: int
) -> OutcomeImport:
    """Read a file and judge each line; nothing is added, and the file itself is not kept.

    Raises
    ------
    DataError
        The file is no list of rights followed, is empty, or has more than ``most`` lines.
    """
    place = place_of(territory, structure)
    require(actor, LOG, place, structure=structure)
    lines = read_cases(path)
    if not lines:
        raise DataError(f"« {path.name} » ne contient aucun droit suivi.")
    if len(lines) > most:
        raise DataError(
            f"« {path.name} » a {len(lines)} lignes : {most} au plus à la fois.",
            remedy="Coupez-le par périodes.",
        )
    judged = [_judged(line, place, structure) for line in lines]
    faults = [(number, told) for number, told in judged if isinstance(told, str)]
    return OutcomeImport.objects.create(
        level=place[0], code=place[1], structure=structure, by=Actor.of(actor).user,
        file=path.name[:120], read=len(judged), refused=len(faults),
        lines=[told for _number, told in judged if isinstance(told, dict)],
        faults=faults[:MOST_FAULTS],
    )  # fmt: skip


@act(LOG)
@transaction.atomic
def import_apply(*, actor: Any, key: str) -> OutcomeImport:
    """Add the lines that are not there yet; those already there stay as they are."""
    found = _locked(actor, key, OutcomeImport.State.RECEIVED)
    for lines in _chunks(found.lines):
        rows = [_row(actor, found, told) for told in _new(lines)]
        found.added += len(Outcome.objects.bulk_create(rows))
    found.lines, found.state = [], OutcomeImport.State.APPLIED
    found.save(update_fields=["lines", "state", "added"])
    _write(actor, found, {"fichier": found.key, "ajoutés": found.added})
    return found


@act(LOG)
@transaction.atomic
def import_undo(*, actor: Any, key: str) -> int:
    """Take away every right that an import added; return how many."""
    found = _locked(actor, key, OutcomeImport.State.APPLIED)
    _total, by_table = Outcome.objects.filter(batch=found.key).delete()
    count = by_table.get(Outcome._meta.label, 0)
    found.state = OutcomeImport.State.UNDONE
    found.save(update_fields=["state"])
    _write(actor, found, {"fichier": found.key, "retirés": count})
    return count


@act(LOG)
@transaction.atomic
def import_drop(*, actor: Any, key: str) -> None:
    """Forget a file that was read and not added."""
    _locked(actor, key, OutcomeImport.State.RECEIVED).delete()


def counted(found: OutcomeImport) -> tuple[int, int]:
    """Return, of the lines that wait, how many are new and how many already there."""
    new = sum(len(_new(lines)) for lines in _chunks(found.lines))
    return new, len(found.lines) - new


def _judged(line: Line, place: Key, structure: str) -> tuple[int, dict[str, str] | str]:
    """Return the number of a line, and what is kept of it or why it cannot be.

    Two holders may send the same line: it is not the same right.
    """
    if line.case is None:
        return line.number, scrubbed(without_unseen(line.fault))
    try:
        kept = checked(line.case, place)
    except DataError as error:
        told = " ".join(f"{title_of(str(one.field))} : {one.message}" for one in error.diagnostics)
        return line.number, scrubbed(without_unseen(told))
    return line.number, write_row(kept, line.identifier[:40]) | {
        _SAID: str(uuid5(line.said, f"{place}{structure}"))
    }


def _new(lines: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the lines that are not there, by their identifier or by what they say."""
    keys = {key for told in lines if (key := identifier_in(told))}
    known = set(Outcome.objects.filter(key__in=keys).values_list("key", flat=True))
    sent = [UUID(told[_SAID]) for told in lines]
    there = set(Outcome.objects.filter(sent__in=sent).values_list("sent", flat=True))
    return [
        told
        for told, number in zip(lines, sent, strict=True)
        if identifier_in(told) not in known and number not in there
    ]


def _row(actor: Any, found: OutcomeImport, told: dict[str, str]) -> Outcome:
    made = row(
        actor, (found.level, found.code), found.structure, read_row(told), sent=UUID(told[_SAID])
    )
    made.batch = found.key
    return made


def _chunks(lines: Sequence[dict[str, str]]) -> Iterator[Sequence[dict[str, str]]]:
    for start in range(0, len(lines), _CHUNK):
        yield lines[start : start + _CHUNK]


def _locked(actor: Any, key: str, state: str) -> OutcomeImport:
    found = OutcomeImport.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError("Cet import n’existe plus.", remedy="Revenez à la liste des imports.")
    require(actor, LOG, found.territory, structure=found.structure)
    if found.state != state:
        raise DataError(LATE, remedy="Rechargez la page : elle dit où il en est.")
    return found


def _write(actor: Any, found: OutcomeImport, after: dict[str, Any]) -> None:
    journal.record(act=LOG, actor=actor, target=found, territory=found.territory, after=after)
