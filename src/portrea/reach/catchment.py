"""Floating catchments: the help that each person can count on, shared with all who reach it.

For people ``C`` in zones ``i``, help ``S`` in places ``j`` and weights ``w`` that fade with time,

    ``R_j = S_j / Σ_i w_ij C_i``, then ``A_i = Σ_j w_ij R_j``

(two-step floating catchment, Luo and Wang 2003; enhanced when ``w`` has several steps, Luo and Qi
2009). Everything given is received: ``Σ A_i C_i = Σ S_j`` over the places that somebody reaches. A
zone that reaches no place has 0, a place that nobody reaches gives nothing: there is no division by
zero and no « not a number ». The rational agents of RAAM are in :mod:`portrea.reach.agents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from scipy.sparse import csr_array

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]

BLOCK = 64
"""Draws carried through the catchments at once: more, and memory is slower than the processor."""


class Method(StrEnum):
    """How people and places share each other."""

    TWO_STAGE = "2sfca"
    THREE_STAGE = "3sfca"
    RATIONAL = "raam"


@dataclass(frozen=True, slots=True)
class Decay:
    """How much a person at some minutes of a place counts (``params/access.yaml``).

    ``limits`` are minutes, each included; beyond the last the weight is 0. ``weights`` are those of
    the steps; a Gaussian has a ``width`` instead, in minutes.
    """

    name: str
    limits: tuple[float, ...]
    weights: tuple[float, ...] = ()
    width: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        """Refuse what would not fade."""
        rising = any(a >= b for a, b in zip(self.limits, self.limits[1:], strict=False))
        steps = self.width is None
        bad = not self.limits or rising or self.limits[0] <= 0
        bad = bad or (steps and len(self.weights) != len(self.limits))
        bad = bad or (not steps and not (self.width or 0) > 0)
        growing = any(a < b for a, b in zip(self.weights, self.weights[1:], strict=False))
        if bad or growing or any(not 0 <= weight <= 1 for weight in self.weights):
            raise ParameterError(
                f"La décroissance « {self.name} » est mal écrite : minutes {list(self.limits)}, "
                f"poids {list(self.weights)}.",
                remedy="Donnez des minutes croissantes et autant de poids, de 1 à 0, "
                "qui ne remontent jamais.",
            )

    @property
    def t_max(self) -> float:
        """Minutes beyond which nobody counts."""
        return self.limits[-1]

    def weigh(self, minutes: ArrayLike) -> Floats:
        """Return the weight of each time in minutes."""
        times = np.asarray(minutes)
        if self.width is not None:
            smooth = np.exp(-0.5 * (times.astype(np.float64) / self.width) ** 2)
            return np.where(times <= self.t_max, smooth, 0.0)
        step = np.zeros(times.shape, dtype=np.uint8)
        for limit in self.limits:
            step += ~(times <= limit)  # what is not a time is beyond every limit
        found: Floats = np.array([*self.weights, 0.0])[step]
        return found


@cache
def decays() -> dict[str, Decay]:
    """Return the decays shipped with Portrea, by name."""
    return {name: _read(name, card) for name, card in cards()["decays"].items()}


def decay_named(name: str | None = None) -> Decay:
    """Return a decay by its name, the usual one without name.

    Raises
    ------
    ParameterError
        When no decay has this name.
    """
    wanted = name or str(cards()["default_decay"]["value"])
    if wanted not in decays():
        raise ParameterError(
            f"La décroissance « {wanted} » est inconnue.",
            remedy=f"Choisissez parmi : {', '.join(decays())}.",
        )
    return decays()[wanted]


@cache
def cards() -> dict[str, Any]:
    """Return the dated, sourced parameters of accessibility as written."""
    text = files("portrea.reach").joinpath("params/access.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _read(name: str, card: dict[str, Any]) -> Decay:
    return Decay(
        name,
        tuple(float(limit) for limit in card["limits"]),
        tuple(float(weight) for weight in card.get("weights", ())),
        float(card["width"]) if "width" in card else None,
        card["label"],
    )


# -- weights --------------------------------------------------------------------------------------


def weigh(minutes: csr_array, decay: Decay, *, method: Method = Method.TWO_STAGE) -> csr_array:
    """Return the weight of every pair, zones × places, double precision.

    With three stages people choose among their places first: ``w²_ij / Σ_k w_ik`` (Wan, Zou and
    Sternberg, 2012), and all that follows is the same. Rational agents have no weights.
    """
    if method is Method.RATIONAL:
        raise ParameterError(
            "Les agents rationnels (raam) ne pèsent pas les lieux.",
            remedy="Utilisez portrea.reach.rational, ou choisissez 2sfca ou 3sfca.",
        )
    least = minutes.data.min(initial=np.inf)
    if not least >= 0:
        raise DataError(
            "Des temps de trajet sont absents ou négatifs dans la table des temps.",
            remedy="Retirez ces lignes : un lieu hors d’atteinte n’a pas de temps.",
        )
    parts = decay.weigh(minutes.data), minutes.indices, minutes.indptr
    weights = csr_array(parts, shape=minutes.shape)
    return chosen(weights) if method is Method.THREE_STAGE else weights


def that_count(weights: csr_array) -> csr_array:
    """Return the weights without the pairs too far to count, in single precision."""
    rank = np.flatnonzero(weights.data)
    if len(rank) == weights.nnz:
        return weights.astype(np.float32)
    before = np.searchsorted(rank, weights.indptr).astype(weights.indptr.dtype)
    parts = weights.data[rank].astype(np.float32), weights.indices[rank], before
    return csr_array(parts, shape=weights.shape)


def chosen(weights: csr_array) -> csr_array:
    """Return the weights once each zone has shared its people among its places."""
    total = weights.sum(axis=1)
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    values = weights.data**2 * np.repeat(share, np.diff(weights.indptr))
    return csr_array((values, weights.indices, weights.indptr), shape=weights.shape)


# -- scores ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Catchment:
    """Access of the zones (help per person) and people that each place serves (weighted).

    ``unreached`` is the help of the places that nobody reaches.
    """

    access: Floats
    loads: Floats
    unreached: float


def score(weights: csr_array, supply: ArrayLike, demand: ArrayLike) -> Catchment:
    """Return the access of every zone.

    Parameters
    ----------
    weights
        Zones × places, as :func:`weigh` returns them.
    supply
        Help given by each place (hours a week, say).
    demand
        People of each zone.

    Raises
    ------
    DataError
        When a quantity is missing, negative, or not one per zone or place.
    """
    supply = checked(supply, weights.shape[1], "L’offre", "lieu")
    demand = checked(demand, weights.shape[0], "Le besoin", "zone")
    loads = weights.T @ demand
    access = weights @ ratios(supply, loads)
    return Catchment(access, loads, float(supply[loads <= 0].sum()))


def ratios(supply: NDArray[Any], loads: NDArray[Any]) -> NDArray[Any]:
    """Return help per person of each place, 0 where nobody comes."""
    found: NDArray[Any] = np.divide(supply, loads, out=np.zeros_like(loads), where=loads > 0)
    return found


def score_draws(
    weights: csr_array, supply: ArrayLike, draws: Draws, *, block: int = BLOCK
) -> Draws:
    """Return the access of every zone in every draw of the people (zones × draws).

    Single precision: an interval read on it moves by less than a millionth.
    """
    help_given = checked(supply, weights.shape[1], "L’offre", "lieu").astype(np.float32)[:, None]
    checked(draws[:, :1].sum(axis=1), weights.shape[0], "Le besoin", "zone")
    light = that_count(weights)
    found = np.empty(draws.shape, dtype=np.float32)
    for first in range(0, draws.shape[1], block):
        part = slice(first, first + block)
        loads = light.T @ np.ascontiguousarray(draws[:, part], dtype=np.float32)
        found[:, part] = light @ ratios(np.broadcast_to(help_given, loads.shape), loads)
    return found


def checked(values: ArrayLike, size: int, what: str, one: str) -> Floats:
    """Return quantities as numbers, or say in French why they cannot be used."""
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (size,):
        raise DataError(
            f"{what} a {found.size} valeur(s) au lieu de {size}, une par {one}.",
            remedy="Donnez-les dans l’ordre de la table des temps.",
        )
    wrong = np.flatnonzero(~np.isfinite(found) | (found < 0))
    if wrong.size:
        raise DataError(
            f"{what} a {wrong.size} valeur(s) absente(s) ou négative(s), "
            f"la première au rang {wrong[0] + 1} (reçu : {found[wrong[0]]}).",
            remedy="Remplacez chaque valeur inconnue par une estimation signalée, ou par 0.",
        )
    return found


# -- times ----------------------------------------------------------------------------------------


def nearest(minutes: csr_array) -> tuple[Floats, NDArray[np.intp]]:
    """Return the minutes to the nearest place (NaN: none) and its number (−1: none)."""
    counts = np.diff(minutes.indptr)
    found = np.full(minutes.shape[0], np.nan)
    place = np.full(minutes.shape[0], -1, dtype=np.intp)
    some = counts > 0
    if not some.any():
        return found, place
    least = np.minimum.reduceat(minutes.data, minutes.indptr[:-1][some])
    found[some] = least
    first = np.flatnonzero(minutes.data == np.repeat(least, counts[some]))
    rows = np.searchsorted(minutes.indptr, first, side="right") - 1
    found_rows, at = np.unique(rows, return_index=True)
    place[found_rows] = minutes.indices[first[at]]
    return found, place


def within(minutes: csr_array, limits: Sequence[float]) -> NDArray[np.int64]:
    """Return how many places are within each limit, zones × limits."""
    found = np.zeros((minutes.shape[0], len(limits)), dtype=np.int64)
    for rank, limit in enumerate(limits):
        before = np.zeros(len(minutes.data) + 1, dtype=np.int64)
        np.cumsum(minutes.data <= limit, out=before[1:])
        found[:, rank] = before[minutes.indptr[1:]] - before[minutes.indptr[:-1]]
    return found
