"""Taking an answer, from whatever channel, once: the only door by which answers enter.

An identifier drawn by who answers makes it safe to send again. What is sent again alike is known;
what differs under the same identifier is kept beside, never written over. What came from a phone
or an application is taken even when it is wrong: its faults are noted, nothing is lost.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.filling import fill
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models import Clash, Invitation, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from portrea.surveys.expressions import Answers
    from portrea.web.surveys.models import Survey, Version


class Taken(StrEnum):
    """What became of an answer that was sent."""

    NEW = "nouvelle"
    KNOWN = "déjà reçue"
    CLASH = "gardée à part"


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it comes. ``waits_for`` names files that it tells of, to be received apart."""

    uuid: UUID
    answers: Answers
    channel: Channel
    version: Version
    table: str = ""
    answered: datetime | None = None
    waits_for: Sequence[str] = ()
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it, and the answer kept."""

    taken: Taken
    submission: Submission


STRICT = {Channel.WEB}
"""Channels where whoever answers is still there to mend a fault."""


@act("survey.answer")
def take(*, actor: Any, survey: Survey, sent: Sent, fresh: bool = False) -> Receipt:  # noqa: ARG001 - whoever answers
    """Keep an answer once; committed when this returns, if no transaction surrounds it.

    ``fresh`` says that its identifier was just looked for, and not found.

    Raises
    ------
    DataError
        The version is another questionnaire's, or a person who is still there has faults to mend.
    """
    if sent.version.questionnaire_id != survey.questionnaire_id:
        raise DataError("Ces réponses sont celles d’un autre questionnaire.")
    kept, faults = _checked(sent)
    if faults and sent.channel in STRICT:
        raise DataError(
            "Il reste des réponses à corriger.", remedy=" ".join(dict.fromkeys(faults.values()))
        )
    digest = digest_of(sent.answers)
    with transaction.atomic(savepoint=False):
        found = None if fresh else Submission.objects.filter(uuid=sent.uuid).first()
        taken = Taken.KNOWN
        if found is None:
            found, taken = _new(survey, sent, kept, faults)
        kept = sent.answers if faults else kept
        same = found.digest == digest or _said(found.answers) == _said(kept)
        if found.survey_id != survey.pk or not same:
            _beside(found, sent, digest)
            taken = Taken.CLASH
    return Receipt(taken, found)


def digest_of(answers: Answers) -> str:
    """Return what tells whether answers sent again are the same."""
    told = json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _said(answers: Answers) -> Answers:
    """Return what answers say, empty ones left out: our own exports are known again."""
    told = {
        name: value if isinstance(value, str) else [_said(row) for row in value]
        for name, value in answers.items()
    }
    return {name: value for name, value in told.items() if value}


def _checked(sent: Sent) -> tuple[Answers, dict[str, str]]:
    filled = fill(form_of(sent.version.pk), sent.answers, now=sent.answered or timezone.localtime())
    return filled.answers, dict(filled.faults)


def _new(
    survey: Survey, sent: Sent, kept: Answers, faults: dict[str, str]
) -> tuple[Submission, Taken]:
    """Write it; another request may have written it in the same instant: that one is returned.

    An answer with faults is kept as it was sent, so that nothing of it is lost.
    """
    try:
        with transaction.atomic():
            made = Submission.objects.create(
                uuid=sent.uuid,
                survey=survey,
                version=sent.version,
                answers=sent.answers if faults else kept,
                digest=digest_of(sent.answers),
                channel=sent.channel,
                table=sent.table[:40],
                faults=faults,
                waits_for=list(sent.waits_for),
                answered=sent.answered or timezone.now(),
            )
    except IntegrityError:
        return Submission.objects.get(uuid=sent.uuid), Taken.KNOWN
    if sent.invitation:
        waiting = Invitation.objects.filter(survey=survey, digest=sent.invitation)
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        waiting.update(outcome=Invitation.Outcome.ANSWERED, since=today)  # not the instant
    return made, Taken.NEW


def _beside(found: Submission, sent: Sent, digest: str) -> None:
    Clash.objects.get_or_create(
        submission=found,
        digest=digest,
        defaults={"answers": sent.answers, "channel": sent.channel},
    )
