"""What is asked of a round: stops, crews, weeks, and the minutes between all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from portrea.reach.tours.rhythm import Rhythm
    from portrea.vocab.hours import Week

DAY = timedelta(days=1)
MOST_STOPS = 300
MOST_WEEKS = 26


@cache
def default_tours() -> dict[str, Any]:
    """Return the dated, sourced settings of rounds shipped with Portrea (``params/tours.yaml``)."""
    raw = yaml.safe_load(files("portrea.reach").joinpath("params/tours.yaml").read_text("utf-8"))
    return {name: card["value"] for name, card in raw.items()}


@dataclass(frozen=True, slots=True)
class Stop:
    """A place visited.

    ``duration`` is the presence, in minutes. ``hours`` are those of the place that lends the room
    (``None``: whenever the crew works); ``closed`` days on which it may not be used. ``persons``
    are those concerned around it; ``last_visit`` the last passage before the first week.
    ``cancelled`` are passages called off after they were announced, ``given_up`` those among the
    dates lost that are not to be held another day.
    """

    id: str
    name: str
    duration: int
    rhythm: Rhythm
    hours: Week | None = None
    persons: float | None = None
    commune: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    closed: frozenset[date] = frozenset()
    last_visit: date | None = None
    address: str | None = None
    cancelled: frozenset[date] = frozenset()
    given_up: frozenset[date] = frozenset()

    @property
    def shut(self) -> frozenset[date]:
        """Days without passage, closed or called off."""
        return self.closed | self.cancelled


@dataclass(frozen=True, slots=True)
class Crew:
    """A vehicle and its people: where it starts and ends its days, when it works, when it rests.

    Hours that pass midnight belong to the day they begin: 20:00–02:00 is (1200, 1560).

    A pause of ``pause`` minutes is taken between ``pause_from`` and ``pause_until``, on days that
    begin before and end after. ``setup`` minutes are spent before and after each presence.
    """

    name: str
    hours: Week
    closed: frozenset[date] = frozenset()
    pause: int = 0
    pause_from: int = 720
    pause_until: int = 840
    setup: int = 0
    longitude: float | None = None
    latitude: float | None = None

    def span(self, weekday: int) -> tuple[int, int] | None:
        """Return the beginning and end of the duty on a weekday, in minutes from midnight."""
        spans = self.hours[weekday]
        return (spans[0][0], spans[-1][1]) if spans else None


@dataclass(frozen=True, slots=True)
class TourRequest:
    """A whole question.

    ``minutes`` holds the minutes of road between the depots of the crews, first, then the stops, in
    order; ``inf`` where there is no way. ``rounding`` is the step, in minutes, of the hours told.
    """

    stops: tuple[Stop, ...]
    crews: tuple[Crew, ...]
    start: date
    weeks: int
    minutes: NDArray[np.float64] = field(repr=False)
    rounding: int = 1

    def __post_init__(self) -> None:
        """Refuse a question that cannot be asked."""
        _check(self)

    @property
    def end(self) -> date:
        """Last day, included."""
        return self.start + (7 * self.weeks - 1) * DAY

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the question, closed or not."""
        return tuple(self.start + rank * DAY for rank in range(7 * self.weeks))


def _check(request: TourRequest) -> None:
    size = len(request.crews) + len(request.stops)
    if request.minutes.shape != (size, size):
        raise ValueError(f"minutes: {size} × {size} expected, got {request.minutes.shape}")
    if not request.stops:
        raise ParameterError("Aucun arrêt à visiter.", remedy="Donnez au moins un arrêt.")
    if not request.crews or not any(any(crew.hours) for crew in request.crews):
        raise ParameterError(
            "Aucune équipe ne travaille.",
            remedy="Donnez les horaires de l’équipe, par exemple « lundi au vendredi 9h-17h ».",
        )
    if len(request.stops) > MOST_STOPS or not 1 <= request.weeks <= MOST_WEEKS:
        raise ParameterError(
            f"{len(request.stops)} arrêts sur {request.weeks} semaines : Portrea calcule jusqu’à "
            f"{MOST_STOPS} arrêts et de 1 à {MOST_WEEKS} semaines.",
            remedy="Séparez la tournée en secteurs, ou planifiez moins de semaines.",
        )
    names = [stop.id for stop in request.stops]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ParameterError(
            f"L’arrêt « {double[0]} » est donné deux fois.",
            remedy="Donnez à chaque arrêt un identifiant à lui, ou une seule ligne.",
        )
    for stop in request.stops:
        if stop.duration <= 0:
            raise ParameterError(
                f"Arrêt « {stop.name} » : une durée de {stop.duration} minutes est impossible.",
                remedy="Donnez une durée d’au moins une minute.",
            )
