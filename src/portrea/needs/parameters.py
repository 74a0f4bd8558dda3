"""Published rates and declared assumptions of this room, read from dated YAML."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from portrea.base.errors import ParameterError

FILES = ("rates", "reference", "exposure", "procedures", "uncertainty")


@dataclass(frozen=True, eq=False)
class Parameters:
    """Everything the estimators use that is not an area's own data.

    ``series`` names the survey of digital incapacity; ``cards`` holds the YAML files as written,
    each number with its source, date and, when it is our assumption, ``hypothese: true``.
    """

    series: str
    cards: dict[str, dict[str, Any]] = field(repr=False)

    @property
    def digest(self) -> str:
        """Hash of every value, for the card of a computation."""
        text = json.dumps([self.series, self.cards], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def rates(self) -> dict[str, Any]:
        """Card of the chosen series."""
        return self.series_card(self.series)

    def series_card(self, name: str) -> dict[str, Any]:
        """Card of a series of published rates."""
        known: dict[str, Any] = self.cards["rates"]["series"]
        if name not in known:
            raise ParameterError(
                f"La série de taux « {name} » est inconnue.",
                remedy=f"Séries disponibles : {', '.join(known)}.",
            )
        card: dict[str, Any] = known[name]
        return card

    def number(self, card: str, *path: str) -> float:
        """Return the ``value`` found under a path of one card."""
        node: Any = self.cards[card]
        for name in path:
            node = node[name]
        return float(node["value"] if isinstance(node, dict) else node)


@cache
def load_parameters(series: str | None = None) -> Parameters:
    """Read the parameters shipped with Portrea, with the default series unless another is named."""
    folder = files("portrea.needs") / "params"
    cards = {n: yaml.safe_load((folder / f"{n}.yaml").read_text("utf-8")) for n in FILES}
    parameters = Parameters(series or cards["rates"]["default"], cards)
    parameters.series_card(parameters.series)
    return parameters
