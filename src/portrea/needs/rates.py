"""Model M0 of axis A: rates by cell from published margins only, and the errors they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, DIPLOMAS, SCHOOLED, cells_of
from portrea.stats.small_area import (
    MarginModel,
    close_missing,
    close_to_total,
    graduate,
    interpolate_middle,
    solve_margins,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Moves = Mapping[str, float]

HOUSEHOLDS = ("other", "alone")
MIDDLE = DIPLOMAS[1 : SCHOOLED - 1]
STILL: dict[str, float] = {}


@dataclass(frozen=True, eq=False)
class National:
    """The national table the published rates are about.

    ``years``: mean age of each adult cell; ``persons``: adult age × diploma × household.
    """

    years: Floats
    persons: Floats


@dataclass(frozen=True, eq=False)
class Solved:
    """Rates by adult age × diploma × household, and the logit errors of each independent source.

    ``loadings``: last axis K, ``logit θ + loadings @ z`` with z ~ N(0, I_K); ``names`` of the K
    sources; ``closed``: published class that was missing and is closed by the total.
    """

    theta: Floats
    loadings: Floats
    names: tuple[str, ...]
    closed: tuple[str, ...]
    residual: float


class Series:
    """One series of published rates on the national table, and what happens when a rate moves.

    Notes
    -----
    ``logit θ[a, d, h] = α_a + β_d + γ_h``, the published margins being age classes, the two ends
    of the diplomas and, when asked for (``households_in_m0``, otherwise γ = 0), persons living
    alone. ``α_a = c_a + e_g``: inside a wide class the effect
    of age is the smoothest rising curve (:func:`portrea.stats.small_area.graduate`). A series
    without diplomas or households borrows β and γ (contrasts, never the level) from the series it
    names.
    """

    def __init__(self, parameters: Parameters, name: str, national: National) -> None:
        self.card = parameters.series_card(name)
        self.national = national
        self.apart = bool(parameters.number("rates", "households_in_m0", "applied"))
        self.bands = tuple(self.card["ages"])
        self.classes = np.array([cells_of(band, ADULT_AGES) for band in self.bands])
        self.by_class = self.classes @ national.persons.sum((1, 2))
        self.ages = np.array([np.nan if r is None else r for r in self.card["ages"].values()])
        self.total = float(self.card["total"])
        self.closed = tuple(b for b, r in self.card["ages"].items() if r is None)
        self.still = self.class_rates(STILL)
        borrows = self.card.get("diplomas") is None
        self.lender = Series(parameters, self.card["contrasts_from"], national) if borrows else None
        self.middle = None if borrows else self._middle()
        self.members = _members(
            self.classes, national.persons.shape, own=not borrows, apart=self.apart
        )
        self.start: Floats | None = None
        self.curve = np.zeros(len(ADULT_AGES))
        self.curve = self._graduated()
        self.start = self._solve(STILL).effects

    def class_rates(self, moves: Moves) -> Floats:
        """Rates of the published age classes, a missing one closed by the total."""
        known = np.isfinite(self.ages)
        shift = np.array([moves.get(f"age {band}", 0.0) for band in self.bands])
        rates = np.where(known, expit(logit(np.where(known, self.ages, 0.5)) + shift), np.nan)
        if known.all():
            return rates
        total = expit(logit(self.total) + moves.get("total", 0.0)) * self.by_class.sum()
        return close_missing(self.by_class, rates, float(total))

    def diploma_rates(self, total: float, moves: Moves) -> Floats:
        """Rates by diploma: published ends, middle on a monotone curve, closed by the total."""
        assert self.middle is not None
        shift = np.array([moves.get(f"diploma {d}", 0.0) for d in DIPLOMAS])
        rates = expit(logit(self.middle) + shift)
        movable = np.array([d in MIDDLE for d in DIPLOMAS])
        return close_to_total(self.national.persons.sum((0, 2)), rates, total, movable=movable)

    def _middle(self) -> Floats:
        persons = self.national.persons.sum((0, 2))
        schooled = float(self.card["schooled"])
        left = float(self.by_class @ self.still) - schooled * persons[SCHOOLED]
        ends = self.card["diplomas"]["none"], self.card["diplomas"]["sup3"]
        return np.append(interpolate_middle(persons[:SCHOOLED], *ends, left), schooled)

    def _graduated(self) -> Floats:
        """Find the effects of age: contrasts and curve in turn, until neither moves."""
        for _ in range(50):
            beta, gamma = self.contrasts(STILL)
            offset = np.broadcast_to(beta[:, None] + [0.0, gamma], self.national.persons.shape)
            curve = graduate(
                self.national.years, self.national.persons, self.classes, self.still, offset=offset
            )
            moved = np.abs(curve - self.curve).max()
            self.curve = curve
            if self.lender is not None or moved < 1e-9:
                break
        return curve

    def contrasts(self, moves: Moves) -> tuple[Floats, float]:
        """Return β (first is 0) and γ: of this series, or borrowed."""
        if self.lender is None:
            effects = self._solve(moves).effects[len(self.bands) :]
            beta, gamma = (effects[:-1], effects[-1]) if self.apart else (effects, 0.0)
            return np.r_[0.0, beta], float(gamma)
        beta, gamma = self.lender.contrasts(moves)
        scale = 1 + moves.get("borrowed diplomas", 0.0), 1 + moves.get("borrowed households", 0.0)
        return beta * scale[0], gamma * scale[1]

    def _tilted(self, moves: Moves) -> Floats:
        """Effects of age inside the classes, their slope being moved (logit per year)."""
        tilts = np.array([moves.get(f"gradient {band}", 0.0) for band in self.bands])
        centre = (self.classes @ self.national.years) / self.classes.sum(1)
        tilted: Floats = self.curve + tilts @ self.classes * (
            self.national.years - centre @ self.classes
        )
        return tilted

    def _solve(self, moves: Moves) -> MarginModel:
        persons = self.national.persons
        shape = persons.shape
        counts = self.class_rates(moves) * self.by_class
        targets = [counts]
        offset = np.broadcast_to(self._tilted(moves)[:, None, None], shape)
        if self.lender is None:
            columns = self.diploma_rates(float(counts.sum()), moves) * persons.sum((0, 2))
            targets.append(columns[1:])
            if self.apart:
                alone = expit(logit(self.card["households"]["alone"]) + moves.get("alone", 0.0))
                targets.append(np.array([alone * persons[:, :, 1].sum()]))
        else:
            beta, gamma = self.contrasts(moves)
            offset = offset + beta[:, None] + np.array([0.0, gamma])
        return solve_margins(
            persons.ravel(),
            self.members,
            np.concatenate(targets),
            offset=offset.ravel(),
            start=self.start,
        )

    def logits(self, moves: Moves) -> Floats:
        """Logit θ by adult age × diploma × household, the published figures being moved."""
        found: Floats = logit(self._solve(moves).rates).reshape(self.national.persons.shape)
        return found + moves.get("drift", 0.0)

    def errors(self, parameters: Parameters) -> dict[str, float]:
        """Return the sd of every independent source of error, by name (logit unless said)."""
        card = parameters.cards["uncertainty"]["national_rates"]
        number = {k: float(v["value"]) for k, v in card.items()}
        sizes = self.by_class / self.by_class.sum()
        found = {
            f"age {band}": logit_sd(rate, size, number)
            for band, rate, size in zip(self.bands, self.ages, sizes, strict=True)
            if np.isfinite(rate)
        }
        if self.closed:
            found["total"] = logit_sd(self.total, 1.0, number)
        wide = [b for b, inside in zip(self.bands, self.classes, strict=True) if inside.sum() > 1]
        found |= {f"gradient {band}": number["gradient_sd"] for band in wide}
        found |= (self.lender or self)._contrast_errors(number)
        if self.lender is not None:
            names = ("borrowed diplomas", "borrowed households")[: 1 + self.apart]
            found |= dict.fromkeys(names, number["borrowed_sd"])
        return found | {"drift": number["drift_sd"]}

    def _contrast_errors(self, number: dict[str, float]) -> dict[str, float]:
        persons = self.national.persons
        sizes = persons.sum((0, 2)) / persons.sum()
        ends = {d: float(self.card["diplomas"][d]) for d in ("none", "sup3")}
        found = {
            f"diploma {d}": logit_sd(rate, sizes[DIPLOMAS.index(d)], number)
            for d, rate in ends.items()
        }
        found |= {f"diploma {d}": number["middle_sd"] for d in MIDDLE}
        found["diploma schooled"] = number["schooled_sd"]
        if self.apart:
            part = float(persons[:, :, 1].sum() / persons.sum())
            found["alone"] = logit_sd(float(self.card["households"]["alone"]), part, number)
        return found


def solve_series(parameters: Parameters, name: str, national: National) -> Solved:
    """Solve one series, and move every published figure by one sd to find what its error does."""
    series = Series(parameters, name, national)
    centre = series.logits(STILL)
    errors = series.errors(parameters)
    sides = [
        (series.logits({source: sd}) - series.logits({source: -sd})) / 2
        for source, sd in errors.items()
    ]
    theta = expit(centre)
    found = series.classes @ (national.persons * theta).sum((1, 2))
    gap = float(np.abs(found - series.still * series.by_class).max())
    return Solved(theta, np.stack(sides, axis=-1), tuple(errors), series.closed, gap)


def logit_sd(rate: float, size: float, number: Mapping[str, float]) -> float:
    """Sd of a published rate on the logit scale: sampling of its class, and rounding.

    ``√(r (1 − r) / (n · size) + rounding² / 3) / (r (1 − r))``, n the useful sample of the survey.
    """
    variance = rate * (1 - rate) / (number["effective_sample"] * size) + number["rounding"] ** 2 / 3
    return float(np.sqrt(variance) / (rate * (1 - rate)))


def _members(classes: Floats, shape: tuple[int, ...], *, own: bool, apart: bool) -> Floats:
    """Classes × cells: ages, then diplomas (but the first) and living alone if they are its own."""
    members = [_spread(classes, 0, shape)]
    if own:
        members.append(_spread(np.eye(len(DIPLOMAS))[1:], 1, shape))
        if apart:
            members.append(_spread(np.array([[0.0, 1.0]]), 2, shape))
    return np.vstack(members)


def _spread(classes: Floats, axis: int, shape: tuple[int, ...]) -> Floats:
    """Spread classes of one axis over the flattened table age × diploma × household."""
    sides = [np.ones((1, size)) for size in shape]
    table = [classes if k == axis else side for k, side in enumerate(sides)]
    spread: Floats = np.einsum(
        "ga,gd,gh->gadh", *(np.broadcast_to(t, (len(classes), t.shape[1])) for t in table)
    )
    return spread.reshape(len(classes), -1)


__all__ = ["HOUSEHOLDS", "National", "Series", "Solved", "logit_sd", "solve_series"]
