"""What the accounts do outside requests: e-mails, and the daily application of retention."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from portrea.web.accounts import links, mail
from portrea.web.accounts.models import Invitation, User
from portrea.web.accounts.permissions import Actor
from portrea.web.accounts.retries import retried
from portrea.web.accounts.schedule import daily


@retried()
@task()
def send_invitation(key: int) -> None:
    """Send the link of an invitation."""
    from portrea.web.accounts.selectors import role_label, where_label
    from portrea.web.accounts.services import invitation_link

    invitation = Invitation.objects.filter(pk=key, accepted=None, revoked=None).first()
    if invitation is None:
        return
    context = {
        "link": invitation_link(invitation),
        "role": role_label(invitation.role),
        "where": where_label(invitation),
        "by": str(invitation.by or ""),
        "expires": invitation.expires,
    }
    mail.send(invitation.email, "accounts/mail/invitation.txt", context)


@retried()
@task()
def send_reset(key: int) -> None:
    """Send a link to choose a new password; nothing when the key is nobody's (0)."""
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None:
        return
    encoded = urlsafe_base64_encode(force_bytes(user.pk))
    path = f"/mot-de-passe/nouveau/{encoded}/{default_token_generator.make_token(user)}/"
    mail.send(user.email, "accounts/mail/reset.txt", {"link": links.absolute(path)})


@retried()
@task()
def send_login_link(key: int, following: str) -> None:
    """Send a link that connects; nothing when the key is nobody's (0).

    The link is drawn here: what waits in the queue says nothing.
    """
    from portrea.web.accounts.sign_in import login_link_make

    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None:
        return
    path = f"/connexion/lien/{login_link_make(user=user)}/?{urlencode({'next': following})}"
    mail.send(user.email, "accounts/mail/login_link.txt", {"link": links.absolute(path)})


@retried()
@task()
def tell_factor(key: int, what: str) -> None:
    """Tell a person that her second factor changed, in case it was not her."""
    user = User.objects.filter(pk=key).first()
    if user is not None:
        mail.send(user.email, "accounts/mail/factor.txt", {"what": what})


@retried()
@task()
def warn_inactive(key: int) -> None:
    """Tell a person that her account will be closed unless she comes back."""
    user = User.objects.filter(pk=key).first()
    if user is not None:
        mail.send(user.email, "accounts/mail/inactive.txt", {"link": links.absolute("/connexion/")})


@daily(hour=0)
@task()
def end_loans() -> int:
    """Erase the loans of roles whose day is past; the result says how many."""
    from portrea.web.accounts.departures import loans_end

    return loans_end(timezone.now())


@daily(hour=3)
@task()
def apply_retention() -> dict[str, int]:
    """Apply the retention registry; the result says how many rows each entry erased."""
    from portrea.web.accounts.retention import retention_run

    outcomes = retention_run(actor=Actor.system("durées de conservation"))
    return {outcome.entry.name: outcome.rows for outcome in outcomes}
