"""What the figures of « Et si ? » suppose, each said as ours when it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.reach.siting.params import default_parameters
from portrea.reach.travel import default_travel
from portrea.steering.engines import engine_told

if TYPE_CHECKING:
    from portrea.reach.travel import Profile
    from portrea.steering.what_if_words import Near


@dataclass(frozen=True, slots=True)
class Assumed:
    """Something the figures suppose."""

    title: str
    text: str


def assumptions(near: Near, *, offer: str = "", engine: str = "") -> tuple[Assumed, ...]:
    """Return what the figures of a trial suppose.

    Parameters
    ----------
    near
        What is asked.
    offer
        Where the places come from, in words.
    engine
        What measures times, the default model without.
    """
    rules = default_parameters()
    return (
        Assumed("Temps de trajet", travel_assumed(near.profile, engine)),
        Assumed(
            "Être proche",
            f"Être à {near.minutes}\u00a0minutes au plus d’un lieu qui donne cette aide, dans le "
            "territoire ou au-delà de sa limite. Ajouter des demi-journées à un lieu n’y change "
            "rien\u00a0: cela change le nombre de rendez-vous.",
        ),
        Assumed(
            "Une demi-journée",
            f"{rules.appointments_per_half_day:g}\u00a0rendez-vous, {rules.weeks_per_year:g}"
            "\u00a0semaines par an\u00a0: c’est notre supposition.",
        ),
        places_assumed(offer),
    )


def places_assumed(offer: str) -> Assumed:
    """Say where the places come from, and what that supposes."""
    return Assumed(
        "Les lieux d’aujourd’hui",
        f"Source\u00a0: {offer or 'les lieux que ce site connaît'}. Un lieu oublié, ou un lieu "
        "fermé encore inscrit, change la réponse.",
    )


def travel_assumed(profile: str, engine: str) -> str:
    """Say how times are measured, and what that supposes."""
    chosen = default_travel().profile(profile)
    if not engine:
        return _travel(chosen)
    return (
        f"Mesurés {chosen.label} {engine_told(engine)}\u00a0: chemin le plus rapide, vitesses "
        "supposées selon le type de route. Un quartier ou un lieu loin de toute route n’est pas "
        "atteint. Ni embouteillage, ni horaire de bus."
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
