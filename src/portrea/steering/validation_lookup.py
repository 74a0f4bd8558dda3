"""Our figure for a published target: an area of today, a zone of the past, a group, a profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
import yaml

from portrea.needs.inputs import find_atoms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.settings import Settings

Row = dict[str, Any]
BOUNDS = ("n", "n_low", "n_high")


class Inputs(Protocol):
    """What a run needs of the store (``steering.computation.Inputs`` is one)."""

    @property
    def territories(self) -> pl.DataFrame:
        """Completed table of territories."""

    @property
    def observations(self) -> pl.DataFrame:
        """Published figures."""

    @property
    def crosstab(self) -> pl.DataFrame:
        """Published tables age × diploma."""


@cache
def zones() -> dict[str, Any]:
    """Return the zones that are no area of today's geography, and the words of absences."""
    path = files("portrea.steering").joinpath("params", "validation_zones.yaml")
    card: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return card


def zone_atoms(territories: pl.DataFrame, code: str) -> list[str]:
    """Return the finest areas of a declared zone; none if one of its communes is absent."""
    card = zones()["zones"][code]
    atoms = find_atoms(territories, None)
    column, wanted = ("epci", card["epci"]) if "epci" in card else ("commune", card["communes"])
    inside = atoms.filter(pl.col(column).is_in(wanted).fill_null(False))
    if inside[column].n_unique() < len(wanted):
        return []
    if "region" in card:
        inside = inside.filter(pl.col("region") == card["region"])
    if "without" in card:
        inside = inside.filter(~pl.col("commune").is_in(card["without"]))
    return inside["code"].to_list()


@dataclass(frozen=True, slots=True)
class Answer:
    """Our figure in the unit of the target, or the reason of its absence in ``note``."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Lookup:
    """What a run gives, by area, by zone and by profile."""

    areas: Mapping[tuple[str, str, str], Row]
    special: Mapping[str, Mapping[str, Row]]
    profiles: Mapping[tuple[str, str, str], Answer]
    crosstab: pl.DataFrame

    @classmethod
    def make(
        cls,
        estimates: pl.DataFrame,
        special: Mapping[str, Mapping[str, Row]],
        inputs: Inputs,
        settings: Settings,
    ) -> Lookup:
        """Index the rows of a run."""
        rows = estimates.iter_rows(named=True)
        return cls(
            {(row["level"], row["code"], row["measure"]): row for row in rows},
            special,
            profiles_of(inputs, settings),
            inputs.crosstab,
        )

    def find(self, target: Mapping[str, str]) -> Answer:
        """Return our figure for a target."""
        quantity = target["quantity"]
        if quantity == "none":
            return _absent("none")
        if quantity in {"profile", "composition"}:
            key = target["code"], quantity, target["profile"]
            return self.profiles.get(key, _absent("profile"))
        if quantity == "crosstab":
            return self._rule_of_crosstab(target["code"])
        row, note = self._row(target)
        if row is None or row["n"] is None:
            return _absent("absent")
        if not target["value"]:
            note = " ; ".join(filter(None, (note, zones()["why_not"]["unpublished"])))
        return _answer(row, quantity, note)

    def _row(self, target: Mapping[str, str]) -> tuple[Row | None, str]:
        kind, code, measure = target["kind"], target["code"], target["measure"]
        if code in zones()["zones"]:
            return self.special.get(code, {}).get(measure), zones()["zones"][code]["note"]
        if kind == "group":
            card = zones()["groups"][code]
            parts = [self.areas.get(("region", c, measure)) for c in card["regions"]]
            return _sum(parts), card["note"]
        return self.areas.get((kind, code, measure)), ""

    def _rule_of_crosstab(self, code: str) -> Answer:
        """Apply the rule of A2 to a published table age × diploma, cell by cell."""
        cells = self.crosstab.filter(
            (pl.col("level") == "region") & (pl.col("code") == code) & (pl.col("diploma") != "")
        )
        if not cells.height:
            return _absent("crosstab")
        return Answer(rule_a2(cells))


def rule_a2(cells: pl.DataFrame) -> float:
    """Persons of 65 or more, or without diploma, in a table age × diploma of the non-schooled."""
    concerned = (pl.col("age") == "65+") | (pl.col("diploma") == "no_diploma")
    return float(cells.filter(concerned)["persons"].sum())


def profiles_of(_inputs: Inputs, _settings: Settings) -> dict[tuple[str, str, str], Answer]:
    """Return the profiles by age and diploma of the published régions."""
    return {}


def _absent(reason: str) -> Answer:
    return Answer(note=zones()["why_not"][reason])


def _answer(row: Row, quantity: str, note: str) -> Answer:
    if quantity == "population":
        return Answer(row["population"], note=note)
    value, low, high = BOUNDS if quantity == "persons" else ("share", "share_low", "share_high")
    return Answer(row[value], row[low], row[high], note)


def _sum(parts: Sequence[Row | None]) -> Row | None:
    """Sum régions; their bounds too, so that the interval is too wide rather than too narrow."""
    known = [part for part in parts if part is not None and part["n"] is not None]
    if len(known) < len(parts):
        return None
    total = {name: sum(part[name] for part in known) for name in (*BOUNDS, "population")}
    shares = {n.replace("n", "share", 1): total[n] / total["population"] for n in BOUNDS}
    return total | shares
