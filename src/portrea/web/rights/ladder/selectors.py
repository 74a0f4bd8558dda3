"""The level of a commune, and what each territory chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.rights.ladder import Level, level_in_force
from portrea.territory import Level as Scale
from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import FRANCE, contains, find
from portrea.web.accounts.structures import structure
from portrea.web.accounts.where import condition, keys_of
from portrea.web.rights.models import LadderChoice, Partner

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portrea.web.accounts.scope import Key

ABOVE = (Scale.EPCI, Scale.DEPARTEMENT, Scale.REGION)
SETTLE = "rights.ladder"
GIVE = "rights.attribute"


def level_of(commune: str) -> Level:
    """Return how far a commune goes (its code, « 35188 »); an empty code is anywhere."""
    return level_at(("commune", commune) if commune else FRANCE)[0]


def level_at(key: Key) -> tuple[Level, Key | None]:
    """Return the level of a territory, and which one chose it (``None``: nobody did)."""
    chain = chain_of(key)
    asked = Q(pk__in=[])
    for level, code in chain:
        asked |= Q(level=level, code=code)
    rows = LadderChoice.objects.filter(asked).values_list("level", "code", "rung")
    return level_in_force({(level, code): Level(rung) for level, code, rung in rows}, chain)


def chain_of(key: Key) -> list[Key]:
    """Return a territory and those that hold it whole, from the smallest."""
    found = find(key)
    codes = [(scale.value, found.parent_code(scale)) for scale in ABOVE if scale.value != key[0]]
    above = [(level, code) for level, code in codes if code and contains((level, code), key)]
    return list(dict.fromkeys([key, *above, FRANCE]))


def choices_made(who: Any) -> QuerySet[LadderChoice]:
    """Return the levels chosen by the territories where somebody settles them."""
    return LadderChoice.objects.filter(condition(keys_of(who, SETTLE)))


def partner_of(key: str) -> Partner | None:
    """Return a partner by its key, retired or not."""
    return Partner.objects.filter(key=key).first() if key else None


def partners_held(who: Any) -> QuerySet[Partner]:
    """Return the partners of the territories where somebody settles them, those in force first."""
    return Partner.objects.filter(condition(keys_of(who, SETTLE))).order_by("retired", "name", "pk")


def partners_given(who: Any) -> list[Partner]:
    """Return the partners, not retired, for whom somebody may ask a file, by name."""
    own = [structure(grant.structure) for grant in reach(who, GIVE) if grant.structure]
    places = [one.territory for one in own if one]
    held = condition(keys_of(who, GIVE))
    found = set(Partner.objects.filter(held).values_list("pk", flat=True)) if held else None
    return [
        one
        for one in Partner.objects.filter(retired=None)
        if found is None
        or one.pk in found
        or any(contains(one.territory, place) for place in places)
    ]
