"""Changing answers: corrected, set aside, reviewed, erased on request; never silently.

What was before a correction is kept beside (``Correction``) and erased with the answer; the
journal says that something changed and which questions, never what was answered.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.filling import fill
from portrea.surveys.privacy import scrubbed
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models import Clash, Correction, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.files import sweep
from portrea.web.surveys.services.intake import digest_of
from portrea.web.surveys.services.rounds import survey_to_keep, write
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.expressions import Answers
    from portrea.web.surveys.models import Survey

FIRST, SECOND, BOTH = "premiere", "seconde", "deux"
DECISIONS = (FIRST, SECOND, BOTH)


@act("survey.run")
@transaction.atomic
def answer_correct(
    *, actor: Any, key: str, uuid: UUID, answers: Answers, reason: str
) -> Submission:
    """Replace the answers of one person by others; those before are kept, the faults found again.

    Raises
    ------
    DataError
        No reason is given, nothing changes, or the answer is anonymised.
    """
    survey, found = _locked(actor, key, uuid)
    if not reason.strip():
        raise DataError(
            "Dites pourquoi.", remedy="Par exemple « chiffre illisible sur le papier »."
        )
    filled = fill(form_of(found.version_id), answers, now=found.answered)
    faults = dict(filled.faults)
    kept = answers if faults else filled.answers
    changed = _changed(found.answers, kept)
    if not changed and faults == found.faults:
        raise DataError("Rien n’a changé.", remedy="Corrigez une réponse, ou revenez à la liste.")
    _replace(found, kept, faults, reason)
    write(actor, survey, {"réponse corrigée": found.pk, "questions": changed})
    return found


@act("survey.run")
@transaction.atomic
def answer_set_aside(*, actor: Any, key: str, uuid: UUID, reason: str) -> Submission:
    """Leave an answer out of every count, with a reason; nothing of it is lost."""
    survey, found = _locked(actor, key, uuid)
    if not reason.strip():
        raise DataError("Dites pourquoi.", remedy="Par exemple « essai avant la journée ».")
    found.set_aside = reason.strip()[:200]
    found.save(update_fields=["set_aside"])
    write(actor, survey, {"réponse écartée": found.pk, "raison": found.set_aside})
    return found


@act("survey.run")
@transaction.atomic
def answer_restore(*, actor: Any, key: str, uuid: UUID) -> Submission:
    """Count again an answer that was set aside."""
    survey, found = _locked(actor, key, uuid)
    found.set_aside = ""
    found.save(update_fields=["set_aside"])
    write(actor, survey, {"réponse reprise": found.pk})
    return found


@act("survey.run")
@transaction.atomic
def clash_decide(*, actor: Any, key: str, pk: int, decision: str) -> Submission:
    """Decide between two answers sent under one identifier: the first, the second, or both."""
    survey = survey_to_keep(actor, key)
    clash = Clash.objects.select_for_update().filter(pk=pk, submission__survey=survey).first()
    if clash is None or decision not in DECISIONS:
        raise DataError("Ce double n’existe plus, ou cette décision n’en est pas une.")
    if clash.decided:
        raise DataError("Quelqu’un a déjà décidé de ce double.")
    found = Submission.objects.select_for_update().get(pk=clash.submission_id)
    clash.decided = decision
    clash.save(update_fields=["decided"])
    if decision == SECOND:
        kept, faults = _checked(found, clash.answers)
        _replace(found, kept, faults, "double : la seconde est gardée")
    elif decision == BOTH:
        _second(found, clash)
    write(actor, survey, {"double décidé": decision, "réponse": found.pk})
    return found


@act("survey.run")
@transaction.atomic
def answer_reviewed(
    *, actor: Any, key: str, uuid: UUID, texts: Mapping[str, str] | None = None
) -> Submission:
    """Write that the free text of an answer was read; ``texts`` (path → text) replaces some.

    What is replaced is erased for good: here and in what was kept beside.
    """
    survey, found = _locked(actor, key, uuid)
    replaced = [
        path
        for path, text in (texts or {}).items()
        if (old := read_at(found.answers, path)) is not None and old != text
    ]
    if replaced and texts:
        for path in replaced:
            found.answers = written_at(found.answers, path, texts[path])
        found.corrections.all().delete()
        for clash in found.clashes.all():
            clash.answers = _scrubbed(clash.answers)
            clash.save(update_fields=["answers"])
    found.reviewed = timezone.now()
    found.save(update_fields=["answers", "reviewed"])
    if replaced:
        write(actor, survey, {"texte libre remplacé": found.pk, "questions": replaced})
    return found


@act("survey.run")
@transaction.atomic
def answer_erase(*, actor: Any, key: str, uuid: UUID) -> None:
    """Erase an answer on request of who gave it; a digest of its number keeps imports away."""
    survey = survey_to_keep(actor, key)
    found = Submission.objects.filter(survey=survey, uuid=uuid).first()
    if found is None:
        raise DataError("Aucune réponse de cette enquête n’a ce numéro.")
    found.delete()
    survey.erased = [*survey.erased, digest_of_number(uuid)]
    survey.save(update_fields=["erased"])
    write(actor, survey, {"réponses effacées à la demande": 1})
    transaction.on_commit(sweep)


def digest_of_number(uuid: UUID) -> str:
    """Return what an erased answer is known by."""
    return hashlib.sha256(f"portrea.erased:{uuid}".encode()).hexdigest()


def read_at(answers: Answers, path: str) -> str | None:
    """Return the answer at a path (``service/0/avis``), ``None`` when there is none."""
    name, _slash, rest = path.partition("/")
    value = answers.get(name)
    if not rest:
        return value if isinstance(value, str) else None
    row, _slash, below = rest.partition("/")
    if value is None or isinstance(value, str) or not row.isdecimal() or int(row) >= len(value):
        return None
    return read_at(value[int(row)], below)


def written_at(answers: Answers, path: str, text: str) -> dict[str, Any]:
    """Return the answers with another text at a path that exists."""
    name, _slash, rest = path.partition("/")
    if not rest:
        return {**answers, name: text}
    row, _slash, below = rest.partition("/")
    rows = [dict(one) for one in answers[name]]  # type: ignore[arg-type]
    rows[int(row)] = written_at(rows[int(row)], below, text)
    return {**answers, name: rows}


def _locked(actor: Any, key: str, uuid: UUID) -> tuple[Survey, Submission]:
    survey = survey_to_keep(actor, key)
    found = Submission.objects.select_for_update().filter(survey=survey, uuid=uuid).first()
    if found is None:
        raise DataError("Cette réponse n’existe plus.")
    if found.anonymised:
        raise DataError("Cette réponse est anonymisée : elle ne change plus.")
    return survey, found


def _checked(found: Submission, answers: Answers) -> tuple[Answers, dict[str, str]]:
    filled = fill(form_of(found.version_id), answers, now=found.answered)
    faults = dict(filled.faults)
    return (answers if faults else filled.answers), faults


def _replace(found: Submission, kept: Answers, faults: dict[str, str], reason: str) -> None:
    Correction.objects.create(submission=found, before=found.answers, reason=reason.strip()[:200])
    found.answers, found.faults, found.reviewed = kept, faults, None
    found.save(update_fields=["answers", "faults", "reviewed"])


def _second(found: Submission, clash: Clash) -> None:
    kept, faults = _checked(found, clash.answers)
    Submission.objects.get_or_create(
        uuid=uuid5(found.uuid, clash.digest),
        defaults={
            "survey_id": found.survey_id,
            "version_id": found.version_id,
            "answers": kept,
            "digest": digest_of(clash.answers),
            "channel": Channel(clash.channel),
            "table": found.table,
            "faults": faults,
            "answered": clash.received,
            "received": clash.received,
        },
    )


def _changed(before: Answers, after: Answers) -> list[str]:
    return sorted(
        name for name in {*before, *after} if (before.get(name) or "") != (after.get(name) or "")
    )


def _scrubbed(answers: Answers) -> dict[str, Any]:
    return {
        name: scrubbed(value) if isinstance(value, str) else [_scrubbed(row) for row in value]
        for name, value in answers.items()
    }
