"""Proposals as they are listed, read, followed by everyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from portrea.action.proposals import MOVES, State, due, next_date
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import require
from portrea.web.accounts.where import condition, keys_of
from portrea.web.action.models import Proposal
from portrea.web.action.pleas.state import followed

if TYPE_CHECKING:
    from django.db.models import QuerySet

WRITE, READ = "plea.write", "difficulty.read"
EVENTS = {
    "envoyer": _("Envoyée"),
    "accuser": _("Reçue par l’administration"),
    "changer": _("La démarche a changé"),
    "refuser": _("Refusée"),
    "relancer": _("Relancée"),
    "abandonner": _("Notée sans réponse"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal as listed: its state in words, what time asks for, when it will ask."""

    plea: Proposal
    state: str
    due: str | None
    next: date | None


def pleas_of(who: Any) -> QuerySet[Proposal]:
    """Return the proposals of the territories that someone reads, the newest first."""
    rows = Proposal.objects.filter(condition(keys_of(who, READ)))
    return rows.select_related("procedure").order_by("-pk")


def line(plea: Proposal) -> Line:
    """Return a proposal as listed."""
    where = followed(plea)
    asked = due(where, on=today_in(plea.territory))
    return Line(plea, where.state.label, asked, next_date(where))


def plea_to_show(who: Any, key: str) -> Proposal:
    """Return a proposal to show to the team (404 when there is none, 403 elsewhere)."""
    found = Proposal.objects.select_related("procedure").filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, READ, found.territory)
    return found


def plea_to_answer(answer_key: str) -> Proposal | None:
    """Return a sent proposal by the key of its letter."""
    rows = Proposal.objects.select_related("procedure").exclude(state=State.DRAFT)
    return rows.filter(answer_key=answer_key).first()


def public_pleas() -> QuerySet[Proposal]:
    """Return the proposals that everyone follows, the last moved first."""
    rows = Proposal.objects.filter(public=True).exclude(state=State.DRAFT)
    return rows.select_related("procedure").order_by("-since", "-pk")


def public_plea(key: str) -> Proposal:
    """Return a proposal that everyone follows (404 when there is none)."""
    found = public_pleas().filter(key=key).first()
    if found is None:
        raise Http404(key)
    return found


def possible(plea: Proposal) -> list[str]:
    """Return the events that may happen now."""
    return list(MOVES.get(State(plea.state), {}))


def dated(told: dict[str, Any]) -> dict[str, Any]:
    """Return facts or a measure with their days as dates, not as they are kept."""
    days = {name: date.fromisoformat(told[name]) for name in ("until", "on") if name in told}
    return told | days


def story(plea: Proposal) -> list[dict[str, Any]]:
    """Return what happened, in order."""
    return [
        {"what": EVENTS[one.event], "at": one.at, "words": one.words, "from_body": one.from_body}
        for one in plea.exchanges.all()
    ]
