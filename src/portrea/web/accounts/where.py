"""Where somebody may do an act: the territories of her roles, as choices and as conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.territory import Level
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import FRANCE, contains, find, gazetteer, inside, name_of

if TYPE_CHECKING:
    from portrea.web.accounts.scope import Key

BELOW = {
    "france": Level.DEPARTEMENT,
    "region": Level.DEPARTEMENT,
    "departement": Level.EPCI,
    "epci": Level.COMMUNE,
}
INDENT = "\u00a0\u00a0\u00a0"


def keys_of(who: Any, act: str) -> list[Key]:
    """Return the territories where someone may do an act; France alone when it is everywhere."""
    found: list[Key] = []
    for grant in reach(who, act):
        scope = matrix().scope(grant.role, act)
        if scope is Scope.EVERYWHERE:
            return [FRANCE]
        if scope is Scope.TERRITORY and grant.key not in found:
            found.append(grant.key)
    return found


def condition(keys: list[Key]) -> Q:
    """Return « lies in one of these territories » on the columns level and code."""
    found = Q(pk__in=[])
    for key in keys:
        if key == FRANCE:
            return Q()
        found |= inside(key)
    return found


def choices_of(who: Any, act: str) -> list[tuple[str, str]]:
    """Return the territories where someone may do an act, each with what it is made of."""
    known = gazetteer()
    found: dict[str, str] = {}
    for key in keys_of(who, act):
        found[f"{key[0]}:{key[1]}"] = name_of(key)
        below = BELOW.get(key[0])
        if known is None or below is None:
            continue
        parts = [one for one in known.children(find(key), below) if contains(key, one)]
        names = sorted((one.name, f"{one.level.value}:{one.code}") for one in parts)
        found |= {code: f"{INDENT}{name}" for name, code in names}
    return list(found.items())
