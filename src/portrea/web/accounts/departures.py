"""Lend one's role for a while; hand over what a person who leaves kept.

A loan is an invitation like any other, with an end: it stops by itself, with the lender's own role,
and goes no further. A departure takes back the roles, closes what opens doors in the person's name
(links, keys, sessions) and lists what she made, which stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal, services
from portrea.web.accounts.models import Invitation, Membership, User
from portrea.web.accounts.permissions import SYSTEM, Actor, RefusedError, act, may, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.selectors import may_revoke, reach_condition

if TYPE_CHECKING:
    from django.db import models

LONGEST = 180
"""Days that a role may be lent."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a person made and that stays: French plural of the kind, how many."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What a departure closed."""

    roles: int
    doors: int
    sessions: int


@act("account.lend")
@transaction.atomic
def role_lend(*, actor: Any, membership: int, email: str, until: date) -> Invitation:
    """Offer one's own role to an address until the end of a day; the loan begins when accepted."""
    from portrea.web.accounts.tasks import send_invitation

    who = Actor.of(actor)
    own = Membership.objects.current().filter(pk=membership, user=who.user).first()
    if own is None or own.lent_id is not None:
        raise RefusedError("On ne prête que son propre rôle, et un rôle prêté ne se prête pas.")
    require(who, "account.lend", (own.level, own.code), structure=own.structure)
    _check_loan(who, email, until)
    offered = Invitation.objects.create(
        email=User.objects.normalize_email(email.strip()),
        role=own.role,
        level=own.level,
        code=own.code,
        structure=own.structure,
        by=who.user,
        expires=timezone.now() + services.INVITATION_LASTS,
        until=timezone.make_aware(datetime.combine(until, time(23, 59, 59))),
        lent=own,
    )
    after = {"role": own.role, "jusque": until.isoformat()}
    _write("account.lend", who, own, after=after)
    send_invitation.enqueue(offered.pk)
    return offered


@act("account.lend")
@transaction.atomic
def loan_end(*, actor: Any, membership: int) -> None:
    """Take back a role that was lent, before its day: the lender, or who may revoke it."""
    rows = Membership.objects.select_for_update(of=("self",)).select_related("lent")
    row = rows.get(pk=membership)
    if row.lent is None:
        raise ParameterError("Ce rôle n’est pas prêté.")
    if row.lent.user_id != getattr(Actor.of(actor).user, "pk", None):
        where = (row.level, row.code)
        require(actor, "account.revoke", where, structure=row.structure)
    _write("account.lend.end", actor, row, before={"role": row.role})
    row.delete()


def loans_end(now: datetime) -> int:
    """Erase the loans whose day is past, each with its line in the journal; return how many."""
    ended = 0
    for row in Membership.objects.filter(until__lte=now).order_by("pk"):
        with transaction.atomic():
            _write("account.lend.end", SYSTEM, row, before={"role": row.role})
            row.delete()
        ended += 1
    return ended


# -- departure -------------------------------------------------------------------------------------


def leaver(who: Any, membership: int) -> User:
    """Return the person of a role that someone may take back; 403 elsewhere."""
    row = Membership.objects.select_related("user").get(pk=membership)
    if not may_revoke(who, row):
        where = name_of((row.level, row.code))
        raise RefusedError(f"Ce départ n’est pas à noter par vous : {where}.")
    return row.user


def roles_to_take(who: Any, user: User) -> list[Membership]:
    """Return the roles of a person that someone may take back."""
    return [row for row in user.memberships.select_related("user") if may_revoke(who, row)]


def made_by(who: Any, user: User) -> list[Made]:
    """Return what a person made within reach of someone: it stays, someone must know of it."""
    found = []
    for model in _models_by():
        number = _within(who, model, user).count()
        if number:
            found.append(Made(str(model._meta.verbose_name_plural), number))
    return sorted(found, key=lambda one: one.kind)


def doors_of(who: Any, user: User) -> list[Made]:
    """Return the links and keys that a person opened within reach of someone, still good."""
    found = [
        Made(str(model._meta.verbose_name_plural), _open(who, model, user).count())
        for model in _models_by()
        if _is_a_door(model)
    ]
    return [one for one in found if one.number]


@act("account.revoke")
@transaction.atomic
def person_leaves(*, actor: Any, user: User, successor: str = "", doors: bool = True) -> Closed:
    """Take back the roles of a person who leaves, and close what opens doors in her name.

    Parameters
    ----------
    successor
        Address invited to each of these roles, empty for nobody.
    doors
        Whether her links and keys are closed too; those on a poster may be kept.
    """
    rows = roles_to_take(actor, user)
    if not rows:
        raise RefusedError("Aucun rôle de cette personne n’est à retirer par vous.")
    for row in rows:
        if successor and row.lent_id is None:
            services.invitation_send(
                actor=actor,
                email=successor,
                role=row.role,
                territory=(row.level, row.code),
                structure=row.structure,
            )
        services.role_revoke(actor=actor, membership=row.pk)
    closed = Closed(len(rows), _close_doors(actor, user) if doors else 0, close_sessions(user))
    after = {"roles": closed.roles, "liens et clés": closed.doors, "sessions": closed.sessions}
    _write("account.revoke.departure", actor, rows[0], after=after)
    return closed


def close_sessions(user: User) -> int:
    """End every connection of a person; return how many."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [row.pk for row in open_ones if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def _models_by() -> list[type[models.Model]]:
    """Tables that say who made a row, and where: those of the rooms, known by their columns."""
    wanted = {"by", "level", "code"}
    return [
        model
        for model in apps.get_models()
        if wanted <= {column.name for column in model._meta.concrete_fields}
    ]


def _is_a_door(model: type[models.Model]) -> bool:
    return {"revoked", "expires"} <= {column.name for column in model._meta.concrete_fields}


def _within(who: Any, model: type[models.Model], user: User) -> Any:
    condition = reach_condition(who, "account.revoke", structures=False)
    return model._default_manager.filter(condition, by=user)


def _open(who: Any, model: type[models.Model], user: User) -> Any:
    return _within(who, model, user).filter(revoked=None, expires__gt=timezone.now())


def _close_doors(actor: Any, user: User) -> int:
    doors = [model for model in _models_by() if _is_a_door(model)]
    return sum(_open(actor, model, user).update(revoked=timezone.now()) for model in doors)


def _check_loan(who: Actor, email: str, until: date) -> None:
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=LONGEST):
        raise ParameterError(
            f"Un prêt dure {LONGEST} jours au plus, à partir d’aujourd’hui.",
            remedy="Choisissez un jour plus proche, ou invitez la personne pour de bon.",
        )
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise ParameterError(f"« {email} » n’est pas une adresse de courriel.") from error
    if who.user is not None and email.strip().casefold() == who.user.email.casefold():
        raise ParameterError("Vous avez déjà ce rôle.")


def _write(name: str, actor: Any, target: Any, **states: Any) -> None:
    where = (target.level, target.code)
    journal.record(act=name, actor=actor, target=target, territory=where, **states)


def may_lend(who: Any, row: Membership) -> bool:
    """Tell whether someone may lend a role she holds."""
    return row.lent_id is None and may(
        who, "account.lend", (row.level, row.code), structure=row.structure
    )
