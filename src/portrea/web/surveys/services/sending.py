"""The last button of a form on the web: the answers, then the files joined to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction

from portrea.base.errors import DataError, StoreError
from portrea.surveys.file_kinds import HEAD, kind_of
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models import Invitation, Submission
from portrea.web.surveys.services.files import attach
from portrea.web.surveys.services.intake import Receipt, Sent, Taken, take

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from portrea.web.surveys.models import Survey


@act("survey.answer")
def answer_send(
    *, actor: Any, survey: Survey, sent: Sent, files: Mapping[str, UploadedFile]
) -> Receipt:
    """Keep an answer and the files it names, once however many times the button is pressed.

    Raises
    ------
    DataError
        Faults remain, or the invitation has already served to somebody else.
    StoreError
        The disk is full: nothing was written, the page still has every answer.
    """
    try:
        with transaction.atomic():
            if survey.invited_only:
                _still_good(survey, sent)
            receipt = take(actor=actor, survey=survey, sent=sent)
    except OperationalError as error:
        message = "Le serveur n’a pas pu écrire votre réponse (disque plein, ou base occupée)."
        remedy = "Rien n’est perdu : gardez cette page ouverte et envoyez de nouveau."
        raise StoreError(message, remedy=remedy) from error
    for name, file in files.items() if receipt.taken is not Taken.CLASH else ():
        file.seek(0)
        kind = kind_of(file.read(HEAD))
        file.seek(0)
        attach(submission=receipt.submission, name=name, kind=kind, content=file)
    return receipt


def _still_good(survey: Survey, sent: Sent) -> None:
    """Refuse an invitation that served already, unless it is the same answer sent again."""
    if Submission.objects.filter(uuid=sent.uuid, survey=survey).exists():
        return
    found = Invitation.objects.select_for_update().filter(survey=survey, digest=sent.invitation)
    one = found.first()
    if one is None or one.outcome == Invitation.Outcome.ANSWERED:
        raise DataError(
            "Une réponse a déjà été reçue avec ce lien d’invitation.",
            remedy="Demandez un autre lien à qui mène l’enquête.",
        )
