"""How sure a card still is, whom to ask, and what to mend first.

A card ages by calendar months since somebody confirmed it, or since its list updated it: at 6, 12
and 18 months it becomes « à confirmer bientôt », « à confirmer » then « ancien ». A service that
tells how often it is updated ages at its own pace: after one, two and three times its period. An
old card is shown with its date and ranked lower, never hidden.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from portrea.base.errors import ParameterError
from portrea.offer.calendar import MONTHS, say_date
from portrea.offer.content import field_of
from portrea.vocab.languages import FRENCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portrea.offer.record import Place, Service
    from portrea.vocab.languages import Words


@cache
def parameters() -> dict[str, Any]:
    """Return the dated parameters shipped with Portrea (``params/freshness.yaml``)."""
    text = files("portrea.offer").joinpath("params/freshness.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


# -- tiers ----------------------------------------------------------------------------------------


class Tier(StrEnum):
    """How sure a card still is, from the surest."""

    FRESH = "fresh"
    SOON = "soon"
    TO_CONFIRM = "to_confirm"
    OLD = "old"

    @property
    def label(self) -> str:
        """French words of the tier."""
        return _LABELS[self]

    @property
    def penalty(self) -> int:
        """Ranks lost among places of equal access."""
        return int(parameters()["penalty"]["values"][str(self)])


_LABELS = {
    Tier.FRESH: "à jour",
    Tier.SOON: "à confirmer bientôt",
    Tier.TO_CONFIRM: "à confirmer",
    Tier.OLD: "ancien",
}


def limits(update_months: int | None = None) -> tuple[int, int, int]:
    """Return the ages in months at which a card changes tier; a service's own period wins."""
    if update_months:
        return update_months, 2 * update_months, 3 * update_months
    tiers = parameters()["tiers"]
    return int(tiers["fresh"]), int(tiers["soon"]), int(tiers["to_confirm"])


