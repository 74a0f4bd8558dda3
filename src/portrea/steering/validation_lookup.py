"""Our figure for a published target: an area of today, a zone of the past, a group, a profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
import yaml

from portrea.needs.inputs import find_atoms
from portrea.needs.model import prepare
from portrea.needs.profiles import profile_of

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


def zone_members(territories: pl.DataFrame, code: str) -> tuple[str, list[str]]:
    """Return the level and the codes of the areas a declared zone is made of.

    Whole EPCI, or communes; no code at all when one of those declared is absent.
    """
    card = zones()["zones"][code]
    communes = territories.filter(pl.col("level") == "commune")
    column, wanted = ("epci", card["epci"]) if "epci" in card else ("code", card["communes"])
    inside = communes.filter(pl.col(column).is_in(wanted).fill_null(False))
    if inside[column].n_unique() < len(wanted):
        return "commune", []
    if not {"region", "without", "communes"} & set(card):
        return "epci", list(wanted)
    if "region" in card:
        inside = inside.filter(pl.col("region") == card["region"])
    return "commune", inside.filter(~pl.col("code").is_in(card.get("without", [])))[
        "code"
    ].to_list()


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
    members: Mapping[str, tuple[str, list[str]]]
    profiles: Mapping[tuple[str, str, str], Answer]
    crosstab: pl.DataFrame

    @classmethod
    def make(
        cls,
        estimates: pl.DataFrame,
        members: Mapping[str, tuple[str, list[str]]],
        profiles: Mapping[tuple[str, str, str], Answer],
        crosstab: pl.DataFrame,
    ) -> Lookup:
        """Index the rows of a run."""
        rows = estimates.iter_rows(named=True)
        return cls(
            {(row["level"], row["code"], row["measure"]): row for row in rows},
            members,
            profiles,
            crosstab,
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
            return self._zone(code, measure), zones()["zones"][code]["note"]
        if kind == "group":
            card = zones()["groups"][code]
            parts = [self.areas.get(("region", c, measure)) for c in card["regions"]]
            return _sum(parts), card["note"]
        return self.areas.get((kind, code, measure)), ""

    def _zone(self, code: str, measure: str) -> Row | None:
        """Sum the areas of a zone; communes have no joint draws, so their sum has no interval."""
        level, codes = self.members.get(code, ("commune", []))
        total = _sum([self.areas.get((level, one, measure)) for one in codes])
        if total is None or level == "epci":
            return total
        return total | dict.fromkeys(("n_low", "n_high", "share_low", "share_high"))

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


def profiles_of(
    inputs: Inputs, settings: Settings, targets: Sequence[Mapping[str, str]]
) -> dict[tuple[str, str, str], Answer]:
    """Return the profiles by age and diploma that were published, région by région."""
    wanted = [t for t in targets if t["quantity"] in {"profile", "composition"}]
    known = set(inputs.territories.filter(pl.col("level") == "region")["code"].to_list())
    regions = sorted({t["code"] for t in wanted} & known)
    if not regions:
        return {}
    atoms = find_atoms(inputs.territories, None)
    model = prepare(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        selection=atoms.filter(pl.col("region").is_in(regions))["code"].to_list(),
        parameters=settings.parameters,
        with_b=False,
        fitted=settings.fitted,
    )
    found: dict[tuple[str, str, str], Answer] = {}
    for code in regions:
        parts = {t["profile"] for t in wanted if t["code"] == code}
        bands = sorted(part for part in parts if part[0].isdigit())
        others = sorted(parts - set(bands))
        rows = profile_of(model, level="region", code=code, bands=bands, diplomas=others)
        for row in rows.iter_rows(named=True):
            for quantity, name in (("profile", "rate"), ("composition", "share")):
                bounds = row[name], row[f"{name}_low"], row[f"{name}_high"]
                found[code, quantity, row["part"]] = Answer(*bounds)
    return found


def _absent(reason: str) -> Answer:
    return Answer(note=zones()["why_not"][reason])


def _answer(row: Row, quantity: str, note: str) -> Answer:
    if quantity == "population":
        return Answer(row["population"], note=note)
    value, low, high = BOUNDS if quantity == "persons" else ("share", "share_low", "share_high")
    return Answer(row[value], row[low], row[high], note)


def _sum(parts: Sequence[Row | None]) -> Row | None:
    """Sum areas; their bounds too, so that the interval is too wide rather than too narrow."""
    known = [part for part in parts if part is not None and part["n"] is not None]
    if len(known) < len(parts) or not parts:
        return None
    total = {name: sum(part[name] for part in known) for name in (*BOUNDS, "population")}
    shares = {n.replace("n", "share", 1): total[n] / total["population"] for n in BOUNDS}
    return total | shares
