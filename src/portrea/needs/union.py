"""How many persons are in at least one of the four groups of axis B: sum, union, hard bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS = ("rsa", "ppa", "aah", "jobseekers")
OVERLAPS = ("rsa_jobseekers", "ppa_rsa", "ppa_aah", "ppa_jobseekers", "aah_jobseekers")
YOUNG_BAND = "15-29"
"""Published « moins de 30 ans »; the other band is 30-64."""


def combine(
    persons: Mapping[str, Any], overlaps: Mapping[str, Any], universe: Any
) -> tuple[Any, Any]:
    """Return union and sum of the four groups, inside ``max n_k ≤ union ≤ min(Σ n_k, universe)``.

    ``B = J + R (1 − rj) + P (1 − pr)(1 − pj) + (H − ph·P)(1 − hj)``: each group adds those who are
    not in the former ones; a published overlap is bounded by the size of the smaller group.
    """
    total = _added(persons, universe)
    return _united(persons, overlaps, total), total


def _added(persons: Mapping[str, Any], universe: Any) -> Any:
    """Return the sum of the groups, at most the inhabitants."""
    rsa, ppa, aah, seekers = (persons[name] for name in GROUPS)
    total = rsa + ppa
    total += aah
    total += seekers
    return np.minimum(total, universe, out=total)


def _united(persons: Mapping[str, Any], overlaps: Mapping[str, Any], most: Any) -> Any:
    rsa, ppa, aah, seekers = (persons[name] for name in GROUPS)
    largest = np.maximum(rsa, ppa)
    np.maximum(largest, aah, out=largest)
    np.maximum(largest, seekers, out=largest)
    union = rsa * overlaps["rsa_jobseekers"]
    np.minimum(union, seekers, out=union)
    np.subtract(seekers, union, out=union)
    union += rsa
    part = ppa * overlaps["ppa_aah"]
    np.subtract(aah, part, out=part)
    np.clip(part, 0, np.inf, out=part)
    part *= 1 - overlaps["aah_jobseekers"]
    union += part
    np.multiply(ppa, 1 - overlaps["ppa_jobseekers"], out=part)
    part *= 1 - overlaps["ppa_rsa"]
    union += part
    np.maximum(union, largest, out=union)
    return np.minimum(union, most, out=union)


def combine_bands(
    persons: Mapping[str, Any],
    overlaps: Mapping[str, Any],
    young: Mapping[str, Any],
    bands: tuple[Any, Any],
) -> tuple[Any, Any]:
    """Return union and sum, the union inside each age band where the groups have ages.

    Parameters
    ----------
    young
        Share under 30 of each group, NaN where not published, the groups that have some only.
    bands
        Inhabitants of 15-29 and of 30-64.

    Notes
    -----
    Where the four groups have ages, ``B = B(15-29) + B(30-64)``. Elsewhere B is in one band: a
    group that has ages is still at most the inhabitants of each of them.
    """
    universe = bands[0] + bands[1]
    capped = {**persons, **{n: _capped(persons[n], share, bands) for n, share in young.items()}}
    total = _added(persons, universe)
    union = _united(capped, overlaps, total)  # never more than the capped groups together
    if set(young) == set(GROUPS):
        every = np.all([np.isfinite(share) for share in young.values()], axis=0)
        parts = [
            combine({n: persons[n] * part(young[n]) for n in GROUPS}, overlaps, band)[0]
            for part, band in ((_young, bands[0]), (_older, bands[1]))
        ]
        union = np.where(every, parts[0] + parts[1], union)
    return union, total


def _capped(number: Any, share: Any, bands: tuple[Any, Any]) -> Any:
    """Return at most the inhabitants of each band; the same numbers where they are under."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        most = np.fmin(bands[0] / share, bands[1] / (1 - share))
    over = (number > most).any(axis=tuple(range(1, number.ndim)))
    if not over.any():
        return number
    found = number.copy()
    part, (young, older) = share[over], (band[over] for band in bands)
    found[over] = np.minimum(number[over] * part, young)
    found[over] += np.minimum(number[over] * (1 - part), older)
    return found


def _young(share: Any) -> Any:
    return np.nan_to_num(share)


def _older(share: Any) -> Any:
    return 1 - np.nan_to_num(share)


def hard_bounds(persons: Mapping[str, Any], universe: Any) -> tuple[Any, Any]:
    """Return the least and greatest possible union: ``max n_k`` and ``min(Σ n_k, universe)``."""
    numbers = [persons[name] for name in GROUPS]
    return np.minimum(np.max(numbers, axis=0), universe), np.minimum(sum(numbers), universe)
