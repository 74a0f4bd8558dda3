"""Types of households of each commune: kind of family × age × tenure, raked to its census."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from portrea.stats.calibration import Margin, Raked, rake

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FAMILIES = ("alone", "couple", "couple_with", "lone_parent")
GIVEN = (
    "households", "persons", "persons_0_19", "persons_65_plus",
    "alone", "lone_parent", "under_25", "hlm",
)  # fmt: skip
"""Columns of a commune: counts, then shares (of households; of persons of 15+ for ``under_25``)."""
SMALL = 1e-9


@cache
def parameters() -> Mapping[str, Any]:
    """Return what ``params/territoires.yaml`` says."""
    text = (files("portrea.rights") / "params" / "territoires.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@dataclass(frozen=True, slots=True)
class Cell:
    """A type of household: names of its kind, age and tenure, and its part before raking."""

    kind: str
    age: str
    tenure: str
    seed: float

    @property
    def adults(self) -> int:
        """Adults of the household."""
        return int(parameters()["kinds"][self.kind]["adults"])

    @property
    def children(self) -> int:
        """Children in their charge."""
        return int(parameters()["kinds"][self.kind]["children"])

    @property
    def units(self) -> float:
        """Consumption units (OECD-modified scale)."""
        return float(parameters()["kinds"][self.kind]["uc"])


@cache
def cells() -> tuple[Cell, ...]:
    """Return the types of households that exist, in a fixed order."""
    told = parameters()
    found = []
    for kind, age, tenure in product(told["kinds"], told["ages"], told["tenures"]):
        seed = _seed(kind, age, tenure)
        if seed > 0:
            found.append(Cell(kind, age, tenure, seed))
    return tuple(found)


def _seed(kind: str, age: str, tenure: str) -> float:
    told, seed = parameters(), parameters()["seed"]
    ages, tenures = list(told["ages"]), list(told["tenures"])
    part = seed["kinds"][kind] * seed["ages"][kind][ages.index(age)]
    weights = dict(zip(tenures, seed["tenures"][age], strict=True))
    if told["kinds"][kind]["family"] in {"alone", "lone_parent"}:
        weights = {
            name: value * (1 if name == "owner" else seed["alone_tenant"])
            for name, value in weights.items()
        }
    return float(part * weights[tenure] / sum(weights.values()))


@dataclass(frozen=True, slots=True)
class Targets:
    """What the types of households of each commune must add up to, in households.

    Columns: ``families`` as :data:`FAMILIES`; ``ages`` under 25, 25 to 64, 65 or more; ``hlm``.
    """

    total: Floats
    families: Floats
    ages: Floats
    hlm: Floats


def coefficients() -> dict[str, float]:
    """Return what turns persons into households, by name."""
    return {name: float(card["value"]) for name, card in parameters()["family"].items()}


def targets_of(communes: pl.DataFrame, *, told: Mapping[str, float] | None = None) -> Targets:
    """Turn what the census publishes of communes (:data:`GIVEN`) into targets, none negative.

    ``told`` are the coefficients, those of the parameters by default.
    """
    told = told or coefficients()
    column = {name: communes[name].to_numpy().astype(float) for name in GIVEN}
    total = column["households"]
    alone = np.clip(column["alone"], 0, 1) * total
    with_children = np.minimum(
        column["persons_0_19"] * told["with_children_by_young"], total - alone
    )
    lone = np.minimum(column["lone_parent"] * total, with_children)
    families = np.stack([alone, total - alone - with_children, with_children - lone, lone], 1)
    fifteen = column["persons"] - told["fifteen_by_young"] * column["persons_0_19"]
    usual = np.minimum(column["under_25"], told["young_share"])
    beyond = np.maximum(column["under_25"] - told["young_share"], 0)
    young = fifteen * (usual * told["young_usual"] + beyond * told["young_beyond"])
    old = np.minimum(column["persons_65_plus"] * told["old_by_person"], total)
    young = np.clip(young, 0, total - old)
    ages = np.stack([young, total - young - old, old], 1)
    return Targets(total, families, ages, np.clip(column["hlm"], 0, 1) * total)


def raked_cells(communes: pl.DataFrame) -> Raked:
    """Return the households of each type (communes × :func:`cells`) and the residual of each.

    HLM, kinds of families and ages are reached in turn; the total holds exactly. Margins that
    contradict one another leave a residual, in households.
    """
    targets = targets_of(communes)
    seed = np.array([cell.seed for cell in cells()])
    start = np.tile(seed / seed.sum(), (communes.height, 1)) * targets.total[:, None] + SMALL
    social = np.stack([targets.total - targets.hlm, targets.hlm], 1)
    margins = [
        Margin(_groups("tenure", (("owner", "private"), ("social",))), social),
        Margin(_families(), targets.families),
        Margin(_groups("age", (("young",), ("adult", "middle"), ("old",))), targets.ages),
    ]
    raked = rake(start, margins, tolerance=1e-6, most=200)
    sums = raked.tables.sum(1, keepdims=True)
    return replace(raked, tables=raked.tables * (targets.total[:, None] / sums))


def _groups(attribute: str, names: tuple[tuple[str, ...], ...]) -> Floats:
    rows = [[float(getattr(cell, attribute) in group) for cell in cells()] for group in names]
    return np.array(rows)


def _families() -> Floats:
    kinds = parameters()["kinds"]
    rows = [[float(kinds[cell.kind]["family"] == one) for cell in cells()] for one in FAMILIES]
    return np.array(rows)
