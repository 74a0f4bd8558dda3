"""The letter of the alerts: each Monday, to the addresses that the administrator wrote down."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from portrea.web.accounts import links, mail
from portrea.web.accounts.schedule import daily
from portrea.web.operation.alerts.reading import alerts

MONDAY = 0


@daily(hour=6)
@task()
def send_alerts() -> int:
    """Send the alerts on Mondays, even when there is none: a letter that comes says that they do.

    Nothing leaves unless ``PORTREA_ALERTS_TO`` names somebody; the result says how many letters.
    """
    if timezone.localdate().weekday() != MONDAY:
        return 0
    context = {"alerts": alerts(), "link": links.absolute("/espace/exploitation/")}
    for address in settings.PORTREA_ALERTS_TO:
        mail.send(address, "operation/mail/alerts.txt", context)
    return len(settings.PORTREA_ALERTS_TO)
