"""What the census does outside requests: answers to proposals, campaigns' e-mails."""

from __future__ import annotations

from django_tasks import task

from portrea.offer.moderation import reasons
from portrea.web.accounts import links, mail
from portrea.web.accounts.retries import retried
from portrea.web.accounts.schedule import daily
from portrea.web.offer.models import Ask, Proposal
from portrea.web.offer.services.campaigns import ask_path, campaigns_follow, contact_of


@retried()
@task()
def send_decision(key: int) -> None:
    """Tell the author of a proposal what was decided, then erase the address.

    Nothing is sent when the decision was undone meanwhile: the next one will be told.
    """
    proposal = Proposal.objects.select_related("place").filter(pk=key).first()
    if proposal is None or not proposal.email or proposal.state == Proposal.State.WAITING:
        return
    reason = reasons().get(proposal.reason)
    place = proposal.place
    shown = place is not None and place.status == place.Status.OPEN
    mail.send(
        proposal.email,
        "offer/mail/decision.txt",
        {
            "title": proposal.title,
            "state": proposal.get_state_display(),
            "reason": reason.label if reason else "",
            "note": proposal.note,
            "link": links.absolute(f"/lieux/{place.pk}/") if shown and place else "",
        },
    )
    Proposal.objects.filter(pk=key).update(email="")


@retried()
@task()
def send_ask(key: int) -> None:
    """Ask a structure whether its sheet is still true; nothing when it refused meanwhile."""
    ask = Ask.objects.select_related("place", "campaign").filter(pk=key).first()
    if ask is None or ask.state not in (Ask.State.ASKED, Ask.State.REMINDED):
        return
    address = contact_of(ask.place)
    if not address:
        return
    link = links.absolute(ask_path(ask))
    context = {
        "name": ask.place.name,
        "link": link,
        "refuse": f"{link}ne-plus-ecrire/",
        "again": ask.state == Ask.State.REMINDED,
    }
    mail.send(address, "offer/mail/ask.txt", context)


@daily(hour=8)
@task()
def follow_campaigns() -> dict[str, int]:
    """Remind the structures that have not answered."""
    return campaigns_follow()
