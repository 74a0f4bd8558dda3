"""What the forms of « Et si ? » offer, and what its figures suppose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.reach.siting.params import default_parameters
from portrea.reach.travel import default_travel
from portrea.steering import what_if_assumed
from portrea.steering.display import parameters
from portrea.steering.helping import offer_of
from portrea.steering.measures import words
from portrea.steering.what_if_ground import measure_known
from portrea.steering.what_if_words import Near, half_days
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import LISTED, SITUATIONS, TOLD, TRIPS, thresholds
from portrea.web.reach.selectors import engine_asked, engine_known, ground_of
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.what_if_assumed import Assumed
    from portrea.web.reach.asked import Asked
    from portrea.web.reach.priority_asked import PriorityAsked

PLACES = ((LISTED, "tous ceux des listes"), (TOLD, "ceux qui disent leurs horaires"))


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Values to choose, under one title."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms offer."""

    where: tuple[Group, ...]
    close: tuple[Option, ...]
    counts: tuple[Option, ...]
    settings: tuple[tuple[str, str, tuple[Option, ...]], ...]
    short: bool


def choices_of(asked: Asked) -> Choices:
    """Return what may be chosen next."""
    ground = ground_of(asked)
    rows = ground.places.filter("inside").sort("name").to_dicts()
    buildings = [row for row in rows if not row["id"].startswith("commune:")]
    few = len(buildings) <= int(parameters("what_if")["most_buildings"]["value"])
    by_commune: dict[str, list[Option]] = {code: [] for code, _ in ground.communes}
    for row in buildings if few else ():
        by_commune.get(row["commune"], []).append(Option(row["id"], row["name"]))
    where = tuple(
        Group(name.plain, (Option(f"commune:{code}", f"{name.plain}, au bourg"), *by_commune[code]))
        for code, name in ground.communes
    )
    names = dict(ground.communes)
    close = tuple(
        Option(row["id"], f"{row['name']} ({names[row['commune']].plain})")
        for row in buildings
        if row["serves"] and row["id"] not in asked.changes.closed
    )
    counts = tuple(
        Option(str(n), half_days(n), n == 1)
        for n in range(1, default_parameters().most_half_days + 1)
    )
    return Choices(where, close, counts, _settings(asked), short=not few)


def _settings(asked: Asked) -> tuple[tuple[str, str, tuple[Option, ...]], ...]:
    selection = territory_find(asked.reference)
    known = measure_known(reader(), selection)
    chosen = asked.measure or known[0]
    situations = [(name, Situation(name).label) for name in SITUATIONS]
    profiles = [(word, default_travel().profile(code).label) for word, code in TRIPS.items()]
    return (
        ("besoin", "Quelle aide", _options(situations, asked.situation)),
        (
            "minutes",
            "À moins de",
            _options([(m, f"{m} minutes") for m in thresholds()], str(asked.minutes)),
        ),
        ("trajet", "Comment on vient", _options(profiles, asked.trip)),
        *times_setting(asked),
        ("qui", "Qui est compté", _options([(m, words(m).short) for m in known], chosen)),
        ("lieux", "Lieux d’aujourd’hui", _options(PLACES, asked.places)),
    )


def times_setting(asked: Asked | PriorityAsked) -> tuple[tuple[str, str, tuple[Option, ...]], ...]:
    """Return the choice of the engine of times, where a road network serves the territory."""
    roads = engine_known(asked)
    if not roads:
        return ()
    pairs = [("", f"par les routes (réseau « {roads} »)"), ("vol", "d’après le vol d’oiseau")]
    return (("temps", "Temps de trajet", _options(pairs, asked.times)),)


def _options(pairs: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in pairs)


def assumptions(asked: Asked) -> tuple[Assumed, ...]:
    """Return what the figures of a trial suppose."""
    near = Near(asked.situation, asked.minutes, asked.profile)
    told = offer_of(living_reader()).told
    return what_if_assumed.assumptions(near, offer=told, engine=engine_asked(asked))
