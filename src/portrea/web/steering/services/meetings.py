"""A meeting: planned, its agenda proposed and edited, held; its decisions and their follow-up."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.steering.committee import agenda
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, require
from portrea.web.action.services.words import kept
from portrea.web.steering.actions.facts import facts_of as measured
from portrea.web.steering.committee.facts import facts_of
from portrea.web.steering.committee.selectors import facts_kept, held_before
from portrea.web.steering.models import Committee, Decision, Item, Meeting, Seat
from portrea.web.steering.models.meetings import MeetingState
from portrea.web.steering.services.committees import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LONGEST = 2_000
WHEN = ("day", "starts", "ends", "place", "link")


@act("committee.run")
@transaction.atomic
def meeting_plan(*, actor: Any, committee: Committee, told: Mapping[str, Any]) -> Meeting:
    """Plan a meeting and propose its agenda."""
    require(actor, "committee.run", committee.territory)
    made = Meeting(committee=committee)
    _set_when(made, told)
    made.save()
    record(actor, committee, made, {"réunion prévue": made.day.isoformat()})
    agenda_propose(actor=actor, meeting=made)
    return made


@act("committee.run")
@transaction.atomic
def meeting_change(*, actor: Any, meeting: Meeting, told: Mapping[str, Any]) -> Meeting:
    """Change when or where; calendars that hold the invitation see it as newer."""
    found = _to_change(actor, meeting, planned=True)
    _set_when(found, told)
    found.version += 1
    found.save()
    record(actor, found.committee, found, {"réunion changée": found.day.isoformat()})
    return found


@act("committee.run")
@transaction.atomic
def meeting_cancel(*, actor: Any, meeting: Meeting) -> None:
    """Cancel a meeting that was not held."""
    found = _to_change(actor, meeting, planned=True)
    found.state, found.version = MeetingState.CANCELLED, found.version + 1
    found.save(update_fields=["state", "version"])
    record(actor, found.committee, found, {"réunion annulée": found.day.isoformat()})


@act("committee.run")
@transaction.atomic
def meeting_hold(*, actor: Any, meeting: Meeting) -> None:
    """Note that a meeting was held, and keep the measures of today for the next one.

    Raises
    ------
    DataError
        Its day has not come.
    """
    found = _to_change(actor, meeting, planned=True)
    today = today_in(found.committee.territory)
    if found.day > today:
        raise DataError(
            _("Cette réunion n’a pas encore eu lieu."), remedy=_("Changez son jour, ou attendez.")
        )
    facts = facts_of(found.committee, today, _since(found))
    found.facts = {key: asdict(fact) for key, fact in facts.items()}
    found.state = MeetingState.HELD
    found.save(update_fields=["facts", "state"])
    record(actor, found.committee, found, {"réunion tenue": found.day.isoformat()})


@act("committee.run")
@transaction.atomic
def agenda_propose(*, actor: Any, meeting: Meeting) -> int:
    """Add the points that moved facts call for, and tell again those already there.

    A point that the référent wrote or left out stays as it is. Return how many were added.
    """
    found = _to_change(actor, meeting, planned=True)
    committee, former = found.committee, held_before(found)
    facts = facts_of(committee, today_in(committee.territory), _since(found))
    where = f"{committee.level}/{committee.code}"
    points = agenda(facts_kept(former), facts, where=where)
    there = {one.rule: one for one in found.items.exclude(rule="")}
    rank, added = found.items.count(), 0
    for point in points:
        one = there.get(point.rule)
        if one is None:
            one = Item(meeting=found, rank=rank + added, rule=point.rule, title=point.title)
            added += 1
        one.why, one.page = point.why, point.page
        one.save()
    record(actor, committee, found, {"points proposés": added})
    return added


@act("committee.run")
@transaction.atomic
def item_write(*, actor: Any, meeting: Meeting, told: Mapping[str, str], item: int = 0) -> Item:
    """Write a point, or change one; what moved stays told as it was measured."""
    found = _to_change(actor, meeting, planned=True)
    one = _item(found, item) if item else Item(meeting=found, rank=found.items.count())
    one.title = kept(told["title"], 200)
    if not one.rule:
        one.why = kept(told.get("why", ""), LONGEST)
    one.save()
    record(actor, found.committee, found, {"point": one.title})
    return one


@act("committee.run")
@transaction.atomic
def item_move(*, actor: Any, meeting: Meeting, item: int, step: str) -> None:
    """Move a point up or down, leave it out or take it back."""
    found = _to_change(actor, meeting, planned=True)
    one = _item(found, item)
    if step in ("ecarter", "reprendre"):
        one.left_out = step == "ecarter"
        one.save(update_fields=["left_out"])
        return
    rows = list(found.items.all())
    place = rows.index(one)
    other = place + (1 if step == "descendre" else -1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for rank, row in enumerate(rows):
        row.rank = rank
    Item.objects.bulk_update(rows, ["rank"])


@act("committee.run")
@transaction.atomic
def decision_take(*, actor: Any, meeting: Meeting, told: Mapping[str, Any]) -> Decision:
    """Note a decision or an action; its indicator is frozen as it is today."""
    found = _to_change(actor, meeting)
    made = Decision(
        meeting=found,
        title=kept(told["title"], 300),
        owner=_seat(found.committee, told.get("owner")),
        due=told.get("due"),
        note=kept(told.get("note", ""), LONGEST),
    )
    chosen = told.get("indicator", "")
    fact = measured(found.committee.territory, {chosen}).get(chosen) if chosen else None
    if fact is not None:
        made.indicator, made.frozen = fact.key, asdict(fact)
    made.save()
    record(actor, found.committee, made, {"décision": made.title})
    return made


@act("committee.run")
@transaction.atomic
def decision_follow(*, actor: Any, decision: Decision, told: Mapping[str, Any]) -> Decision:
    """Note where an action stands, who takes it, for when; what was frozen stays."""
    _to_change(actor, decision.meeting)
    found = Decision.objects.select_for_update().select_related("meeting").get(pk=decision.pk)
    found.owner = _seat(found.meeting.committee, told.get("owner"))
    found.due, found.state = told.get("due"), told["state"]
    found.note = kept(told.get("note", ""), LONGEST)
    found.save()
    record(actor, found.meeting.committee, found, {"état": found.state})
    return found


def _since(meeting: Meeting) -> date | None:
    former = held_before(meeting)
    return former.day if former is not None else None


def _set_when(meeting: Meeting, told: Mapping[str, Any]) -> None:
    for name in WHEN:
        setattr(meeting, name, told.get(name) or ("" if name in ("place", "link") else None))
    meeting.place = kept(meeting.place, 200)


def _to_change(actor: Any, meeting: Meeting, *, planned: bool = False) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("committee")
    found = rows.get(pk=meeting.pk)
    require(actor, "committee.run", found.committee.territory)
    if planned and not found.planned:
        raise DataError(
            _("Cette réunion est déjà tenue ou annulée : elle ne change plus."),
            remedy=_("Préparez la suivante."),
        )
    return found


def _item(meeting: Meeting, item: int) -> Item:
    found = meeting.items.filter(pk=item).first()
    if found is None:
        raise DataError(_("Ce point n’existe plus."), remedy=_("Rechargez la page."))
    return found


def _seat(committee: Committee, chosen: Any) -> Seat | None:
    return committee.seats.filter(pk=chosen).first() if chosen else None
