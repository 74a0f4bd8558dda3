"""Why a row has its grade, in French words: what is missing, borrowed, old, hidden or wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.exposure import GROUPS
from portrea.needs.inputs import LEVELS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from portrea.needs.aggregation import Areas
    from portrea.needs.model import Model

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indexes = NDArray[np.intp]

GROUP_LABELS = ("RSA", "prime d’activité", "AAH", "demandeurs d’emploi")
PLACES = ("à l’IRIS", "à la commune", "à l’EPCI", "au département", "à la région", "en France")
ESTIMATED = "croisement estimé à partir de marges publiées"
WIDE = "intervalle large"
ABSENT = 4
EMPTY = "aucun habitant de cet âge"
MISSING = "données manquantes"
INCOHERENT = "diplômes incohérents avec la population"
UNITED = "recoupements et passage des foyers aux personnes estimés"
BOUNDS = "bornes seules, sans valeur centrale"


def write_reasons(
    areas: Areas, measure: str, model: Model, grade: Indexes, numbers: dict[str, Floats]
) -> pl.Series:
    """Return the reasons of each row (null for a grade A), most telling first.

    A reason is written when it holds for more than the declared share of the area's persons, as
    for the grade; « intervalle large » when the 95 % interval is wider than the declared part of
    ``n``.
    """
    population = areas.total(model.population(measure))
    found = _held(areas, measure, model, population)
    low, high, n = numbers["low"], numbers["high"], numbers["n"]
    card = model.parameters.cards["uncertainty"]["quality"]
    widest = float(card["wide_interval"]["value"])
    only_bounds = np.isnan(n) & ~np.isnan(low)
    found.append((BOUNDS, only_bounds))
    found.append((WIDE, ~only_bounds & (high - low > widest * n)))
    found.append((EMPTY, (population == 0) & (grade != ABSENT)))
    found.append((MISSING, grade == ABSENT))
    bits = np.zeros(len(areas.codes), dtype=np.int64)
    for rank, (_, held) in enumerate(found):
        bits |= held.astype(np.int64) << rank
    bits[grade == 0] = -1
    own = ESTIMATED if measure.startswith("a") else UNITED
    return worded(bits, lambda kind: _text(kind, [text for text, _ in found], own))


def worded(kinds: NDArray[np.int64], text: Callable[[int], str | None]) -> pl.Series:
    """Return the text of each row, made once for each distinct kind."""
    distinct = np.unique(kinds)
    texts = pl.Series([text(int(kind)) for kind in distinct], dtype=pl.String)
    return texts.gather(np.searchsorted(distinct, kinds))


def _text(kind: int, texts: list[str], own: str) -> str | None:
    if kind < 0:
        return None
    return " ; ".join([t for rank, t in enumerate(texts) if kind >> rank & 1] or [own])


def _held(areas: Areas, measure: str, model: Model, population: Floats) -> list[tuple[str, Flags]]:
    level = LEVELS.index(areas.level) if areas.level in LEVELS else 0
    least = model.parameters.number("uncertainty", "quality", "largest_share_of_worse")
    weights = model.population(measure) + 1e-9
    reasons: list[tuple[str, Flags]] = []
    if measure in {"a1", "a2", "a2_75", "a3", "c", "c_a2"}:
        reasons += _of_structure(model, level)
    if not measure.startswith("a"):
        reasons += _of_exposure(model, level)
    if measure == "a2":
        weights = np.where(model.joint_rank > level, weights, 0.0)
    return [
        (text, areas.total(np.where(flags, weights, 0.0)) > least * population)
        for text, flags in reasons
        if flags.any()
    ]


def _of_structure(model: Model, level: int) -> list[tuple[str, Flags]]:
    state = model.structure
    no_ages = (state.five_rank >= UNKNOWN) & (state.band_rank >= UNKNOWN)
    reasons = [
        ("diplômes inconnus : âge seul", state.some_rank >= UNKNOWN),
        ("âges inconnus : structure de la France", no_ages),
        (INCOHERENT, model.incoherent),
    ]
    partial = (state.full_rank >= UNKNOWN) & (state.some_rank < UNKNOWN)
    reasons += _borrowed("diplômes connus seulement", state.some_rank, level)
    reasons.append(("diplômes connus en partie ou d’un autre millésime", partial))
    full = np.where(state.full_rank < UNKNOWN, state.full_rank, state.some_rank)
    detailed = (full > state.some_rank) & (full > level)
    reasons.append(("détail des diplômes repris d’une zone plus grande", detailed))
    reasons += _borrowed("âges connus seulement", state.five_rank, level)
    bands = (state.five_rank >= UNKNOWN) & ~no_ages
    reasons.append(("âges connus par grandes tranches ou d’un autre millésime", bands))
    return reasons


def _borrowed(words: str, rank: Indexes, level: int) -> list[tuple[str, Flags]]:
    return [
        (f"{words} {PLACES[place]}", rank == place)
        for place in range(level + 1, UNKNOWN)
        if (rank == place).any()
    ]


def _of_exposure(model: Model, level: int) -> list[tuple[str, Flags]]:
    reasons: list[tuple[str, Flags]] = []
    if model.exposure is None:
        return reasons
    for name, label in zip(GROUPS, GROUP_LABELS, strict=True):
        group = model.exposure.groups[name]
        away = group.known & (group.rank > level) & (group.sd > 0)
        producer = "France Travail" if name == "jobseekers" else "CAF"
        reasons += [
            (f"chiffre manquant : {label}", ~group.known),
            (f"chiffre {producer} masqué : {label}", group.known & group.hidden),
            (f"{label} : réparti selon la population", away & ~group.shaped),
            (f"{label} : réparti selon les chiffres des IRIS", away & group.shaped),
        ]
    return reasons
