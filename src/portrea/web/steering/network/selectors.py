"""The network of a territory: its structures, what they declare, what was handed over, who meets.

Orientations handed over through the site are counted; a small count is not told, and alone it makes
no link.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404

from portrea.stats.disclosure import rule
from portrea.steering.network import Actor, Link, LinkKind, Network
from portrea.steering.sections_offer import kind_label
from portrea.vocab.situations import Situation
from portrea.web.accounts.permissions import may, reach, require
from portrea.web.accounts.scope import FRANCE, find, key_of, name_of
from portrea.web.journeys.models import Handover
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Alias, Place
from portrea.web.offer.models.census import BITS
from portrea.web.steering.models import Community, Tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

READ, DECLARE, RUN = "network.read", "network.declare", "community.run"
REFUSED = Tie.State.REFUSED
LEVELS = ("commune", "epci", "departement")
"""Levels at which actors may know one another."""
LEAST_SHARED = 3
"""Structures that share a need, below which no community is suggested for it."""
MOST_SUGGESTED = 10
_SHOWN = ("pk", "name", "kind", "city")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A community that could be: a need that several structures answer, and which ones."""

    theme: str
    label: str
    places: tuple[Place, ...]
    count: int


def open_places(territory: Any) -> QuerySet[Place]:
    """Return the open places of a territory, by name."""
    return places_in(territory).filter(status=Place.Status.OPEN).order_by("name", "pk")


def network_of(territory: Any) -> Network:
    """Return the structures of a territory, with those elsewhere that they are linked to.

    What was said of a sheet that another absorbed is said of that other.
    """
    actors = {
        pk: Actor(pk, name, kind_label(kind), city)
        for pk, name, kind, city in open_places(territory).values_list(*_SHOWN)
    }
    roots = dict(Alias.objects.filter(place__in=list(actors)).values_list("pk", "place"))
    roots |= {key: key for key in actors}
    ties = [one for one in _ties(roots, also=Place.Status.ABSORBED) if one.state != REFUSED]
    for place in (end for one in ties for end in (one.source, one.target)):
        if place.pk not in roots and place.status == Place.Status.OPEN:
            roots[place.pk] = place.pk
            actors[place.pk] = Actor(
                place.pk, place.name, kind_label(place.kind), place.city, inside=False
            )
    return Network.of(actors.values(), _links(ties, _handed(roots), roots))


def ties_to_answer(who: Any, territory: Any) -> list[Tie]:
    """Return the links of a territory that wait for a word that someone may give."""
    waiting = _ties(open_places(territory).values_list("pk", flat=True))
    return [
        one
        for one in waiting
        if one.state == Tie.State.DECLARED
        and may(who, DECLARE, one.target.territory, structure=one.target_id)
        and one.declared_by != one.target_id
    ]


def own_ties(who: Any, territory: Any) -> list[Tie]:
    """Return the links of a territory that someone may end."""
    told = _ties(open_places(territory).values_list("pk", flat=True))
    return [one for one in told if may(who, DECLARE, one.source.territory, structure=one.source_id)]


def speaking_for(who: Any, act: str, territory: Any) -> QuerySet[Place]:
    """Return the structures for which someone may do an act: hers, or those of the territory."""
    if may(who, act, territory):
        return open_places(territory)
    hers = [grant.structure for grant in reach(who, act) if grant.structure]
    return Place.objects.filter(pk__in=hers, status=Place.Status.OPEN).order_by("name", "pk")


def communities_of(territory: Any) -> QuerySet[Community]:
    """Return the communities of a territory that still meet, with their structures."""
    level, code = key_of(territory)
    rows = Community.objects.filter(level=level, code=code, closed=None)
    return rows.prefetch_related("members").order_by("title", "pk")


def community_found(who: Any, number: int) -> Community:
    """Return a community that someone runs (404 when there is none, 403 elsewhere)."""
    found = Community.objects.filter(pk=number, closed=None).first()
    if found is None:
        raise Http404(number)
    require(who, RUN, found.territory)
    return found


def suggestions(territory: Any, known: Iterable[Community]) -> tuple[Suggestion, ...]:
    """Return the needs that several structures answer and about which none meet."""
    themes = {one.theme for one in known}
    return tuple(
        made
        for one in Situation
        if one.value not in themes
        if (made := _suggestion(territory, one)).count >= LEAST_SHARED
    )


def to_invite(community: Community) -> list[Place]:
    """Return structures that answer the need of a community and are not in it."""
    inside = {place.pk for place in community.members.all()}
    rows = _answering(community.territory, Situation(community.theme))
    return [place for place in rows if place.pk not in inside][:MOST_SUGGESTED]


def homes_of(who: Any) -> list[tuple[str, str, str]]:
    """Return the territories whose network someone reads first: (level, code, name)."""
    found: dict[tuple[str, str], str] = {}
    for grant in reach(who, READ):
        key = grant.key
        if key == FRANCE:
            continue
        if key[0] == "commune" and (epci := find(key).epci):
            key = ("epci", epci)
        found[key] = name_of(key)
    return [(level, code, name) for (level, code), name in found.items()]


def _suggestion(territory: Any, need: Situation) -> Suggestion:
    places = _answering(territory, need)
    return Suggestion(need.value, need.label, tuple(places[:MOST_SUGGESTED]), len(places))


def _answering(territory: Any, need: Situation) -> list[Place]:
    bit = BITS[str(need)]
    rows = open_places(territory).only("pk", "name", "city", "situations")
    return [place for place in rows if place.situations & bit]


def _ties(ids: Iterable[str], *, also: str = Place.Status.OPEN) -> list[Tie]:
    """Return the links that touch some places and are not ended, both ends open (or ``also``)."""
    here = Q(source__in=list(ids)) | Q(target__in=list(ids))
    states = [Place.Status.OPEN, also]
    both = {"source__status__in": states, "target__status__in": states}
    rows = Tie.objects.filter(here, ended=None, **both).select_related("source", "target")
    return list(rows.defer("source__record", "target__record"))


def _handed(roots: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """Count the orientations handed over between some structures."""
    rows = Handover.objects.filter(structure__in=list(roots), place__in=list(roots))
    rows = rows.exclude(state=Handover.State.DROPPED)
    return Counter(
        (roots[source], roots[target]) for source, target in rows.values_list("structure", "place")
    )


def _links(
    ties: Iterable[Tie], handed: Counter[tuple[str, str]], roots: Mapping[str, str]
) -> Iterator[Link]:
    least = rule("threshold")
    told = set()
    for one in ties:
        pair = (roots.get(one.source_id, ""), roots.get(one.target_id, ""))
        kind = LinkKind(one.kind)
        count = handed[pair] if kind is LinkKind.ORIENTATION else 0
        told |= {pair} if kind is LinkKind.ORIENTATION else set()
        yield Link(*pair, kind, one.state == Tie.State.CONFIRMED, count if count >= least else None)
    for pair, count in handed.items():
        if count >= least and pair not in told:
            yield Link(*pair, LinkKind.ORIENTATION, confirmed=True, handed=count)
