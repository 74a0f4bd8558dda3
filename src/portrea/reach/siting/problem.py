"""Who asks, which places may help, how far: the arrays every model of placement starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from portrea.reach.demand import Demand
    from portrea.reach.times import Times


class State(IntEnum):
    """What may become of a place.

    ``FIXED``: open, stays. ``REMOVABLE``: open, may close without being replaced. ``MOVABLE``:
    open, may close if another opens with its means. ``CANDIDATE``: a building, may open.
    """

    CANDIDATE = 0
    FIXED = 1
    REMOVABLE = 2
    MOVABLE = 3


@dataclass(frozen=True)
class Problem:
    """Demand points × places, with the known travel times.

    Attributes
    ----------
    codes, persons
        Demand points and their persons (expected, so not whole numbers).
    places, states
        Places and their :class:`State`.
    minutes
        Travel times in minutes, demand points × places; an absent pair is beyond ``limit``.
    limit
        Longest time known, in minutes.
    draws, sides
        Draws of ``persons`` (points × draws), or None when they have no interval; with two sides,
        the first half are those of the low scenario and the second those of the high one.
    hours
        Help that each place gives, in hours a week, or None: it only decides which place closes
        among those whose closing loses as little.
    """

    codes: NDArray[np.str_]
    persons: NDArray[np.float64]
    places: NDArray[np.str_]
    states: NDArray[np.int8]
    minutes: sparse.csr_array
    limit: float
    draws: NDArray[np.float32] | None = None
    sides: int = 1
    hours: NDArray[np.float64] | None = None

    @cached_property
    def by_place(self) -> sparse.csc_array:
        """The times by columns: one place's reach is one slice."""
        return self.minutes.tocsc()

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each place's identifier."""
        return {str(place): row for row, place in enumerate(self.places)}

    @property
    def existing(self) -> NDArray[np.intp]:
        """Positions of the places open today."""
        return np.flatnonzero(self.states != State.CANDIDATE)

    @cached_property
    def total(self) -> float:
        """Persons of all the points."""
        return float(self.persons.sum())

    @cached_property
    def total_draws(self) -> NDArray[np.float32] | None:
        """Persons of all the points in each draw."""
        return None if self.draws is None else self.draws.sum(axis=0)

    def positions(self, places: Iterable[str]) -> NDArray[np.intp]:
        """Return the positions of places, or say in French which is unknown."""
        wanted = list(dict.fromkeys(str(place) for place in places))
        unknown = [place for place in wanted if place not in self.index]
        if unknown:
            raise ParameterError(
                f"Lieu inconnu dans la table des temps : « {unknown[0]} »"
                + (f" (et {len(unknown) - 1} autres)." if len(unknown) > 1 else "."),
                remedy="Choisissez un lieu de la liste du territoire, ou rechargez les lieux.",
            )
        return np.array([self.index[place] for place in wanted], dtype=np.intp)

    def nearest(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the minutes from each point to the nearest of these places (``inf`` if none)."""
        best = np.full(len(self.codes), np.inf, dtype=np.float32)
        if len(rows):
            times = self.by_place
            for row in rows:
                part = slice(times.indptr[row], times.indptr[row + 1])
                points = times.indices[part]
                best[points] = np.minimum(best[points], times.data[part])
        return best

    def with_states(self, states: Mapping[str, State], *, default: State | None = None) -> Problem:
        """Return the same problem where these places have these states.

        ``default`` is the state of the others (unchanged when None).
        """
        found = self.states.copy() if default is None else np.full_like(self.states, default)
        found[self.positions(states)] = [int(state) for state in states.values()]
        return replace(self, states=found)


def build_problem(
    times: Times, demand: Demand, *, states: Mapping[str, State] | None = None
) -> Problem:
    """Join times and demand.

    Parameters
    ----------
    times
        Minutes from origins to places, pairs up to ``times.t_max``.
    demand
        Persons per origin. An origin of ``demand`` absent from ``times`` is beyond every place; an
        origin of ``times`` that nobody asks from is left out.
    states
        State of places; :attr:`State.CANDIDATE` where not said.

    Raises
    ------
    DataError
        When nobody asks, when no place is known, or when persons are negative or unknown.
    """
    persons = np.asarray(demand.persons, dtype=np.float64)
    _check(persons, demand, times)
    minutes = _aligned(times, demand.codes)
    problem = Problem(
        codes=np.asarray(demand.codes),
        persons=persons,
        places=np.asarray(times.places),
        states=np.zeros(len(times.places), dtype=np.int8),
        minutes=minutes,
        limit=float(times.t_max),
        draws=demand.draws,
        sides=demand.sides,
    )
    return problem.with_states(states) if states else problem


def _aligned(times: Times, codes: NDArray[np.str_]) -> sparse.csr_array:
    """Return the rows of ``times`` in the order of ``codes``, an empty one where unknown."""
    known = np.asarray(times.origins)
    if len(known) == len(codes) and bool((known == codes).all()):
        return times.minutes.tocsr()
    order = np.argsort(known)
    place = np.clip(np.searchsorted(known[order], codes), 0, max(len(known) - 1, 0))
    found = known[order][place] == codes if len(known) else np.zeros(len(codes), dtype=bool)
    rows = order[place[found]] if len(known) else np.zeros(0, dtype=np.intp)
    picked = times.minutes.tocsr()[rows]
    counts = np.zeros(len(codes), dtype=np.int64)
    counts[found] = np.diff(picked.indptr)
    pointers = np.concatenate(([0], np.cumsum(counts)))
    shape = (len(codes), len(times.places))
    return sparse.csr_array((picked.data, picked.indices, pointers), shape=shape)


def _check(persons: NDArray[np.float64], demand: Demand, times: Times) -> None:
    if len(times.places) == 0:
        raise DataError(
            "Aucun lieu n’est connu autour de ce territoire : il n’y a rien à placer.",
            remedy="Chargez des lieux (mairies, bibliothèques, bureaux de poste…), "
            "ou élargissez le temps de trajet.",
        )
    if not np.isfinite(persons).all() or (persons < 0).any():
        wrong = int(np.flatnonzero(~np.isfinite(persons) | (persons < 0))[0])
        raise DataError(
            f"Le nombre de personnes de « {demand.codes[wrong]} » est {persons[wrong]} : "
            "il doit être connu, positif ou nul.",
            remedy="Corrigez cette ligne, ou écartez cette zone en le disant.",
        )
    if not persons.sum() > 0:
        raise DataError(
            "Personne n’est compté dans ce territoire : aucun lieu n’y changerait rien.",
            remedy="Choisissez une autre mesure du besoin, ou un territoire plus grand.",
        )


def check_threshold(problem: Problem, minutes: float, *, name: str = "Le seuil") -> float:
    """Return a time limit in minutes, or say in French why it cannot be used."""
    if not np.isfinite(minutes) or minutes <= 0:
        raise ParameterError(
            f"{name} doit être un temps positif (reçu : {minutes}).",
            remedy="Donnez un nombre de minutes, par exemple 20.",
        )
    if minutes > problem.limit:
        raise ParameterError(
            f"{name} de {minutes:g} minutes dépasse les temps connus, "
            f"calculés jusqu’à {problem.limit:g} minutes.",
            remedy="Prenez un seuil plus court, ou recalculez les temps plus loin.",
        )
    return float(minutes)
