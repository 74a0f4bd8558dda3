"""Answers that ODK clients send: read, kept once by ``intake.take``, with the files they tell of.

A client sends the same XML with each part of the files, in any order, as often as it likes. What
this site cannot read wholly (a version it never published) is read with the version asked today,
kept as it came in ``reponses.xml``, and said.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError
from portrea.surveys.file_kinds import HEAD, kind_of
from portrea.surveys.form import Kind
from portrea.surveys.instance import files_told, read_instance
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models import Invitation, Submission, Version
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.files import attach
from portrea.web.surveys.services.intake import Receipt, Sent, Taken, take
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from portrea.surveys.form import Form
    from portrea.surveys.instance import Instance
    from portrea.web.surveys.models import Survey

MOST_XML = 2_000_000
"""Bytes: two hundred rows of fifty questions are six hundred thousand."""
MOST_ANSWER = 25_000_000
"""Bytes of all the files of one answer."""
RAW = "reponses.xml"
VERSION = "version"
CORRECTED = "Corrigée par son auteur dans l’application."
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request of a client: the XML, some of the files, and the form as it names it."""

    xml: bytes
    form: str
    version: str
    files: Mapping[str, BinaryIO]
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a request: ``unread`` when the version is unknown, ``left`` files unasked."""

    receipt: Receipt
    unread: bool
    left: Sequence[str]


@act("survey.answer")
def receive(*, actor: Any, survey: Survey, parcel: Parcel) -> Received:
    """Keep what a request brings; sent again, it changes nothing.

    Raises
    ------
    DataError
        The XML cannot be read, or answers another form.
    ParameterError
        The XML or a file is too big: the rest is kept.
    StoreError
        The disk is full: the answer is kept and says which files it waits for.
    """
    if len(parcel.xml) > MOST_XML:
        message = f"Ces réponses pèsent plus de {MOST_XML // 1_000_000} Mo."
        raise ParameterError(message, remedy="Les photos s’envoient à part, comme fichiers joints.")
    version, unread = _version(survey, parcel.version)
    form = form_of(version.pk)
    instance = read_instance(replace(form, name=parcel.form), parcel.xml)
    told = files_told(form, instance.answers)
    sent = Sent(
        instance.identifier,
        instance.answers,
        Channel.OPENROSA,
        version,
        answered=_ended(form, instance),
        waits_for=told,
        invitation=parcel.invitation,
    )
    faults = _to_look_at(survey, parcel, instance, unread=unread)
    with transaction.atomic():
        receipt = take(actor=actor, survey=survey, sent=sent)
        if receipt.taken is Taken.NEW:
            _note(receipt.submission, instance, faults)
    if unread:
        _join(receipt.submission, RAW, io.BytesIO(parcel.xml), "application/xml")
    for name in told:
        if name in parcel.files:
            _join(receipt.submission, name, parcel.files[name])
    return Received(receipt, unread, [name for name in parcel.files if name not in told])


def _version(survey: Survey, number: str) -> tuple[Version, bool]:
    """Return the version that was answered, else the one asked today, and whether it is so."""
    found = Version.objects.filter(questionnaire=survey.questionnaire_id, number=number).first()
    return (found, False) if found else (survey.version, True)


def _to_look_at(
    survey: Survey, parcel: Parcel, instance: Instance, *, unread: bool
) -> dict[str, str]:
    """Return what the team has to look at, whatever the answers say."""
    found: dict[str, str] = {}
    if unread:
        left = f" ; non demandé : {', '.join(instance.ignored)[:200]}" if instance.ignored else ""
        number = instance.version[:40]
        found[VERSION] = f"Version inconnue : « {number} ». Lue avec celle du jour{left}."
    asked = Invitation.objects.filter(survey=survey, digest=parcel.invitation)
    if asked.filter(outcome=Invitation.Outcome.ANSWERED).exists():
        found["invitation"] = "Cette invitation avait déjà servi."
    return found


def _note(made: Submission, instance: Instance, faults: Mapping[str, str]) -> None:
    """Write what has to be looked at, and which of two answers corrects the other."""
    known = Submission.objects.filter(survey=made.survey_id)
    made.faults |= faults
    made.replaces = instance.replaces
    if known.filter(replaces=made.uuid).exists():
        made.set_aside = CORRECTED
    made.save(update_fields=["faults", "replaces", "set_aside"])
    if instance.replaces:
        known.filter(uuid=instance.replaces, set_aside="").update(set_aside=CORRECTED)


def _ended(form: Form, instance: Instance) -> datetime | None:
    """Return when the form was finished, by the clock of the phone, if it is not ahead."""
    asked = next((one.name for one in form.questions() if one.kind is Kind.END), "")
    told = instance.answers.get(asked, "")
    try:
        ended = datetime.fromisoformat(told if isinstance(told, str) else "")
    except ValueError:
        return None
    ahead = ended.tzinfo is None or ended > timezone.now() + _AHEAD
    return None if ahead else ended


def _join(submission: Submission, name: str, content: BinaryIO, kind: str = "") -> None:
    """Keep a file of an answer; another one under the same name is kept under its own."""
    head = content.read(HEAD)
    content.seek(0)
    _limit(submission, name, content)
    kind = kind or kind_of(head)
    try:
        attach(submission=submission, name=name, kind=kind, content=content)
    except DataError:
        content.seek(0)
        attach(submission=submission, name=_other(name, content), kind=kind, content=content)


def _other(name: str, content: BinaryIO) -> str:
    mark = hashlib.file_digest(content, "sha256").hexdigest()[:8]
    content.seek(0)
    return f"{mark}-{name}"


def _limit(submission: Submission, name: str, content: BinaryIO) -> None:
    kept = sum(one.size for one in submission.files.all() if one.name != name)
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    if kept + size > MOST_ANSWER:
        message = f"Les fichiers de cette réponse dépassent {MOST_ANSWER // 1_000_000} Mo."
        raise ParameterError(message, remedy=f"« {name} » n’est pas gardé ; le reste l’est.")
