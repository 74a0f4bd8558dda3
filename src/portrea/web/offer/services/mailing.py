"""What the census does outside requests: answers to proposals, campaigns' e-mails."""

from __future__ import annotations

from django_tasks import task

from portrea.offer.moderation import reasons
from portrea.web.accounts import links, mail
from portrea.web.offer.models import Proposal


@task()
def send_decision(key: int, address: str) -> None:
    """Tell the author of a proposal what was decided; the address is not kept."""
    proposal = Proposal.objects.select_related("place").filter(pk=key).first()
    if proposal is None:
        return
    reason = reasons().get(proposal.reason)
    place = proposal.place
    shown = place is not None and place.status == place.Status.OPEN
    mail.send(
        address,
        "offer/mail/decision.txt",
        {
            "title": proposal.title,
            "state": proposal.get_state_display(),
            "reason": reason.label if reason else "",
            "note": proposal.note,
            "link": links.absolute(f"/lieux/{place.pk}/") if shown and place else "",
        },
    )
