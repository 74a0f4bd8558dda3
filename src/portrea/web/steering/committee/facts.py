"""What the agenda of a comité is built from: facts of the other rooms, as they are today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from django.utils.translation import gettext as _

from portrea.action.proposals import State as PleaState
from portrea.offer.freshness import Tier, tiers
from portrea.reach.priority_tables import Status
from portrea.steering.committee import OPEN, Fact
from portrea.steering.priority_words import SAID
from portrea.web.accounts.scope import inside
from portrea.web.action.models import Difficulty, Proposal
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Place
from portrea.web.steering.models import Decision
from portrea.web.steering.pack_selectors import pack_of
from portrea.web.steering.selectors import portrait_of
from portrea.web.surveys.models import Publication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portrea.web.steering.models import Committee

Facts = dict[str, Fact]
PLACES, TIME = "lieux", "temps"
FIRST = SAID[Status.FIRST].capitalize()


def measures_of(territory: str) -> Facts:
    """Return the key figures of the portrait of a territory: the same numbers."""
    portrait = portrait_of(territory)
    source = _("calcul {}").format(portrait.computation_id[:8])
    found = {}
    for one in portrait.key_figures:
        if one.id == PLACES:
            continue
        number = one.number
        bounds = (number.value, number.low, number.high)
        about = "acces" if one.id == TIME else "besoin"
        found[one.id] = Fact(
            one.id, about, one.label, number.text, *bounds, None, portrait.computed_on, source
        )
    return found


def facts_of(committee: Committee, today: date, since: date | None) -> Facts:
    """Return every fact that the rules of the agenda read.

    Parameters
    ----------
    since
        Day of the last meeting held; what is counted « since » is left out without one.
    """
    found = measures_of(committee.territory)
    places, zones = stale_places(committee.territory, today), zone_facts(committee.territory)
    more = [*places, *zones, *_late(committee, today)]
    if since is not None:
        more += _since(committee, since, today)
    return found | {fact.key: fact for fact in more}


def stale_places(territory: str, today: date) -> Iterator[Fact]:
    """Count the open places of the census and those to confirm; nothing without a census."""
    rows = places_in(territory).filter(status=Place.Status.OPEN)
    told = [max(filter(None, pair), default=None)
            for pair in rows.values_list("updated", "confirmed")]  # fmt: skip
    if not told:
        return
    yield _count("lieux", _("Lieux d’aide connus"), len(told), today, _("recensement"))
    dates = pl.DataFrame({"updated": told}, schema={"updated": pl.Date})
    stale = int(tiers(dates, on=today).is_in([str(Tier.TO_CONFIRM), str(Tier.OLD)]).sum())
    label = _("Fiches à confirmer sur {}").format(len(told))
    yield _count("fiches", label, stale, today, _("recensement"))


def zone_facts(territory: str) -> Iterator[Fact]:
    """Name the first priority areas, as the pack says them."""
    pack = pack_of(territory)
    section = pack.section("priorites")
    if section is None or not section.tables:
        return
    names = tuple(row[0].text for row in section.tables[0].rows if row[-1].text == FIRST)
    yield Fact(
        "zones", "zones", _("Zones parmi les premières"), ", ".join(names) or _("aucune"),
        members=names, day=pack.computed_on, source=_("calcul {}").format(pack.computation_id[:8]),
    )  # fmt: skip


def _late(committee: Committee, today: date) -> Iterator[Fact]:
    rows = Decision.objects.filter(meeting__committee=committee, state__in=OPEN, due__lt=today)
    yield _count("actions", _("Actions en retard"), rows.count(), today, _("ce comité"))


def _since(committee: Committee, since: date, today: date) -> Iterator[Fact]:
    here, source = inside(committee.territory), _("depuis le {:%d/%m/%Y}").format(since)
    troubles = Difficulty.objects.filter(here, day__gt=since, day__lte=today)
    told = _("Difficultés signalées")
    yield _count("difficultes", told, troubles.count(), today, source)
    answered = (PleaState.ACKNOWLEDGED, PleaState.CHANGED, PleaState.REFUSED)
    answers = Proposal.objects.filter(here, state__in=answered, since__gt=since)
    told = _("Propositions qui ont reçu une réponse")
    yield _count("reponses", told, answers.count(), today, source)
    where = inside(committee.territory, level="survey__level", code="survey__code")
    surveys = Publication.objects.filter(where, withdrawn=None, at__date__gt=since)
    told = _("Résultats d’enquête publiés")
    yield _count("enquetes", told, surveys.count(), today, source)


def _count(key: str, label: str, number: int, today: date, source: str) -> Fact:
    day = today.isoformat()
    return Fact(key, key, label, f"{number} ({source})", number, day=day, source=source)
