"""Trials kept under a name, read for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import FRANCE, inside, name_of
from portrea.web.reach.models import Scenario

if TYPE_CHECKING:
    from datetime import datetime

MOST = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """A named trial: its link, its name, where and when, its address and its answer that day."""

    key: str
    title: str
    where: str
    created: datetime
    query: str
    told: str


def scenario_of(key: str) -> Saved | None:
    """Return the trial of a link, ``None`` when it is unknown or was taken away."""
    found = Scenario.objects.filter(key=key).first()
    return None if found is None else _saved(found)


def scenarios_of(who: Any) -> list[Saved]:
    """Return the trials of the territories where someone may name some, newest first."""
    wanted = Q(pk__in=[])
    for grant in reach(who, "scenario.save"):
        wanted |= Q(pk__gt=0) if grant.key == FRANCE else inside(grant.key)
    return [_saved(one) for one in Scenario.objects.filter(wanted)[:MOST]]


def _saved(found: Scenario) -> Saved:
    where = name_of((found.level, found.code))
    return Saved(found.key, found.title, where, found.created, found.query, found.told)
