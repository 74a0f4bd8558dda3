"""What is written about orientations: to the partner, its link; to the agent, only counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from portrea.offer.orientation.handover import State, follow
from portrea.web.accounts import links, mail
from portrea.web.accounts.models import User
from portrea.web.accounts.retries import retried
from portrea.web.accounts.schedule import daily
from portrea.web.journeys.models import Handover
from portrea.web.journeys.services.handovers import (
    handover_drop,
    handover_expire,
    handover_remind,
)
from portrea.web.journeys.services.partner_links import address_of, last_day, place_of
from portrea.web.offer.services.campaigns import contact_of

if TYPE_CHECKING:
    from datetime import datetime

HOME = "/espace/orientations/"


@retried()
@task()
def send_handover(key: int) -> None:
    """Send a partner the link of an orientation; nothing when it ended or has no address."""
    row = Handover.objects.select_related("place").filter(pk=key).first()
    if row is None or row.status is not State.WAITING:
        return
    place = place_of(row)
    address = contact_of(place) if place else ""
    if not place or not address:
        return
    link = address_of(row)
    context = {
        "place": place.name,
        "sender": row.sender_name,
        "link": link,
        "refuse": f"{link}ne-plus-ecrire/",
        "last": last_day(row),
        "again": bool(row.reminders),
        "replied": bool(row.exchange),
    }
    mail.send(address, "journeys/mail/handover.txt", context)


@retried()
@task()
def send_digest(user: int, told: dict[str, int]) -> None:
    """Tell an agent how many of her orientations changed, and how: nothing on anyone."""
    found = User.objects.filter(pk=user, is_active=True).first()
    if found is None:
        return
    lines = [f"{count} {State(state).label}" for state, count in told.items()]
    context = {"lines": lines, "total": sum(told.values()), "link": links.absolute(HOME)}
    mail.send(found.email, "journeys/mail/digest.txt", context)


@daily(hour=6)
@task()
def follow_handovers() -> dict[str, int]:
    """Expire, remind, then tell each agent what is new."""
    told = handovers_follow()
    return told | {"digest": digests_send()}


def handovers_follow(now: datetime | None = None) -> dict[str, int]:
    """Do what the day asks of every open orientation; each on its own."""
    today = timezone.localdate(now)
    told = {"remind": 0, "expire": 0, "drop": 0}
    waiting = Handover.objects.filter(state__in=(State.WAITING, State.QUESTION))
    for row in waiting.select_related("place").order_by("pk"):
        sent = timezone.localdate(row.created)
        event = follow(
            row.status, sent=sent, expires=last_day(row), reminders=row.reminders, on=today
        )
        if place_of(row) is None:
            told["drop"] += handover_drop(row.pk)
        elif event == "expire":
            told["expire"] += handover_expire(row.pk)
        elif event == "remind":
            told["remind"] += handover_remind(row.pk, row.reminders)
    return told


def digests_send() -> int:
    """Write to each agent who has news; return how many."""
    agents = Handover.objects.filter(news=True).order_by("by").values_list("by", flat=True)
    return sum(_digest(user) for user in agents.distinct())


def _digest(user: int | None) -> bool:
    """Tell an agent once: what is told and the order to tell it are written together."""
    with transaction.atomic():
        rows = Handover.objects.select_for_update().filter(news=True, by=user).order_by("pk")
        states = Counter(rows.values_list("state", flat=True))
        told = {str(state): states[state] for state in State if states[state]}
        Handover.objects.filter(pk__in=[row.pk for row in rows]).update(news=False)
        if user is None or not told:
            return False
        send_digest.enqueue(user, told)
    return True
