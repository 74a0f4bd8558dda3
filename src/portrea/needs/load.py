"""B_load: declarations that benefits and job-seeking ask for in a year, by dated frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.needs.parameters import Parameters

PROCEDURES = ("rsa", "ppa", "jobseekers", "aah", "housing_aid")
BOTH = "rsa_and_ppa"
PREFILLED = ("rsa", "ppa", BOTH)
"""Procedures whose declaration the CAF fills in since 1 March 2025."""


def frequencies(parameters: Parameters, as_of: str | None = None) -> dict[str, float]:
    """Return declarations a year of each procedure under the rules in force on a day.

    Parameters
    ----------
    as_of
        ISO date; the first of the month named by ``procedures.yaml`` when none is given.

    Notes
    -----
    ``f = frequency × (1 − discount)`` where the declaration is pre-filled: the discount is the part
    of the work that is spared (an assumption), from 1 March 2025.

    Raises
    ------
    ParameterError
        When no frequency, or more than one, holds on that day.
    """
    card = parameters.cards["procedures"]
    day = as_of or rules_date(parameters)
    discount = _in_force(card["prefilled_discount"], day, "prefilled_discount")
    return {
        name: _in_force(card["frequencies"][name], day, f"frequencies.{name}")
        * (1 - discount if name in PREFILLED else 1.0)
        for name in (*PROCEDURES, BOTH)
    }


def rules_date(parameters: Parameters) -> str:
    """Return the ISO date at which the parameters read the rules."""
    year, month = (parameters.number("procedures", f"as_of_{n}") for n in ("year", "month"))
    return f"{int(year):04d}-{int(month):02d}-01"


def _in_force(rules: Mapping[str, Mapping[str, Any]], day: str, where: str) -> float:
    """Return the only value whose dates contain the day (ISO dates compare as text)."""
    valid = [
        rule
        for rule in rules.values()
        if str(rule["valid_from"] or "") <= day <= str(rule["valid_to"] or "9999")
    ]
    if len(valid) != 1:
        raise ParameterError(
            f"procedures.yaml, {where} : {len(valid)} valeur(s) en vigueur le {day}.",
            remedy="Une valeur et une seule doit valoir chaque jour : corrigez valid_from et"
            " valid_to.",
        )
    return float(valid[0]["value"])


def yearly_load(names: Iterable[str], units: Any, both: Any, each: Mapping[str, float]) -> Any:
    """Return ``Σ n_k · f_k + both · (f_both − f_rsa − f_ppa)``, declarations a year.

    ``units``: procedures × areas (× draws), households (RSA, prime d’activité, housing aid) or
    persons (job-seekers, AAH) of each of the ``names``; ``both``: households with RSA and prime
    d’activité, already in the two.
    """
    rates = np.array([each[name] for name in names], dtype=units.dtype)
    load = (rates @ units.reshape(len(rates), -1)).reshape(units.shape[1:])
    load += both * (each[BOTH] - each["rsa"] - each["ppa"])
    return load
