"""What an administrator finds of a code or of an e-mail, and erases when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.models import Invitation, User
from portrea.web.accounts.permissions import act, require
from portrea.web.action.models import Appointment, Registration, Reminder
from portrea.web.journeys.models import Handover
from portrea.web.offer.models import OptOut, Proposal
from portrea.web.offer.services.campaigns import digest_of_address
from portrea.web.rights.models import CallBack
from portrea.web.steering.models import Voice

if TYPE_CHECKING:
    from django.db.models import QuerySet

ACT = "people.rights"


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of thing found: how many, and what to do; ``erasable`` here, at once."""

    title: str
    rows: QuerySet[Any]
    number: int
    advice: str
    erasable: bool


@act(ACT)
def people_find(*, actor: Any, word: str) -> list[Found]:
    """Return what is kept under a code or an e-mail; consulting is noted, the word is not.

    Raises
    ------
    DataError
        Nothing was typed.
    """
    require(actor, ACT)
    told = word.strip().casefold()
    if not told:
        raise DataError(_("Rien n’a été tapé."), remedy=_("Tapez un code ou un courriel."))
    found = _by_address(told) if "@" in told else _by_code(told)
    kept = [one for one in found if one.number]
    _note(actor, "consulte", sum(one.number for one in kept))
    return kept


@act(ACT)
@transaction.atomic
def people_erase(*, actor: Any, word: str) -> int:
    """Erase what can be erased here under a code or an e-mail; return how many rows."""
    found = [one for one in people_find(actor=actor, word=word) if one.erasable]
    number = 0
    for one in found:
        if one.rows.model is Proposal:
            number += one.rows.update(email="")
        else:
            number += one.number
            one.rows.delete()
    _note(actor, "efface", number)
    return number


def _by_code(told: str) -> list[Found]:
    code = told.replace(" ", "").replace("-", "")
    there = _("À voir et à annuler par la page du code, pour que les autres soient prévenus.")
    return [
        _found(_("Rendez-vous"), Appointment.objects.filter(code=code), there),
        _found(_("Inscription à un atelier"), Registration.objects.filter(code=code), there),
        _found(_("Téléphone donné pour un rappel"), CallBack.objects.filter(code=code)),
        _found(_("Parole donnée au comité"), Voice.objects.filter(code=code)),
    ]


def _by_address(told: str) -> list[Found]:
    own = _("La personne ferme son compte elle-même, ou un administrateur lui retire ses rôles.")
    agent = _("L’agent qui a transmis l’orientation l’efface depuis sa page.")
    refused = _("Gardée pour ne plus écrire à cette adresse : l’effacer ferait recommencer.")
    digest = digest_of_address(told)
    return [
        _found(_("Compte"), User.objects.filter(email__iexact=told), own),
        _found(_("Invitation"), Invitation.objects.filter(email__iexact=told)),
        _found(_("Courriel d’une proposition"), Proposal.objects.filter(email__iexact=told)),
        _found(_("Contact d’un rappel"), Reminder.objects.filter(contact__iexact=told)),
        _found(_("Orientation"), Handover.objects.filter(contact__iexact=told), agent),
        _found(_("Opposition aux courriels"), OptOut.objects.filter(digest=digest), refused),
    ]


def _found(title: str, rows: QuerySet[Any], advice: str = "") -> Found:
    return Found(title, rows, rows.count(), advice or _("S’efface ici."), not advice)


def _note(actor: Any, what: str, number: int) -> None:
    journal.record(act=ACT, actor=actor, target=("people", what), after={"lignes": number})