def add_months(day: date, count: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    whole = day.month - 1 + count
    year, month = day.year + whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def tier(told: date | None, *, on: date, update_months: int | None = None) -> Tier:
    """Return the tier of a card last told at a date; without a date, it is to be confirmed.

    A date in the future is a fault, not a proof: it counts as none.
    """
    if told is None or told > on:
        return Tier.TO_CONFIRM
    for bound, found in zip(limits(update_months), Tier, strict=False):
        if on <= add_months(told, bound):
            return found
    return Tier.OLD


def tiers(places: pl.DataFrame, *, on: date) -> pl.Series:
    """Return the tier of each place, from its column ``updated``.

    A column ``update_months`` (null: the usual limits) gives the pace of places that tell one.
    """
    told = pl.col("updated")
    pace = pl.lit(None, dtype=pl.Int64)
    if "update_months" in places.columns:
        pace = pl.col("update_months").cast(pl.Int64)
    expression = pl.when(told.is_null() | (told > on)).then(pl.lit(str(Tier.TO_CONFIRM)))
    for rank, (usual, found) in enumerate(zip(limits(), Tier, strict=False), start=1):
        months = pl.format("{}mo", (pace * rank).fill_null(usual))
        later = told.dt.offset_by(months)
        expression = expression.when(later >= on).then(pl.lit(str(found)))  # type: ignore[assignment]
    return places.select(freshness=expression.otherwise(pl.lit(str(Tier.OLD))))["freshness"]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How sure a card is on a day: its tier, the date it rests on, and whether a person said so."""

    tier: Tier
    told: date | None
    by_person: bool

    @property
    def sentence(self) -> str:
        """French words for the public: « confirmé le 3 mars 2026 », « à confirmer, fiche de… »."""
        return self.say()

    def say(self, words: Words = FRENCH) -> str:
        """Return words for the public, in a language."""
        card = words.say("fiche sans date")
        if self.told is not None:
            card = words.say("fiche {of_month}", of_month=_of_month(self.told, words))
        if self.tier is Tier.TO_CONFIRM:
            return words.say("à confirmer, {card}", card=card)
        if self.tier is Tier.OLD:
            return words.say("ancien, {card}\u202f: téléphonez avant de vous déplacer", card=card)
        if self.by_person and self.told is not None:
            card = words.say("confirmé le {day}", day=say_date(self.told, words, year=True))
        if self.tier is Tier.FRESH:
            return card
        return words.say("{card}, à confirmer bientôt", card=card)


def _of_month(day: date, words: Words) -> str:
    if not words.french:
        return words.month(day)
    month = MONTHS[day.month - 1]
    return f"{'d’' if month[0] in 'ao' else 'de '}{month} {day.year}"


def freshness_of(
    *, confirmed: date | None, updated: date | None, on: date, update_months: int | None = None
) -> Freshness:
    """Return how sure a card is, from its last confirmation and the date of its list."""
    known = [day for day in (confirmed, updated) if day is not None and day <= on]
    told = max(known, default=None)
    found = tier(told, on=on, update_months=update_months)
    return Freshness(found, told, by_person=told is not None and told == confirmed)


def freshness_of_service(place: Place, service: Service, *, on: date) -> Freshness:
    """Return how sure a service is: its own confirmation, its own period."""
    return freshness_of(
        confirmed=service.confirmed,
        updated=place.updated,
        on=on,
        update_months=service.update_months,
    )


def freshness_of_place(place: Place, *, on: date) -> Freshness:
    """Return how sure a place is: that of its least sure service, else of its own date."""
    found = [freshness_of_service(place, service, on=on) for service in place.services]
    if not found:
        return freshness_of(confirmed=None, updated=place.updated, on=on)
    return max(found, key=lambda one: (one.tier.penalty, -(one.told or date.min).toordinal()))


# -- campaigns ------------------------------------------------------------------------------------


class AskState(StrEnum):
    """Where a place is in a round of questions."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    REMINDED = "reminded"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NO_ANSWER = "no_answer"
    OPTED_OUT = "opted_out"

    @property
    def label(self) -> str:
        """French words of the board."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    AskState.NOT_ASKED: "pas encore demandé",
    AskState.ASKED: "demandé",
    AskState.REMINDED: "relancé",
    AskState.CONFIRMED: "rien n’a changé",
    AskState.CHANGED: "correction reçue",
    AskState.NO_ANSWER: "sans réponse",
    AskState.OPTED_OUT: "ne veut plus être contacté",
}
_WAITING = (AskState.ASKED, AskState.REMINDED)
_ANSWERABLE = (*_WAITING, AskState.NO_ANSWER, AskState.CONFIRMED, AskState.CHANGED)
_EVENTS: dict[str, tuple[tuple[AskState, ...], AskState]] = {
    "ask": ((AskState.NOT_ASKED, AskState.NO_ANSWER), AskState.ASKED),
    "remind": ((AskState.ASKED,), AskState.REMINDED),
    "give_up": (_WAITING, AskState.NO_ANSWER),
    "confirm": ((AskState.NOT_ASKED, *_ANSWERABLE), AskState.CONFIRMED),
    "change": ((AskState.NOT_ASKED, *_ANSWERABLE), AskState.CHANGED),
    "opt_out": (tuple(state for state in AskState if state != "opted_out"), AskState.OPTED_OUT),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A state of a place in a campaign, and since when."""

    state: AskState = AskState.NOT_ASKED
    since: date | None = None


def advance(step: Step, event: str, *, on: date) -> Step:
    """Return the state after an event: ask, remind, give_up, confirm, change or opt_out.

    Raises
    ------
    ParameterError
        When the event makes no sense in this state: somebody who refused is never asked again. A
        structure heard before it was written to (by telephone) is confirmed all the same.
    """
    sources, target = _EVENTS.get(event, ((), AskState.NOT_ASKED))
    if step.state not in sources:
        raise ParameterError(
            f"Campagne : « {event} » n’est pas possible quand l’état est « {step.state.label} »."
        )
    return Step(target, on)


def next_event(step: Step, *, on: date) -> str | None:
    """Return what a campaign does by itself on a day: ``remind``, ``give_up`` or nothing."""
    delays = parameters()["campaign"]
    waiting = {
        AskState.ASKED: ("remind", int(delays["remind_after"])),
        AskState.REMINDED: ("give_up", int(delays["give_up_after"])),
    }
    if step.state not in waiting or step.since is None:
        return None
    event, days = waiting[step.state]
    return event if on >= step.since + timedelta(days=days) else None


def is_due(found: Tier, state: AskState = AskState.NOT_ASKED) -> bool:
    """Whether a place is to be asked: no longer fresh, and not asked yet nor unwilling."""
    return found is not Tier.FRESH and state in (AskState.NOT_ASKED, AskState.NO_ANSWER)


def due_places(places: Iterable[Place], *, on: date) -> list[tuple[Place, Freshness]]:
    """Return the places to ask, the least sure first, then the oldest."""
    found = [(place, freshness_of_place(place, on=on)) for place in places]
    due = [(place, fresh) for place, fresh in found if is_due(fresh.tier)]
    return sorted(due, key=lambda one: (-one[1].tier.penalty, one[1].told or date.min, one[0].id))


# -- what to mend ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mending:
    """One thing to mend: its path, French words, and what it is worth."""

    path: str
    words: str
    weight: float
    critical: bool


_CHECKS: dict[str, tuple[str, Callable[[Place], bool]]] = {
    "phone": ("dire le numéro de téléphone", lambda place: not place.phone),
    "hours": (
        "dire les horaires",
        lambda place: not (place.hours or place.hours_text or _has_presences(place)),
    ),
    "services": ("dire ce que le lieu propose", lambda place: not place.services),
    "address": ("donner l’adresse", lambda place: not place.address),
    "commune": ("préciser la commune", lambda place: not place.commune),
    "services.offers": (
        "préciser les services proposés",
        lambda place: any(not service.offers for service in place.services),
    ),
    "services.access_modes": (
        "dire comment accéder au service",
        lambda place: any(not service.access_modes for service in place.services),
    ),
    "kind": ("préciser le type de lieu", lambda place: not place.kind),
    "hours_confirmed": (
        "faire relire les horaires par une personne",
        lambda place: bool(place.hours or place.hours_text) and not place.hours_confirmed,
    ),
    "location": (
        "placer le lieu sur la carte",
        lambda place: place.longitude is None or place.position == "commune",
    ),
    "services.publics": (
        "dire à qui le service s’adresse",
        lambda place: any(not service.publics for service in place.services),
    ),
    "services.cost": (
        "dire si c’est gratuit",
        lambda place: any(not (service.cost or service.cost_text) for service in place.services),
    ),
    "emails": ("donner un courriel", lambda place: not place.emails),
    "accessibility": (
        "décrire l’accessibilité",
        lambda place: not (place.accessibility or place.accessibility_url),
    ),
    "updated": ("dater la fiche", lambda place: place.updated is None),
    "websites": ("donner le site internet", lambda place: not place.websites),
}


def _has_presences(place: Place) -> bool:
    return any(service.presences for service in place.services)


def mendings(place: Place) -> tuple[Mending, ...]:
    """Return what is to be mended on a card, the most useful first."""
    found = [
        Mending(path, words, _weight(path), _critical(path))
        for path, (words, is_missing) in _CHECKS.items()
        if is_missing(place)
    ]
    return tuple(sorted(found, key=lambda one: -one.weight))


def weighted_completeness(place: Place) -> float:
    """Return the share, in [0, 1], of what is worth telling that a card tells."""
    total = sum(_weight(path) for path in _CHECKS)
    return 1 - sum(one.weight for one in mendings(place)) / total


@cache
def _weight(path: str) -> float:
    rules = parameters()["mending"]
    times = rules["critical_times"] if _critical(path) else 1
    return float(rules["weights"][path] * times)


@cache
def _critical(path: str) -> bool:
    if path in ("location", "updated"):
        return False
    named = "services.any" if path == "services" else path.replace("services.", "services.any.")
    return bool(field_of(named).critical)
