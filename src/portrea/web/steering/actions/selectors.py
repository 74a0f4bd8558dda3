"""Recommended actions as they are read: what is kept, proposed, set aside, not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from portrea.steering.committee import OPEN, Fact, State
from portrea.steering.recommending import proposals, reason, rule_of, seen, unjudged
from portrea.steering.sections_actions import Kept
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import require
from portrea.web.accounts.scope import find
from portrea.web.accounts.where import choices_of
from portrea.web.steering.actions.facts import facts_of
from portrea.web.steering.models import Committee, Meeting, Recommendation
from portrea.web.steering.models.meetings import MeetingState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from portrea.steering.recommending import Proposal, Rule

READ, DECIDE = "recommendation.read", "recommendation.decide"
RUN = "committee.run"
MOST_MEETINGS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """An action as followed: why today, whether the reason still holds, what it became."""

    action: Recommendation
    why: str
    holds: bool
    late: bool
    told: str

    @property
    def state(self) -> str:
        """Where it stands, in French."""
        shown = self.action.decision or self.action
        return str(shown.get_state_display())


@dataclass(frozen=True, slots=True)
class Offered:
    """What a rule proposes today, the measure that would be followed, the page that shows why."""

    proposal: Proposal
    measure: Fact | None
    page: str

    @property
    def rule(self) -> Rule:
        """The rule that proposes it."""
        return self.proposal.rule


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of the page of a territory."""

    lines: tuple[Line, ...]
    offered: tuple[Offered, ...]
    aside: tuple[Recommendation, ...]
    unknown: tuple[Rule, ...]


def board_of(territory: str) -> Board:
    """Return the actions of a territory, and what the rules propose besides."""
    rows = list(_rows(territory))
    facts = facts_of(territory)
    taken = {one.rule for one in rows if one.standing is not State.DONE}
    offered = (
        _offered(one, facts, territory) for one in proposals(facts) if one.rule.id not in taken
    )
    return Board(
        tuple(_lines(rows, facts, today_in(territory))),
        tuple(offered),
        tuple(one for one in rows if not one.kept),
        unjudged(facts),
    )


def lines_of(territory: str) -> tuple[Line, ...]:
    """Return the actions kept in a territory, measuring only what they read."""
    rows = list(_rows(territory))
    keys = {one.indicator for one in rows if one.kept and one.indicator}
    keys |= {key for one in rows if one.kept and (rule := rule_of(one.rule)) for key in rule.reads}
    return tuple(_lines(rows, facts_of(territory, keys), today_in(territory)))


def kept_of(territory: str) -> tuple[Kept, ...]:
    """Return the actions kept, as a document tells them."""
    return tuple(_kept(line) for line in lines_of(territory))


def proposal_of(territory: str, name: str) -> Offered:
    """Return what one rule proposes (404 when it proposes nothing)."""
    rule = rule_of(name)
    if rule is None:
        raise Http404(name)
    facts = facts_of(territory, {*rule.reads, rule.indicator})
    found = next((one for one in proposals(facts) if one.rule is rule), None)
    if found is None:
        raise Http404(name)
    return _offered(found, facts, territory)


def measures_now(territory: str) -> dict[str, Fact]:
    """Return what an action, or a decision of the comité, may be followed by."""
    return {key: fact for key, fact in facts_of(territory).items() if _followable(fact)}


def place_found(who: Any, level: str, code: str, act: str = READ) -> str:
    """Return a territory as references write it (404 when there is none, 403 elsewhere)."""
    if not find((level, code)).title:
        raise Http404(code)
    require(who, act, (level, code))
    return f"{level}:{code}"


def action_found(who: Any, key: str, act: str = READ) -> Recommendation:
    """Return an action (404 when there is none, 403 elsewhere)."""
    rows = Recommendation.objects.select_related("decision")
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, act, found.territory)
    return found


def places_of(who: Any) -> list[tuple[str, str]]:
    """Return the territories whose actions someone reads, as choices."""
    return choices_of(who, READ)


def meetings_for(territory: str) -> list[Meeting]:
    """Return the meetings of the comité of a territory that may still decide, the newest first."""
    level, _colon, code = territory.partition(":")
    committee = Committee.objects.filter(level=level, code=code).first()
    if committee is None:
        return []
    rows = committee.meetings.exclude(state=MeetingState.CANCELLED).select_related("committee")
    return list(rows[:MOST_MEETINGS])


def _offered(found: Proposal, facts: Mapping[str, Fact], territory: str) -> Offered:
    page = found.rule.page.format(where=territory.replace(":", "/"))
    return Offered(found, facts.get(found.rule.indicator), page)


def _rows(territory: str) -> QuerySet[Recommendation]:
    level, _colon, code = territory.partition(":")
    rows = Recommendation.objects.filter(level=level, code=code)
    return rows.select_related("decision__owner", "decision__meeting")


def _lines(rows: Sequence[Recommendation], facts: Mapping[str, Fact], today: date) -> list[Line]:
    return [_line(one, facts, today) for one in rows if one.kept]


def _line(action: Recommendation, facts: Mapping[str, Fact], today: date) -> Line:
    rule = rule_of(action.rule)
    now = reason(rule, facts) if rule else None
    known = rule is not None and all(key in facts for key in rule.reads)
    day = action.due_by
    late = day is not None and day < today and action.standing in OPEN
    told = ""
    if action.baseline:
        then = Fact.of(action.baseline)
        told = seen(then, facts.get(action.indicator), wanted=action.wanted, target=action.target)
    return Line(action, now or action.why, holds=now is not None or not known, late=late, told=told)


def _kept(line: Line) -> Kept:
    action = line.action
    decided = action.decision
    owner = decided.owner.label if decided and decided.owner else action.owner
    day = action.due_by
    return Kept(
        action.title, line.why, owner, day.isoformat() if day else "", line.state,
        late=line.late, done=action.standing is State.DONE, holds=line.holds, seen=line.told,
    )  # fmt: skip


def _followable(fact: Fact) -> bool:
    return fact.bounds is not None or fact.members is not None
