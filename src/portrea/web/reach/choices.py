"""What the forms of « Et si ? » offer, and what its figures suppose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.reach.siting.params import default_parameters
from portrea.reach.travel import default_travel
from portrea.steering.display import parameters
from portrea.steering.measures import words
from portrea.steering.what_if_ground import measure_known
from portrea.steering.what_if_words import half_days
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import SITUATIONS, TRIPS, thresholds
from portrea.web.reach.selectors import ground_of
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.reach.travel import Profile
    from portrea.web.reach.asked import Asked


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
        ("qui", "Qui est compté", _options([(m, words(m).short) for m in known], chosen)),
    )


def _options(pairs: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in pairs)


@dataclass(frozen=True, slots=True)
class Assumed:
    """Something the figures suppose."""

    title: str
    text: str


def assumptions(asked: Asked) -> tuple[Assumed, ...]:
    """Return what the figures of a trial suppose."""
    rules = default_parameters()
    return (
        Assumed("Temps de trajet", _travel(default_travel().profile(asked.profile))),
        Assumed(
            "Être proche",
            f"Être à {asked.minutes}\u00a0minutes au plus d’un lieu qui donne cette aide, dans le "
            "territoire ou au-delà de sa limite. Ajouter des demi-journées à un lieu n’y change "
            "rien\u00a0: cela change le nombre de rendez-vous.",
        ),
        Assumed(
            "Une demi-journée",
            f"{rules.appointments_per_half_day:g}\u00a0rendez-vous, {rules.weeks_per_year:g}"
            "\u00a0semaines par an\u00a0: c’est notre supposition.",
        ),
        Assumed(
            "Les lieux d’aujourd’hui",
            "Ceux que ce site connaît. Un lieu oublié, ou un lieu fermé encore inscrit, change la "
            "réponse.",
        ),
    )


def _travel(profile: Profile) -> str:
    travel, way = default_travel(), profile.ways[0]
    speeds = [f"{way.speeds[name]:g}" for name, _ in travel.classes if name in way.speeds]
    pace = speeds[0] if len(set(speeds)) == 1 else f"{', '.join(speeds[:-1])} ou {speeds[-1]}"
    where = "" if len(set(speeds)) == 1 else " selon la densité de la commune"
    crow = f"{travel.detour:g}".replace(".", ",")
    return (
        f"Estimés {profile.label}\u00a0: distance à vol d’oiseau × {crow}, à {pace}\u00a0km/h"
        f"{where}. Ce sont nos suppositions. Un trajet dans la commune n’est jamais nul. Ni "
        "itinéraire, ni horaire de bus."
    )
