"""The closed list of statistical variables kept in the store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Variable:
    """A statistical variable: its French label, unit, universe, and whether areas add up."""

    name: str
    label: str
    unit: str
    aggregate: str
    universe: str

    @property
    def additive(self) -> bool:
        """Whether the value of a union of areas is the sum of theirs."""
        return self.aggregate == "sum"


@cache
def variables() -> dict[str, Variable]:
    """Return every declared variable by name."""
    raw = yaml.safe_load(files("portrea.vocab").joinpath("variables.yaml").read_text("utf-8"))
    return {
        name: Variable(name, card["label"], card["unit"], card["aggregate"], card["universe"])
        for name, card in raw.items()
    }
