"""What is written when a person connects: links by e-mail, second factor, recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portrea.web.accounts import journal, links, second_factor
from portrea.web.accounts.matrix import ADMINISTRATOR, matrix
from portrea.web.accounts.models import LoginLink, RecoveryCode, SecondFactor, User
from portrea.web.accounts.permissions import Actor, act

if TYPE_CHECKING:
    from collections.abc import Iterable

LINK_LASTS = timedelta(minutes=15)


# -- link by e-mail --------------------------------------------------------------------------------


@transaction.atomic
def login_link_make(*, user: User) -> str:
    """Return the text of a new link that connects a person once; those sent before are dead."""
    token = secrets.token_urlsafe(24)
    user.login_links.all().delete()
    LoginLink.objects.create(user=user, digest=links.exact_digest_of(token))
    return token


def login_link_read(token: str) -> LoginLink:
    """Return a link that still connects; raise in French when it is used, old or cut."""
    found = (
        LoginLink.objects.select_related("user")
        .filter(
            digest=links.exact_digest_of(token),
            created__gt=timezone.now() - LINK_LASTS,
            user__is_active=True,
        )
        .first()
    )
    if found is None:
        raise links.LinkError(
            "Ce lien de connexion a expiré, a déjà servi, ou a été coupé.",
            remedy="Demandez-en un nouveau depuis la page « Connexion ».",
        )
    return found


@transaction.atomic
def login_link_use(*, token: str) -> User:
    """Return the person whose link it is; the link is dead afterwards, even for who came second."""
    link = login_link_read(token)
    erased, _ = LoginLink.objects.filter(pk=link.pk).delete()
    if not erased:
        return login_link_use(token=token)  # raises: it has just been used
    return link.user


# -- second factor ---------------------------------------------------------------------------------


def grace_of(roles: Iterable[str]) -> int | None:
    """Return the days that these roles leave to prepare a second factor, ``None``: optional."""
    known = matrix().roles
    days = [known[name].second_factor for name in roles if name in known]
    return min((one for one in days if one is not None), default=None)


def factor_of(user: User) -> SecondFactor | None:
    """Return the second factor of a person, in place or not yet."""
    return SecondFactor.objects.filter(user=user).first()


def is_in_place(user: User) -> bool:
    """Tell whether a code of the telephone is asked of a person."""
    return SecondFactor.objects.filter(user=user, confirmed__isnull=False).exists()


def days_left_to(user: User) -> int | None:
    """Return the days that the roles of a person leave, ``None`` when she may do without."""
    if not settings.PORTREA_SECOND_FACTOR:
        return None
    roles = list(user.memberships.current().values_list("role", flat=True))
    return grace_of([*roles, ADMINISTRATOR] if user.is_superuser else roles)


def deadline_of(user: User) -> datetime | None:
    """Return when a person cannot enter any more without a second factor.

    Counted from the first time it is asked of her; ``None`` when it is optional or in place.
    """
    days = days_left_to(user)
    if days is None or is_in_place(user):
        return None
    row = factor_of(user)
    return (row.asked if row else timezone.now()) + timedelta(days=days)


def factor_ask(*, user: User) -> None:
    """Remember when a second factor was first asked of a person; her delay runs from there."""
    if days_left_to(user) is not None:
        SecondFactor.objects.get_or_create(user=user)


@act("account.own")
@transaction.atomic
def factor_begin(*, actor: Any) -> SecondFactor:
    """Draw a key to show to the telephone; the one in place, if any, is not changed."""
    row, _ = SecondFactor.objects.select_for_update().get_or_create(user=Actor.of(actor).user)
    if row.confirmed is None and not row.seed:
        row.seed = second_factor.new_seed()
        row.save(update_fields=["seed"])
    return row


@act("account.own")
@transaction.atomic
def factor_confirm(*, actor: Any, code: str) -> list[str]:
    """Put a second factor in place by its first code; return the recovery codes, shown once.

    Empty when the code is not good.
    """
    user = Actor.of(actor).user
    row = SecondFactor.objects.select_for_update().filter(user=user, confirmed=None).first()
    if row is None or not row.seed:
        return []
    step = _step(row, code)
    if step is None:
        return []
    row.confirmed, row.counter = timezone.now(), step
    row.save(update_fields=["confirmed", "counter"])
    _tell(actor, "en place")
    return _draw(user)


def factor_check(*, user: User, code: str) -> bool:
    """Take a code of the telephone, or a recovery code: each is good once."""
    row = SecondFactor.objects.filter(user=user, confirmed__isnull=False).first()
    if row is None:
        return False
    step = _step(row, code)
    if step is not None:
        rows = SecondFactor.objects.filter(pk=row.pk, counter__lt=step)
        return rows.update(counter=step) == 1
    digest = second_factor.recovery_digest(user.pk, code)
    return RecoveryCode.objects.filter(user=user, digest=digest).delete()[0] == 1


@act("account.own")
@transaction.atomic
def factor_remove(*, actor: Any) -> None:
    """Take the second factor away; when it was first asked for stays known."""
    user = Actor.of(actor).user
    SecondFactor.objects.filter(user=user).update(seed="", confirmed=None, counter=0)
    RecoveryCode.objects.filter(user=user).delete()
    _tell(actor, "retiré")


@act("account.own")
@transaction.atomic
def recovery_renew(*, actor: Any) -> list[str]:
    """Return new recovery codes; the former ones are dead."""
    _tell(actor, "nouveaux codes de secours")
    return _draw(Actor.of(actor).user)


def recovery_left(user: User) -> int:
    """Return how many recovery codes a person has not used."""
    return RecoveryCode.objects.filter(user=user).count()


def _step(row: SecondFactor, code: str) -> int | None:
    secret = second_factor.secret_of(row.seed)
    return second_factor.step_of(code, secret, timezone.now().timestamp())


def _draw(user: User) -> list[str]:
    codes = second_factor.new_recovery_codes()
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=second_factor.recovery_digest(user.pk, code))
        for code in codes
    )
    return codes


def _tell(actor: Any, what: str) -> None:
    """Write it in the journal, and to the person: someone else may have done it."""
    from portrea.web.accounts.tasks import tell_factor

    user = Actor.of(actor).user
    journal.record(
        act="account.own.factor", actor=actor, target=("user", ""), after={"second_facteur": what}
    )
    tell_factor.enqueue(user.pk, what)
