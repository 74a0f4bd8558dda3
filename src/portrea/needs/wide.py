"""A3, wide: persons who cannot do online procedures alone, or find them difficult (model M0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from portrea.base.errors import ParameterError
from portrea.needs.grid import ADULT_AGES, age_span
from portrea.needs.national import overlaps
from portrea.needs.rates import logit_sd
from portrea.stats.small_area import close_missing, close_to_total, solve_margins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Moves = Mapping[str, float]

STILL: dict[str, float] = {}


@dataclass(frozen=True, eq=False)
class Wide:
    """Rates of A3 by adult age × diploma × household, and their errors (last axis K).

    The first errors are those of A1, in the same order; ``names`` are the ones A3 adds.
    """

    theta: Floats
    loadings: Floats
    names: tuple[str, ...]
    closed: tuple[str, ...]


class WideModel:
    """Published difficulties, spread over the cells.

    Notes
    -----
    ``W = θ + (1 − θ) ψ``: whoever is in A1 does no procedure online alone, so is in A3
    (hypothesis), and a part ψ of the others is. ``logit ψ[a, d, h] = c_g(a) + κ · D[a, d, h]``: the
    effects of three age classes make the published class rates hold; D is the contrast of A1 inside
    an age, of which only a declared part κ is borrowed. A last logit shift of ψ gives the published
    total of the chosen level. Persons too young or too old for the survey take the ψ of the nearest
    class.
    """

    def __init__(self, parameters: Parameters, persons: Floats) -> None:
        rates, reference = parameters.cards["rates"]["wide"], parameters.cards["reference"]
        levels = rates["levels"]
        if rates["default"] not in levels:
            raise ParameterError(
                f"Le niveau de A3 « {rates['default']} » est inconnu.",
                remedy=f"Niveaux disponibles : {', '.join(levels)}.",
            )
        self.card, self.persons = rates, persons
        self.level = levels[rates["default"]]
        self.bands = tuple(rates["profile"]["ages"])
        self.covers = np.array([overlaps(band, reference) for band in self.bands])
        self.universe = overlaps(self.level["ages"], reference)
        by_age = persons.sum((1, 2))
        self.by_class = self.covers @ by_age
        self.parts = self._parts()
        given = rates["profile"]["ages"].values()
        self.rates = np.array([np.nan if r is None else r for r in given], dtype=np.float64)
        self.closed = tuple(b for b, r in rates["profile"]["ages"].items() if r is None)
        self.members = np.repeat(np.eye(len(self.bands)), persons.size, axis=1)
        self.start: Floats | None = None

    def _parts(self) -> Floats:
        """Part of each adult cell in each class; outside the survey, the nearest class."""
        sums = self.covers.sum(0)
        nearest = np.zeros_like(self.covers)
        oldest = age_span(self.bands[-1])[1]
        for cell, band in enumerate(ADULT_AGES):
            nearest[-1 if age_span(band)[0] > oldest else 0, cell] = 1.0
        parts: Floats = np.where(sums > 0, self.covers / np.where(sums > 0, sums, 1.0), nearest)
        return parts

    def class_rates(self, moves: Moves) -> Floats:
        """Return the published rates of the classes, a missing one closed by the survey's total."""
        known = np.isfinite(self.rates)
        shift = np.array([moves.get(f"A3 {band}", 0.0) for band in self.bands])
        rates = np.where(known, expit(logit(np.where(known, self.rates, 0.5)) + shift), np.nan)
        if known.all():
            return rates
        total = expit(logit(self.card["profile"]["total"]) + moves.get("A3 total", 0.0))
        return close_missing(
            self.by_class, rates, float(total * self.by_class.sum()), between=False
        )

    def logits(self, theta: Floats, moves: Moves) -> Floats:
        """Logit of the rates of A3 given those of A1."""
        others = self.persons * (1 - theta)
        share = float(self.card["contrast_share"]["value"]) + moves.get("A3 contrast", 0.0)
        contrast = share * (logit(theta) - logit(theta[:, :1, :1]))
        covers = self.covers[:, :, None, None]
        targets = self.class_rates(moves) * self.by_class
        targets = targets - (covers * self.persons * theta).sum((1, 2, 3))
        if (targets <= 0).any():
            raise ParameterError(
                "Le taux de A3 d’une classe d’âge est plus petit que celui de A1.",
                remedy="A3 contient A1 : vérifiez les taux de rates.yaml, section wide.",
            )
        effects = solve_margins(
            (covers * others).ravel(),
            self.members,
            targets,
            offset=np.broadcast_to(contrast, (len(self.bands), *theta.shape)).ravel(),
            start=self.start,
        ).effects
        if self.start is None:
            self.start = effects
        oldest = (self.covers.sum(0) == 0)[:, None, None] * moves.get("A3 oldest", 0.0)
        by_class = expit(effects[:, None, None, None] + contrast)
        psi = expit(logit((self.parts[:, :, None, None] * by_class).sum(0)) + oldest)
        rate = expit(logit(float(self.level["total"])) + moves.get("A3 level", 0.0))
        inside = self.universe[:, None, None] * self.persons
        wide = theta + (1 - theta) * level_others(inside, theta, psi, float(rate))
        found: Floats = logit(wide)
        return found

    def errors(self, parameters: Parameters) -> dict[str, float]:
        """Return the sd of every error that A3 adds to those of A1 (logit unless said)."""
        number = {k: float(v["value"]) for k, v in parameters.cards["uncertainty"]["wide"].items()}
        own = {"effective_sample": number["profile_sample"], "rounding": number["rounding"]}
        sizes = self.by_class / self.by_class.sum()
        found = {
            f"A3 {band}": logit_sd(rate, size, own)
            for band, rate, size in zip(self.bands, self.rates, sizes, strict=True)
            if np.isfinite(rate)
        }
        if self.closed:
            found["A3 total"] = logit_sd(float(self.card["profile"]["total"]), 1.0, own)
        return found | {
            "A3 level": number["definition_sd"],
            "A3 contrast": number["contrast_sd"],
            "A3 oldest": number["oldest_sd"],
        }


def level_others(persons: Floats, theta: Floats, psi: Floats, rate: float) -> Floats:
    """Move ψ by one logit shift so that ``Σ N (θ + (1 − θ) ψ) = rate · Σ N``."""
    target = float(rate * persons.sum() - (persons * theta).sum())
    moved = close_to_total((persons * (1 - theta)).ravel(), psi.ravel(), target)
    return moved.reshape(psi.shape)


def solve_wide(parameters: Parameters, persons: Floats, theta: Floats, loadings: Floats) -> Wide:
    """Spread the published difficulties over the cells, with the errors of A1 and their own."""
    model = WideModel(parameters, persons)
    centre, wide = logit(theta), expit(model.logits(theta, STILL))
    sides = [
        (model.logits(expit(centre + side), STILL) - model.logits(expit(centre - side), STILL)) / 2
        for side in np.moveaxis(loadings, -1, 0)
    ]
    errors = model.errors(parameters)
    sides += [
        (model.logits(theta, {name: sd}) - model.logits(theta, {name: -sd})) / 2
        for name, sd in errors.items()
    ]
    return Wide(wide, np.stack(sides, axis=-1), tuple(errors), model.closed)


__all__ = ["Wide", "WideModel", "level_others", "solve_wide"]
