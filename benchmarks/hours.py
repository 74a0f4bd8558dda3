"""Opening status of places: French holidays, school holidays and rhythms, per place."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from benchmarks import Measure, clock
from portrea.offer.calendar import Timing, status
from portrea.vocab.days_off import public_holidays, school_holidays
from portrea.vocab.french_hours import read_french

PLACES = 20_000
LIMIT_MS = 0.2
NOW = datetime.fromisoformat("2026-11-22T10:00")
TYPICAL = (
    "Mo-Fr {a}-12:00,{b}-17:00; PH off",
    "Tu,Th {a}-12:00; Sa {b}-18:00; PH off",
    "Mo-Sa {a}-{b}",
)
HARD = ("Th[2,4] {a}-12:00", "We {b}-17:00; SH off; SH We {a}-12:00; PH off")


def run() -> list[Measure]:
    """Measure typical and hard places, and the reading of French, machine warm."""
    for departement in ("35", "67", "974"):
        public_holidays(departement, NOW.year)
        public_holidays(departement, NOW.year + 1)
        school_holidays(departement, NOW.year)
    return [_status("typical", TYPICAL), _status("hard", HARD), _french()]


def _status(name: str, patterns: tuple[str, ...]) -> Measure:
    draw = Random(3)
    places = [
        Timing(_hours(draw.choice(patterns), draw), draw.choice(("35", "67", "974")))
        for _ in range(PLACES)
    ]
    with clock() as timer:
        for rank, place in enumerate(places):
            status(place, NOW + timedelta(minutes=rank % 600))
    words = {"typical": "semaine ordinaire", "hard": "jour du mois, vacances scolaires"}[name]
    return Measure(
        key=f"hours.status.{name}",
        title=f"État d’ouverture d’un lieu ({words})",
        value=timer.cpu / PLACES * 1000,
        unit="ms",
        limit=LIMIT_MS if name == "typical" else None,
        note=f"{PLACES} lieux d’horaires tirés au hasard, jours fériés par département",
    )


def _hours(pattern: str, draw: Random) -> str:
    return pattern.format(
        a=f"{draw.randint(7, 10):02d}:{draw.choice((0, 15, 30, 45)):02d}",
        b=f"{draw.randint(13, 15):02d}:{draw.choice((0, 15, 30, 45)):02d}",
    )


def _french() -> Measure:
    draw = Random(5)
    texts = [
        f"lundi au vendredi {draw.randint(7, 10)}h{draw.randint(10, 59)}-12h et"
        f" {draw.randint(13, 15)}h-{draw.randint(16, 19)}h{draw.randint(10, 59)}, sauf mercredi"
        for _ in range(2_000)
    ]
    with clock() as timer:
        for text in texts:
            read_french(text)
    return Measure(
        key="hours.french",
        title="Lecture d’une phrase d’horaires",
        value=timer.cpu / len(texts) * 1000,
        unit="ms",
        note=f"{len(texts)} phrases distinctes",
    )
