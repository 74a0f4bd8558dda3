"""How priority areas are told apart: how many come first, the bar on the access, what is sure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from portrea.base.errors import ParameterError
from portrea.reach.priority_tables import ORDERS


@dataclass(frozen=True, slots=True)
class Rule:
    """How areas are told apart (``params/priority.yaml``).

    ``threshold`` is the bar on the access when the user gives it; otherwise it is
    ``share_of_mean`` times the mean access of the persons concerned.
    """

    first: int
    share_of_mean: float
    sure: float
    unlikely: float
    interval: float
    threshold: float | None = None
    order: str = "persons"

    def __post_init__(self) -> None:
        if self.first < 1:
            raise ParameterError(
                f"Le nombre de zones prioritaires demandé, {self.first}, est trop petit.",
                remedy="Demandez-en au moins une.",
            )
        if self.order not in ORDERS:
            raise ParameterError(
                f"L’ordre « {self.order} » n’existe pas.",
                remedy=f"Ordres possibles : {', '.join(ORDERS)}.",
            )
        if self.threshold is not None and not 0 <= self.threshold < np.inf:
            raise ParameterError(
                f"Le seuil d’accès demandé, {self.threshold}, n’est pas un nombre positif.",
                remedy="Donnez un nombre d’heures par semaine pour cent personnes.",
            )


@cache
def parameters() -> dict[str, Any]:
    """Return the dated parameters shipped with Portrea."""
    text = files("portrea.reach").joinpath("params/priority.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def default_rule(**changes: Any) -> Rule:
    """Return the shipped rule, with the reader's changes (``first=5``, ``order="share"``…)."""
    card = {name: entry["value"] for name, entry in parameters().items()}
    return Rule(**(card | changes))
