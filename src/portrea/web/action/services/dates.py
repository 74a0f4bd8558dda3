"""Reminders of dates that a person asked for; the rules of dates that a territory writes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from portrea.action.deadline_rules import read_rules
from portrea.action.planning import PARIS
from portrea.action.telling import deadline_text
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.models import DateRule, Reminder
from portrea.web.action.services.reminders import LINK, reminder_ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.action.deadlines import Step

ABOUT = "date"
AT = time(10)
DAYS_BEFORE = 7
"""A reminder leaves when the step opens, or that long before its last day."""
GONE = "Cette règle n’existe plus."


@act("dates.plan")
@transaction.atomic
def reminders_ask(*, actor: Any, contact: str, steps: Sequence[Step]) -> list[Reminder]:
    """Keep a neutral reminder for each step, stopped together by the same link.

    Raises
    ------
    DataError
        The contact cannot be written to, or a step is past.
    """
    require(actor, "dates.plan")
    channel = Reminder.Channel.EMAIL if "@" in contact else Reminder.Channel.SMS
    rows: list[Reminder] = []
    for step in steps:
        row = reminder_ask(
            actor=actor,
            channel=channel,
            contact=contact,
            about=ABOUT,
            subject=_("Rappel que vous avez demandé"),
            text=deadline_text(day=step.day, link=LINK),
            due=_leaves(step, today_in(None)),
            series=rows[0].series if rows else "",
        )
        rows.append(row)
    return rows


def _leaves(step: Step, today: date) -> datetime:
    """Return when to remind: the first day of the step, a week before its last one, or tomorrow."""
    wanted = step.opens or step.day - timedelta(days=DAYS_BEFORE)
    tomorrow = today + timedelta(days=1)
    return datetime.combine(min(max(wanted, tomorrow), step.day), AT, tzinfo=PARIS)


@act("dates.rule")
@transaction.atomic
def rule_save(
    *, actor: Any, territory: Any, name: str, card: Mapping[str, Any], checked: date,
    rule: int | None = None,
) -> DateRule:  # fmt: skip
    """Write a rule of a territory, or change one.

    Raises
    ------
    ParameterError
        The rule has no source, or says what cannot be.
    DataError
        It does not exist any more, or another one has its name.
    """
    level, code = key_of(territory)
    require(actor, "dates.rule", (level, code))
    read_rules({"rules": {name: {**card, "checked": checked}}})
    found = DateRule(by=Actor.of(actor).user) if rule is None else _rule(actor, rule)
    others = DateRule.objects.filter(name=name, level=level, code=code).exclude(pk=found.pk)
    if others.exists():
        raise DataError(
            _("Une règle porte déjà ce nom dans ce territoire."),
            remedy=_("Donnez un autre nom, ou corrigez l’autre règle."),
        )
    found.name, found.level, found.code = name, level, code
    found.card, found.checked, found.retired = dict(card), checked, None
    found.save()
    _write(actor, found, {"règle": name, "relue": checked.isoformat()})
    return found


@act("dates.rule")
@transaction.atomic
def rule_retire(*, actor: Any, rule: int, retired: bool) -> DateRule:
    """Take a rule away from the calendars, or put it back."""
    found = _rule(actor, rule)
    found.retired = today_in(found.territory) if retired else None
    found.save(update_fields=["retired"])
    _write(actor, found, {"retirée": retired})
    return found


def _rule(actor: Any, rule: int) -> DateRule:
    found = DateRule.objects.select_for_update().filter(pk=rule).first()
    if found is None:
        raise DataError(GONE)
    require(actor, "dates.rule", found.territory)
    return found


def _write(actor: Any, rule: DateRule, after: dict[str, Any]) -> None:
    journal.record(
        act="dates.rule", actor=actor, target=rule, territory=rule.territory, after=after
    )
