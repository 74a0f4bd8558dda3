"""What somebody thought of a workshop, in two taps: nothing says who."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.action.joining import number, words
from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, require
from portrea.web.action.clock import zone_at
from portrea.web.action.models import Opinion, Workshop

if TYPE_CHECKING:
    from datetime import datetime


def opinions_open(workshop: Workshop, now: datetime) -> bool:
    """Tell whether opinions are taken: from the beginning to some days after."""
    until = workshop.ends + timedelta(days=number("opinion_days"))
    return workshop.state != Workshop.State.CANCELLED and workshop.starts <= now <= until


@act("workshop.join")
@transaction.atomic
def opinion_give(*, actor: Any, key: str, useful: str) -> Opinion:
    """Write the first answer.

    Raises
    ------
    DataError
        The answer is not one of those offered, or opinions are not taken now.
    """
    require(actor, "workshop.join")
    workshop = Workshop.objects.filter(key=key).first()
    now = timezone.now()
    if workshop is None or not opinions_open(workshop, now):
        raise DataError(_("Cet atelier ne reçoit pas d’avis aujourd’hui."))
    if useful not in words()["useful"]:
        raise DataError(_("Choisissez une des réponses."))
    day = now.astimezone(zone_at(workshop, workshop.commune)).date()
    return Opinion.objects.create(workshop=workshop, useful=useful, day=day)


@act("workshop.join")
@transaction.atomic
def opinion_next(*, actor: Any, opinion: int, then: str) -> None:
    """Write the second answer of an opinion that has none yet; changed no more afterwards."""
    require(actor, "workshop.join")
    if then not in words()["next"]:
        raise DataError(_("Choisissez une des réponses."))
    Opinion.objects.filter(pk=opinion, next="").update(next=then)
