"""Difficulties met and proposals made: what the rooms know, as a portrait may publish it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.action.proposals import State
from portrea.steering.sections_difficulties import difficulties_section, proposals_section
from portrea.steering.troubles import Letter, Seen, answers, seen
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import inside, key_of, name_of
from portrea.web.action.difficulties.counting import table
from portrea.web.action.models import Difficulty, Exchange, Procedure, Proposal

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection

ANSWERS = ("accuser", "changer", "refuser")
"""Events of an exchange that answer a proposal."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return what blocks, then what was asked; nothing of several territories together."""
    if len(selection.territories) != 1:
        return ()
    territory = selection.key
    today = today_in(territory)
    letters = letters_of(territory)
    public = [one for one in letters if one.title]
    found = (
        difficulties_section(seen_in(territory, today)),
        proposals_section(public, answers(letters, on=today), on=today.isoformat()),
    )
    return tuple(section for section in found if section is not None)


def twelve_months(today: date) -> tuple[date, date]:
    """Return the first and the last day of the twelve whole months before this one."""
    month = today.replace(day=1)
    return month.replace(year=month.year - 1), month - timedelta(days=1)


def seen_in(territory: str, today: date) -> Seen:
    """Count the difficulties of a territory over twelve whole months, the grid's with them."""
    first, last = twelve_months(today)
    rows = Difficulty.objects.filter(inside(territory))
    found = table(rows, [key_of(territory)], first, last)
    named = Procedure.objects.filter(key__in=found["procedure"].unique().to_list())
    procedures = {key: (name, body) for key, name, body in named.values_list("key", "name", "body")}
    graded = rows.filter(day__gte=first, day__lte=last).exclude(severity=None)
    severities = {f"d{pk}": level for pk, level in graded.values_list("pk", "severity")}
    return seen(found, procedures, severities, first=first, last=last)


def letters_of(territory: str) -> list[Letter]:
    """Return the proposals sent from a territory, the newest first; words of public ones only."""
    rows = Proposal.objects.filter(inside(territory), sent__isnull=False)
    sent = rows.exclude(state=State.DRAFT).select_related("procedure").order_by("-sent", "-pk")
    answered: dict[int, date] = {}
    events = Exchange.objects.filter(proposal__in=sent.values("pk"), event__in=ANSWERS)
    for number, at in events.order_by("-at").values_list("proposal", "at"):
        answered[number] = timezone.localdate(at)
    return [_letter(one, answered.get(one.pk), territory) for one in sent]


def _letter(one: Proposal, answered: date | None, territory: str) -> Letter:
    sent = one.sent or timezone.localdate(one.created)
    if not one.public:
        return Letter(sent, answered)
    where = name_of(one.territory) if one.territory != territory else ""
    return Letter(
        sent, answered, one.title, one.procedure.body, where, State(one.state).label, _changed(one)
    )


def _changed(one: Proposal) -> str:
    """Say what was seen before and after, as the page of the proposal does."""
    told = one.compared
    if not told:
        return ""
    if told["after"] is None:
        return str(told["saying"])
    return _(
        "%(saying)s : %(before)s situations en %(before_days)s jours, puis %(after)s en "
        "%(after_days)s jours"
    ) % {name: told[name] for name in ("saying", "before", "before_days", "after", "after_days")}
