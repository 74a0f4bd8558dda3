"""What is written about accounts: invitations, roles, the end of an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal, links
from portrea.web.accounts.erasing import forget_in_journal
from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.models import Invitation, JournalActor, Membership, User
from portrea.web.accounts.permissions import Actor, On, RefusedError, act, require
from portrea.web.accounts.scope import FRANCE, key_of, name_of
from portrea.web.accounts.selectors import (
    find_user,
    is_of_a_structure,
    may_give,
    may_revoke,
    role_label,
    sole_administrator,
)
from portrea.web.accounts.structures import is_known
from portrea.web.accounts.structures import structure as find_structure

INVITATION_LASTS = timedelta(days=14)
PURPOSE = "invitation"


def _where(*, territory: Any = FRANCE, structure: str = "", **_: Any) -> On:
    """Where a role is offered: a structure says its own territory."""
    found = find_structure(structure)
    return On(key_of(found.territory if found else territory), structure)


@act("account.invite", where=_where)
@transaction.atomic
def invitation_send(
    *, actor: Any, email: str, role: str, territory: Any = FRANCE, structure: str = ""
) -> Invitation:
    """Offer a role to an address, by a link that expires; the e-mail leaves after the commit."""
    from portrea.web.accounts.tasks import send_invitation

    level, code = _checked(actor, role, territory, structure)
    who = Actor.of(actor)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise ParameterError(f"« {email} » n’est pas une adresse de courriel.") from error
    invitation = Invitation.objects.create(
        email=User.objects.normalize_email(email.strip()),
        role=role,
        level=level,
        code=code,
        structure=structure,
        by=who.user,
        expires=timezone.now() + INVITATION_LASTS,
    )
    _write("account.invite", who, invitation, after=_content(invitation))
    send_invitation.enqueue(invitation.pk)
    return invitation


def invitation_link(invitation: Invitation) -> str:
    """Return the public address that accepts an invitation."""
    return links.absolute(f"/invitation/{links.sign(PURPOSE, invitation.pk)}/")


def invitation_read(token: str) -> Invitation:
    """Return the invitation of a link; raise in French when it can no longer be accepted."""
    key = links.read(PURPOSE, token, lasting=INVITATION_LASTS)
    invitation = Invitation.objects.filter(pk=key).select_related("by").first()
    if invitation is None or invitation.revoked or invitation.expires < timezone.now():
        raise links.LinkError(
            "Cette invitation n’est plus valable.",
            remedy="Demandez-en une nouvelle à la personne qui vous a invité.",
        )
    if invitation.accepted:
        raise links.LinkError(
            "Cette invitation a déjà servi.", remedy="Connectez-vous avec votre adresse."
        )
    return invitation


@transaction.atomic
def invitation_accept(*, token: str, user: User | None = None, password: str = "") -> User:
    """Open the account of an invitation, or add its role to the account of the same address.

    The link is the permission: it was issued by someone who could give the role, and whether she
    still can is asked again.
    """
    invitation = invitation_read(token)
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted:
        return invitation_accept(token=token)  # raises: it has just been used
    _still_offered(locked)
    person = user or find_user(locked.email)
    if person is not None and person.email.casefold() != locked.email.casefold():
        raise RefusedError("Cette invitation est destinée à une autre adresse que la vôtre.")
    if person is None:
        person = User.objects.create_user(locked.email, password)
    locked.accepted = timezone.now()
    locked.save(update_fields=["accepted"])
    _give(person, locked)
    _write("account.invite.accept", person, locked, after=_content(locked))
    return person


@act("account.invite")
@transaction.atomic
def invitation_revoke(*, actor: Any, invitation: int) -> None:
    """Take back an invitation that has not been accepted."""
    row = Invitation.objects.select_for_update().get(pk=invitation)
    require(actor, "account.invite", (row.level, row.code), structure=row.structure)
    if row.accepted is None and row.revoked is None:
        row.revoked = timezone.now()
        row.save(update_fields=["revoked"])
        _write("account.invite.revoke", actor, row, before=_content(row))


@act("account.invite", where=_where)
@transaction.atomic
def role_give(
    *, actor: Any, user: User, role: str, territory: Any = FRANCE, structure: str = ""
) -> Membership:
    """Give a role to an account that exists (commands; pages send an invitation)."""
    level, code = _checked(actor, role, territory, structure)
    offered = Invitation(role=role, level=level, code=code, structure=structure)
    membership = _give(user, offered)
    _write("account.invite", actor, membership, after=_content(membership))
    return membership


@act("account.revoke")
@transaction.atomic
def role_revoke(*, actor: Any, membership: int) -> None:
    """Take a role back."""
    row = Membership.objects.select_for_update().select_related("user").get(pk=membership)
    if not may_revoke(actor, row):
        where = name_of((row.level, row.code))
        raise RefusedError(f"Ce rôle ne peut pas être retiré par vous : {where}.")
    if row.user_id == sole_administrator() and row.role == "administrateur":
        raise ParameterError(
            "C’est le dernier compte d’administration.",
            remedy="Confiez d’abord ce rôle à une autre personne.",
        )
    _write("account.revoke", actor, row, before=_content(row))
    row.delete()


@act("account.invite", where=_where)
@transaction.atomic
def account_create(
    *, actor: Any, email: str, password: str, role: str, territory: Any, structure: str = ""
) -> User:
    """Open an account that holds a role (commands; pages send an invitation)."""
    address = User.objects.normalize_email(email.strip())
    try:
        validate_email(address)
        validate_password(password, User(email=address))
    except ValidationError as error:
        raise ParameterError(" ".join(error.messages)) from error
    if find_user(address):
        raise ParameterError(
            f"Un compte existe déjà avec l’adresse « {address} ».",
            remedy="Confiez-lui un rôle avec « portrea account invite ».",
        )
    user = User.objects.create_user(address, password)
    role_give(actor=actor, user=user, role=role, territory=territory, structure=structure)
    return user


def account_seen(*, user: User) -> None:
    """Forget the warning of inactivity of a person who came back."""
    if user.warned is not None:
        User.objects.filter(pk=user.pk).update(warned=None)


@act("account.own")
@transaction.atomic
def account_rename(*, actor: Any, name: str) -> None:
    """Change the name shown to the other people of the site."""
    user = Actor.of(actor).user
    user.name = name.strip()
    user.save(update_fields=["name"])


@transaction.atomic
def account_close(*, user: User) -> None:
    """Erase an account: its roles, its invitations, its name in the journal (the lines stay)."""
    if user.pk == sole_administrator():
        raise ParameterError(
            "Ce compte est le dernier qui peut administrer le site : il ne peut pas être supprimé.",
            remedy="Confiez d’abord le rôle d’administrateur à une autre personne.",
        )
    _write("account.own.close", user, ("user", ""))
    forget_in_journal(JournalActor.objects.filter(user=user))
    Invitation.objects.filter(email__iexact=user.email).delete()
    user.delete()


def _checked(actor: Any, role: str, territory: Any, structure: str) -> tuple[str, str]:
    """Refuse a role that cannot be given there; return its territory."""
    if role not in {known.name for known in matrix().given}:
        known = ", ".join(known.name for known in matrix().given)
        raise ParameterError(f"Rôle inconnu : « {role} ».", remedy=f"Rôles : {known}.")
    if is_of_a_structure(role) and not (structure and is_known(structure)):
        raise ParameterError(
            f"Le rôle « {role_label(role)} » se donne sur une structure du recensement.",
            remedy="Partez de la fiche de la structure.",
        )
    if structure and not is_of_a_structure(role):
        raise ParameterError(
            f"Le rôle « {role_label(role)} » se donne sur un territoire.",
            remedy="Enlevez la structure.",
        )
    where = _where(territory=territory, structure=structure).territory
    if not may_give(actor, role, where, structure):
        raise RefusedError(
            f"Vous ne pouvez pas confier le rôle « {role_label(role)} » ici : {name_of(where)}."
        )
    return where


def _still_offered(invitation: Invitation) -> None:
    """Refuse a role that the person who invited could no longer give."""
    by = invitation.by
    if invitation.until is not None and invitation.until < timezone.now():
        raise RefusedError("Le prêt de ce rôle est terminé. Demandez une nouvelle invitation.")
    if invitation.lent is not None:  # hers to lend: erased with her own role
        return
    where = (invitation.level, invitation.code)
    if by is not None and not may_give(by, invitation.role, where, invitation.structure):
        raise RefusedError(
            "La personne qui vous a invité ne peut plus confier ce rôle. Demandez une nouvelle "
            "invitation."
        )


def _give(user: User, given: Any) -> Membership:
    """Give a role; one held for good stays, one lent is prolonged or becomes hers."""
    user.__dict__.pop("_portrea_grants", None)
    row, made = Membership.objects.get_or_create(
        user=user,
        role=given.role,
        level=given.level,
        code=given.code,
        structure=given.structure,
        defaults={"until": given.until, "lent": given.lent},
    )
    if not made and row.until is not None:
        row.until, row.lent = given.until, given.lent
        row.save(update_fields=["until", "lent"])
    return row


def _content(given: Any) -> dict[str, str]:
    """Role and place, without the person."""
    content = {"role": given.role, "territoire": f"{given.level}:{given.code}"}
    return {**content, "structure": given.structure} if given.structure else content


def _write(name: str, actor: Any, target: Any, **states: Any) -> None:
    where = (target.level, target.code) if hasattr(target, "level") else None
    journal.record(act=name, actor=actor, target=target, territory=where, **states)
