"""Trials kept under a name, read for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.steering.sections_what_if import MOST as FORWARD
from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import FRANCE, inside, name_of
from portrea.web.reach.models import Scenario
from portrea.web.territories.living import offer_state

if TYPE_CHECKING:
    from datetime import datetime

MOST = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """A named trial: its link, its name, where and when, its address and its answer that day.

    ``shown`` says whether it is in the portrait of its territory and in the pack of the comité.
    """

    key: str
    title: str
    where: str
    created: datetime
    query: str
    told: str
    computation: str
    shown: bool
    territory: str


def scenario_of(key: str) -> Saved | None:
    """Return the trial of a link, ``None`` when it is unknown or was taken away."""
    if "\0" in key:  # PostgreSQL refuses to look for it
        return None
    found = Scenario.objects.filter(key=key).first()
    return None if found is None else _saved(found)


def scenarios_of(who: Any) -> list[Saved]:
    """Return the trials of the territories where someone may name some, newest first."""
    wanted = Q(pk__in=[])
    for grant in reach(who, "scenario.save"):
        wanted |= Q(pk__gt=0) if grant.key == FRANCE else inside(grant.key)
    return [_saved(one) for one in Scenario.objects.filter(wanted)[:MOST]]


def scenarios_shown(level: str, code: str) -> list[Saved]:
    """Return the trials put forward on a territory, the oldest first."""
    rows = Scenario.objects.filter(level=level, code=code, shown=True).order_by("pk")
    return [_saved(one) for one in rows[:FORWARD]]


def shown_state(reference: str) -> str:
    """Name the trials put forward on a territory, with the state of the places; empty without."""
    level, _, code = reference.partition(":")
    rows = Scenario.objects.filter(level=level, code=code, shown=True).order_by("pk")
    keys = "-".join(rows.values_list("key", flat=True)[:FORWARD])
    return f"{keys}{offer_state()}" if keys else ""


def _saved(found: Scenario) -> Saved:
    return Saved(
        key=found.key,
        title=found.title,
        where=name_of((found.level, found.code)),
        created=found.created,
        query=found.query,
        told=found.told,
        computation=found.computation,
        shown=found.shown,
        territory=found.territory,
    )
