"""Written mandates: their number, their time, their perimeter, what was done; names on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.action.mandates import State, last_day, state_of, words
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.models import Mandate, MandateAct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

GONE = "Ce mandat n’existe pas, ou n’est plus gardé."


@act("mandate.run")
@transaction.atomic
def mandate_write(
    *,
    actor: Any,
    territory: Any,
    starts: date,
    days: int,
    perimeter: Sequence[str],
    structure: str = "",
) -> Mandate:
    """Write a mandate; its form is then printed and signed, names by hand.

    Raises
    ------
    DataError
        The duration or the perimeter is not one of Aidants Connect, or it begins in the past.
    """
    level, code = key_of(territory)
    require(actor, "mandate.run", (level, code), structure=structure)
    unknown = set(perimeter) - set(words()["perimeters"])
    if unknown or not perimeter:
        raise DataError("Le périmètre n’est pas dit.", remedy="Cochez au moins un domaine.")
    if starts < today_in((level, code)):
        raise DataError(
            "Un mandat ne commence pas dans le passé.",
            remedy="Choisissez aujourd’hui, ou le jour de la signature.",
        )
    made = Mandate.objects.create(
        level=level,
        code=code,
        structure=structure,
        starts=starts,
        ends=last_day(starts, days),
        days=days,
        perimeter=[one for one in words()["perimeters"] if one in set(perimeter)],
        by=Actor.of(actor).user,
    )
    _write(actor, made, {"jusqu’au": made.ends.isoformat(), "périmètre": made.perimeter})
    return made


@act("mandate.run")
@transaction.atomic
def mandate_act(*, actor: Any, number: str, theme: str, what: str) -> MandateAct:
    """Note what was done under a mandate, today.

    Raises
    ------
    DataError
        The mandate does not hold today, or does not allow it.
    """
    mandate = mandate_to_run(actor, number)
    state = state_now(mandate)
    if not state.holds:
        raise DataError(
            f"Ce mandat est {state.label} : rien ne peut être fait en son nom.",
            remedy="Faites signer un nouveau mandat.",
        )
    if theme not in mandate.perimeter:
        raise DataError(
            "Ce domaine n’est pas dans le mandat.", remedy="Faites signer un mandat qui le dit."
        )
    if what not in words()["acts"]:
        raise DataError("Cet acte n’est pas connu.", remedy="Choisissez dans la liste.")
    return MandateAct.objects.create(mandate=mandate, theme=theme, what=what)


@act("mandate.run")
@transaction.atomic
def mandate_revoke(*, actor: Any, number: str) -> Mandate:
    """End a mandate today, because the person asks; asked twice, the first day holds."""
    mandate = mandate_to_run(actor, number)
    if mandate.revoked is None and state_now(mandate) is not State.OVER:
        mandate.revoked = today_in(mandate.territory)
        mandate.save(update_fields=["revoked"])
        _write(actor, mandate, {"révoqué": mandate.revoked.isoformat()})
    return mandate


def state_now(mandate: Mandate) -> State:
    """Return where a mandate stands today, on the clocks of its territory."""
    today = today_in(mandate.territory)
    return state_of(mandate.starts, mandate.ends, mandate.revoked, on=today)


def mandate_to_run(actor: Any, number: str) -> Mandate:
    """Return a mandate that somebody may run, locked until the end of the transaction."""
    found = Mandate.objects.select_for_update().filter(number=number).first()
    if found is None:
        raise DataError(GONE, remedy="Vérifiez le numéro écrit sur le papier.")
    require(actor, "mandate.run", found.territory, structure=found.structure)
    return found


def _write(actor: Any, mandate: Mandate, after: dict[str, Any]) -> None:
    journal.record(
        act="mandate.run", actor=actor, target=mandate, territory=mandate.territory, after=after
    )
