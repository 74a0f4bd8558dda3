"""Letters of a proposal, and what the team is told when time asks for something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django_tasks import task

from portrea.action.proposals import State, due
from portrea.web.accounts import links, mail
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.retries import retried
from portrea.web.accounts.schedule import daily
from portrea.web.accounts.scope import name_of
from portrea.web.action.models import Proposal
from portrea.web.action.pleas.state import followed


@retried()
@task()
def send_plea(key: int) -> None:
    """Send a proposal to the administration’s service, with the link to answer."""
    _send(key, "action/mail/plea.txt")


@retried()
@task()
def send_again(key: int) -> None:
    """Write again about a proposal that nobody answered."""
    _send(key, "action/mail/plea_again.txt")


@daily(hour=6)
@task()
@transaction.atomic
def tell_team() -> int:
    """Tell those who wrote a proposal that it waits for them; return how many are told.

    Nothing is sent to the administration, nor changed: somebody decides. Each letter is a task of
    its own, asked for with the others or not at all: one that fails is tried again alone.
    """
    rows = Proposal.objects.filter(state=State.SENT, by__is_active=True).select_related("by")
    told = 0
    for found in rows.order_by("pk"):
        today = today_in(found.territory)
        asked, before = (due(followed(found), on=day) for day in (today, today - timedelta(days=1)))
        if asked in (None, before):
            continue
        tell_author.enqueue(found.pk, asked)
        told += 1
    return told


@retried()
@task()
def tell_author(key: int, asked: str) -> None:
    """Tell who wrote a proposal what it waits for; nothing when an answer came meanwhile."""
    rows = Proposal.objects.select_related("by").filter(state=State.SENT, by__is_active=True)
    found = rows.filter(pk=key).first()
    if found is None or found.by is None:
        return
    link = links.absolute(reverse("plea", args=[found.key]))
    context = {"title": found.title, "asked": asked, "link": link, "sent": found.sent}
    mail.send(found.by.email, "action/mail/plea_due.txt", context)


def letter(found: Proposal) -> dict[str, Any]:
    """Return the words of the letter, as it is sent and as it is printed."""
    public = links.absolute(reverse("plea-public", args=[found.key])) if found.public else ""
    return {
        "plea": found,
        "where": name_of(found.territory),
        "sentences": found.facts.get("sentences", []),
        "quotes": found.evidence.splitlines(),
        "link": links.absolute(reverse("plea-answer", args=[found.answer_key])),
        "public": public,
    }


def _send(key: int, template: str) -> None:
    found = Proposal.objects.select_related("procedure").filter(pk=key).first()
    if found is not None and found.email and found.state != State.DRAFT:
        mail.send(found.email, template, letter(found))
