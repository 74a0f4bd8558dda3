"""What goes to people: computers, home help, maraudes, equipment lent. No name, no address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from portrea.action.presences import words
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.models import Equipment, Loan, Maraude, SelfService, SelfServiceUse
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portrea.web.action.models.base import Made

GONE = "Cette ligne n’existe plus."
LONGEST = 400


@act("outreach.run")
@transaction.atomic
def thing_save(
    *,
    actor: Any,
    model: type[Made],
    told: Mapping[str, Any],
    number: int | None = None,
    territory: Any = None,
    structure: str = "",
) -> Any:
    """Write a computer, a home help, a maraude or an equipment: a new one without ``number``.

    Raises
    ------
    DataError
        It is gone, or a text holds a password or a social security number.
    """
    if number is None:
        level, code = key_of(territory)
        require(actor, "outreach.run", (level, code), structure=structure)
        user = Actor.of(actor).user
        found: Any = model(level=level, code=code, structure=structure, by=user)
    else:
        found = thing_to_run(actor, model, number)
    for name, value in told.items():
        setattr(found, name, _kept(model, name, value))
    found.save()
    _write(actor, found, {"écrit": sorted(told)})
    return found


@act("outreach.run")
@transaction.atomic
def thing_end(*, actor: Any, model: type[Made], number: int, ended: bool = True) -> Any:
    """Say that a thing is no more, from today; or that it is again."""
    found = thing_to_run(actor, model, number)
    column = "last" if model is Maraude else "retired"
    day = today_in(found.territory) if ended else None
    setattr(found, column, max(day, found.first) if day and model is Maraude else day)
    found.save(update_fields=[column])
    _write(actor, found, {"fini": ended})
    return found


@act("outreach.run")
@transaction.atomic
def loan_out(*, actor: Any, number: int, due: date) -> Loan:
    """Lend a thing until a day; who takes it is written on the slip, under the code.

    Raises
    ------
    DataError
        It is already lent or no more, or the day is past.
    """
    thing = thing_to_run(actor, Equipment, number)
    today = today_in(thing.territory)
    if thing.retired is not None:
        raise DataError("Cet objet n’est plus prêté.", remedy="Remettez-le d’abord en service.")
    if due < today:
        raise DataError("Le jour du retour est déjà passé.", remedy="Choisissez un jour à venir.")
    try:
        with transaction.atomic():
            loan = Loan.objects.create(equipment=thing, out=today, due=due)
    except IntegrityError:
        raise DataError("Cet objet est déjà prêté.", remedy="Notez d’abord son retour.") from None
    _write(actor, thing, {"prêté jusqu’au": due.isoformat()})
    return loan


@act("outreach.run")
@transaction.atomic
def loan_back(*, actor: Any, code: str, condition: str = "") -> Loan:
    """Note that a thing came back; noted twice, the first one holds."""
    loan = (
        Loan.objects.select_for_update(of=("self",)).select_related("equipment")
        .filter(code=code).first()
    )  # fmt: skip
    if loan is None:
        raise DataError("Ce prêt n’existe pas.", remedy="Vérifiez le code de la fiche.")
    thing = loan.equipment
    require(actor, "outreach.run", thing.territory, structure=thing.structure)
    if loan.back is None:
        loan.back, loan.condition = today_in(thing.territory), kept(condition, 160)
        loan.save(update_fields=["back", "condition"])
        _write(actor, thing, {"rendu": loan.back.isoformat()})
    return loan


@act("selfservice.tell")
@transaction.atomic
def use_count(*, actor: Any, key: str, purpose: str, outcome: str) -> None:
    """Add one to what a computer served for today; nothing else is kept.

    Raises
    ------
    DataError
        The computer is no more, or the answers are not of the lists.
    """
    require(actor, "selfservice.tell")
    station = SelfService.objects.filter(key=key, retired=None).first()
    if station is None:
        raise DataError("Ce poste n’est plus en service.", remedy="Demandez à l’accueil.")
    if purpose not in words()["purposes"] or outcome not in words()["outcomes"]:
        raise DataError("Cette réponse n’est pas connue.", remedy="Choisissez dans la liste.")
    told = {"day": today_in(station.territory), "purpose": purpose, "outcome": outcome}
    row, _made = SelfServiceUse.objects.get_or_create(station=station, **told)
    SelfServiceUse.objects.filter(pk=row.pk).update(times=F("times") + 1)


def thing_to_run(actor: Any, model: type[Made], number: int) -> Any:
    """Return a thing that somebody may change, locked until the end of the transaction."""
    found = model._default_manager.select_for_update().filter(pk=number).first()
    if found is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    require(actor, "outreach.run", found.territory, structure=found.structure)
    return found


def _kept(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)
    if not isinstance(value, str) or getattr(field, "choices", None):
        return value
    if name == "phone":
        return value  # the telephone of a reception is what people look for
    return kept(value, getattr(field, "max_length", None) or LONGEST)


def _write(actor: Any, found: Made, after: dict[str, Any]) -> None:
    journal.record(
        act="outreach.run", actor=actor, target=found, territory=found.territory, after=after
    )
