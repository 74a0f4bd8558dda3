"""Calls that people asked for: kept by consent, erased once made, withdrawn or too old.

Nothing of them enters the journal nor any file: they would keep what is promised to be erased.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from portrea.base.errors import DataError, Diagnostic
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.retention import registry
from portrea.web.rights.models import CallBack
from portrea.web.rights.outcomes.cases import CALL, unsecret
from portrea.web.rights.services.outcomes import outcome_to_change

if TYPE_CHECKING:
    from portrea.web.rights.models import Outcome

LONGEST = 40
MOMENTS = ("matin", "midi", "apres-midi", "soir")
_DIGITS = re.compile(r"[^0-9+]")
_NUMBER = re.compile(r"0[1-9]\d{8}|\+(?:33|262|508|590|594|596|681|687|689)\d{6,9}")


def days_kept() -> int:
    """Return how many days a call is kept at most (``retention.yaml``)."""
    return next(one.days for one in registry() if one.name == "rights.calls")


def consent_text(holder: str) -> str:
    """Return what the person is shown, and accepts, before anything is kept of her."""
    return _(
        "J’accepte que l’équipe qui suit ce droit (%(holder)s) garde le nom que je donne "
        "et mon téléphone, pour me rappeler au sujet de ce droit et de rien d’autre. "
        "Elle les voit seule. Ils sont effacés dès l’appel fini, quand je le demande "
        "avec mon code, et au plus tard après %(days)d jours."
    ) % {"holder": holder, "days": days_kept()}


@act(CALL)
@transaction.atomic
def call_ask(
    *, actor: Any, key: str, called: str, phone: str, agreed: bool, consent: str, moment: str = ""
) -> CallBack:
    """Keep how to call somebody about a right, instead of what was kept before for it.

    Raises
    ------
    DataError
        She did not agree, the number is not one, or the name holds a secret.
    """
    found = outcome_to_change(actor, key, CALL)
    if not agreed:
        raise _fault("agreed", _("Sans l’accord de la personne, rien n’est gardé."))
    name = _name(called)
    number = phone_read(phone)
    CallBack.objects.filter(outcome=found).delete()
    return CallBack.objects.create(
        outcome=found, called=name, phone=number, consent=consent,
        moment=moment if moment in MOMENTS else "", by=Actor.of(actor).user,
    )  # fmt: skip


@act(CALL)
@transaction.atomic
def call_done(*, actor: Any, pk: int) -> Outcome:
    """Erase a call: it was made, or is no longer needed; return the right it was about."""
    found = CallBack.objects.select_related("outcome").filter(pk=pk).first()
    if found is None:
        raise DataError(
            _("Ce rappel est déjà effacé."), remedy=_("Revenez à la liste des rappels.")
        )
    require(actor, CALL, found.outcome.territory, structure=found.outcome.structure)
    found.delete()
    return found.outcome


@act("outcome.withdraw")
def call_withdraw(*, actor: Any, code: str) -> int:
    """Erase the call of a code, asked by the person herself; return how many there were."""
    require(actor, "outcome.withdraw")
    plain = code.strip().lower().replace(" ", "").replace("-", "")
    return CallBack.objects.filter(code=plain).delete()[0] if plain else 0


def phone_read(text: str) -> str:
    """Return a French telephone number, overseas included, mobile or not.

    Raises
    ------
    DataError
        It is cut, or foreign.
    """
    number = _DIGITS.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not _NUMBER.fullmatch(number):
        raise _fault(
            "phone", _("Ce numéro n’est pas complet : dix chiffres, comme 06 12 34 56 78.")
        )
    return number


def _name(called: str) -> str:
    try:
        name = unsecret(called)[:LONGEST]
    except DataError as error:
        raise _fault("called", error.message) from error
    if not name:
        raise _fault("called", _("Comment appeler la personne ? Un prénom, un surnom suffit."))
    return name


def _fault(field: str, why: str) -> DataError:
    return DataError(
        why,
        remedy=_("Corrigez, puis enregistrez."),
        diagnostics=(Diagnostic("rappel", why, field=field),),
    )
