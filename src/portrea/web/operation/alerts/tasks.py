"""The letter of the alerts: each Monday, to the addresses that the administrator wrote down."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from portrea.web.accounts import links, mail
from portrea.web.accounts.retries import retried
from portrea.web.accounts.schedule import daily
from portrea.web.operation.alerts.reading import alerts

MONDAY = 0


@daily(hour=6)
@task()
@transaction.atomic
def send_alerts() -> int:
    """Send the alerts on Mondays, even when there is none: a letter that comes says that they do.

    Nothing leaves unless ``PORTREA_ALERTS_TO`` names somebody; the result says how many letters.
    Each is a task of its own: one that fails is tried again alone.
    """
    if timezone.localdate().weekday() != MONDAY:
        return 0
    for rank in range(len(settings.PORTREA_ALERTS_TO)):
        send_letter.enqueue(rank)
    return len(settings.PORTREA_ALERTS_TO)


@retried()
@task()
def send_letter(rank: int) -> None:
    """Send the alerts to one of the addresses of the settings: the queue holds its rank only."""
    if rank >= len(settings.PORTREA_ALERTS_TO):
        return
    context = {"alerts": alerts(), "link": links.absolute("/espace/exploitation/")}
    mail.send(settings.PORTREA_ALERTS_TO[rank], "operation/mail/alerts.txt", context)
