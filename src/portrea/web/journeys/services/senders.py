"""On whose behalf an agent hands an orientation over, and what is hers to follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import Actor, may, reach
from portrea.web.accounts.scope import FRANCE, key_of, name_of
from portrea.web.journeys.models import Handover
from portrea.web.offer.census import census_place

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portrea.web.accounts.scope import Key

ACT = "orientation.send"


@dataclass(frozen=True, slots=True)
class Sender:
    """A structure, or a territory when it is a référent who sends."""

    level: str
    code: str
    structure: str
    name: str

    @property
    def key(self) -> str:
        """Return what names it in a form."""
        return self.structure or f"{self.level}:{self.code}"

    @property
    def territory(self) -> str:
        """Where it is, as permissions ask."""
        return f"{self.level}:{self.code}"


def senders_of(who: Any) -> list[Sender]:
    """Return on whose behalf someone may send, structures first."""
    found: dict[str, Sender] = {}
    for grant in reach(who, ACT):
        scope = matrix().scope(grant.role, ACT)
        if scope is Scope.STRUCTURE:
            place = census_place(grant.structure) if grant.structure else None
            if place is not None:
                sender = Sender(*key_of(place.territory), grant.structure, place.name)
                found.setdefault(sender.key, sender)
        else:
            key = FRANCE if scope is Scope.EVERYWHERE else grant.key
            sender = Sender(*key, "", _said(grant.role, key))
            found.setdefault(sender.key, sender)
    return sorted(found.values(), key=lambda sender: (not sender.structure, sender.name))


def _said(role: str, key: Key) -> str:
    """Return who sends when it is not a structure, never a person."""
    if key == FRANCE:
        return "L’équipe de ce site"
    return f"{matrix().roles[role].label}, {name_of(key)}"


def handovers_of(who: Any) -> QuerySet[Handover]:
    """Return what someone sent, and what her structures sent: never others', whatever her role."""
    actor = Actor.of(who)
    if actor.user is None:
        return Handover.objects.none()
    hers = Q(by=actor.user)
    structures = [sender.structure for sender in senders_of(who) if sender.structure]
    if structures:
        hers |= Q(structure__in=structures)
    return Handover.objects.filter(hers).select_related("place")


def may_follow(who: Any, row: Handover) -> bool:
    """Tell whether a handover is someone’s to follow, her role being still what it was."""
    return (
        may(who, ACT, row.territory, structure=row.structure)
        and handovers_of(who).filter(pk=row.pk).exists()
    )
