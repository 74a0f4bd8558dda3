"""Non-take-up in one territory: beneficiaries of the store, national rates, microsimulation.

The two roads to the eligible are kept side by side and never mixed. Nothing is computed here that
``portrea.rights.take_up`` does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import TerritoryError
from portrea.needs.inputs import LOCAL
from portrea.rights.catalogue import rights
from portrea.rights.take_up import (
    Range,
    TakeUp,
    added,
    by_rate,
    care,
    gap,
    lines,
    published,
    threshold,
)
from portrea.sources.eligible import eligible_files, eligible_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from portrea.sources.datasets import Dataset
    from portrea.steering.reading import Reader
    from portrea.territory.hierarchy import Territory

LEVELS = ("commune", "epci", "departement", "region")
"""Levels at which non-take-up is told: beneficiaries are published there."""
SIMULATED_UNIT = "foyers"
"""What the microsimulation counts, whatever the right: a household where it would be open."""
WORST = {"ok": 0, "rounded": 1, "derived": 2, "suppressed": 3, "missing": 4}


@dataclass(frozen=True, slots=True)
class Figure:
    """A published count, what it may be, its year and its dataset; ``communes``: their sum."""

    value: float | None
    range: Range | None
    rounded: bool
    year: str
    dataset: str
    communes: bool = False


@dataclass(frozen=True, slots=True)
class Simulated:
    """The eligible of one right by microsimulation, in ``unit``; ``error`` is Monte-Carlo's."""

    right: str
    unit: str
    eligible: Range | None
    error: float | None
    flag: str
    month: str
    vintages: str


@dataclass(frozen=True, slots=True)
class Row:
    """One benefit by both roads."""

    told: TakeUp
    figure: Figure | None
    simulated: Simulated | None
    gap: Range | None


@dataclass(frozen=True, slots=True)
class CareShare:
    """Young people without care, among those of the general scheme; in persons."""

    count: float
    whole: float
    year: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told of a territory; ``others``: rights known by microsimulation alone."""

    territory: Territory
    rows: tuple[Row, ...]
    others: tuple[Simulated, ...]
    context: Mapping[str, Figure]
    care: CareShare | None
    datasets: tuple[Dataset, ...]
    simulated: bool


def report_of(reader: Reader, territory: Territory) -> Report:
    """Tell the non-take-up of a territory.

    Raises
    ------
    TerritoryError
        At a level where it is not told: IRIS, QPV, the whole country.
    StoreError
        When no computation is in force.
    """
    _refuse_level(reader, territory)
    figures = _figures(reader, territory)
    simulated = simulated_in(reader.store.home, territory)
    rows = tuple(_row(name, figures, simulated) for name in lines())
    told = {line.right for line in lines().values()}
    used = {figure.dataset for figure in figures.values()}
    return Report(
        territory,
        rows,
        tuple(s for name, s in simulated.items() if name not in told),
        {n: figures[n] for n in (line.context for line in lines().values()) if n in figures},
        _care(figures),
        tuple(d for d in reader.store.datasets() if d.id in used),
        bool(simulated),
    )


def state_of(home: Path) -> str:
    """Name the state of what is read besides the computation: datasets and simulations."""
    paths = (home / "store" / "manifest.json", *eligible_files(home))
    stamps = (path.stat().st_mtime_ns for path in paths if path.exists())
    return "-".join(f"{stamp:x}" for stamp in stamps)


def _refuse_level(reader: Reader, territory: Territory) -> None:
    if territory.level.value in LEVELS:
        return
    error = TerritoryError(
        f"Le non-recours n’est pas dit pour {territory.title or territory.name} : les"
        " bénéficiaires sont publiés de la commune à la région.",
        remedy="Choisissez une commune, une intercommunalité, un département ou une région.",
    )
    if territory.commune:
        error.candidates = (reader.gazetteer.get("commune", territory.commune),)
    raise error


def _row(name: str, figures: Mapping[str, Figure], simulated: Mapping[str, Simulated]) -> Row:
    line = lines()[name]
    figure = figures.get(line.variable)
    told = by_rate(line, figure.range if figure else None)
    other = simulated.get(line.right)
    found = None
    if other is not None and other.eligible is not None:
        found = gap(other.eligible, told.beneficiaries, units=(other.unit, line.unit))
    return Row(told, figure, other, found)


def _figures(reader: Reader, territory: Territory) -> dict[str, Figure]:
    """Return the newest published count of each variable; the communes' sum where there is none."""
    hidden = {line.variable: line.hidden_below for line in lines().values() if line.variable}
    hidden |= {care().count: care().hidden_below, care().whole: care().hidden_below}
    wanted = [*hidden, *(line.context for line in lines().values() if line.context)]
    level, code = territory.level.value, territory.code
    found = {
        row["variable"]: _figure(row, hidden.get(row["variable"], 0))
        for row in _newest(reader, wanted, level, [code]).iter_rows(named=True)
    }
    lacking = [variable for variable in wanted if variable not in found]
    if lacking and level != "commune":
        codes = reader.codes("commune", level, code)
        parts = _newest(reader, lacking, "commune", codes)
        for variable, rows in parts.group_by("variable", maintain_order=True):
            if rows.height == len(codes):
                name = str(variable[0])
                found[name] = _sum(rows, hidden.get(name, 0))
    return found


def _newest(
    reader: Reader, variables: Sequence[str], level: str, codes: Sequence[str]
) -> pl.DataFrame:
    """Return one row per variable and area: the last year, the plainest status; none of one's own.

    Counts that a user loaded (``comptages``) are not shown: their secrecy is not known.
    """
    rows = reader.store.observations(variables=variables, levels=[level], newest=1)
    wanted = pl.col("variable").is_in(list(variables)) & pl.col("code").is_in(list(codes))
    rows = rows.filter(wanted, pl.col("level") == level, pl.col("source") != LOCAL)
    worst = pl.col("status").replace_strict(WORST, default=len(WORST), return_dtype=pl.Int8)
    ordered = rows.with_columns(worst=worst).sort(
        "vintage", "worst", "dataset", descending=[True, False, False]
    )
    last = pl.col("vintage") == pl.col("vintage").max().over("variable")
    return ordered.filter(last).unique(["variable", "code"], keep="first", maintain_order=True)


def _figure(row: Mapping[str, Any], hidden_below: int) -> Figure:
    known = published(row["value"], row["status"], hidden_below=hidden_below)
    rounded = row["status"] == "rounded"
    return Figure(row["value"], known, rounded, row["vintage"], row["dataset"])


def _sum(rows: pl.DataFrame, hidden_below: int) -> Figure:
    parts = [_figure(row, hidden_below) for row in rows.iter_rows(named=True)]
    total = added([part.range for part in parts])
    value = total.value if total else None
    rounded = any(part.rounded for part in parts)
    return Figure(value, total, rounded, parts[0].year, parts[0].dataset, communes=True)


def _care(figures: Mapping[str, Figure]) -> CareShare | None:
    count, whole = figures.get(care().count), figures.get(care().whole)
    if count is None or whole is None or count.value is None or not whole.value:
        return None
    if count.value < threshold() or whole.value - count.value < threshold():
        return None
    return CareShare(count.value, whole.value, count.year) if count.year == whole.year else None


def simulated_in(home: Path, territory: Territory) -> dict[str, Simulated]:
    """Return what the microsimulation says of a territory, by right in the catalogue's order."""
    rows = eligible_in(home, territory.level.value, territory.code)
    known = {row["right"]: row for row in rows.iter_rows(named=True)}
    return {name: _simulated(known[name]) for name in rights() if name in known}


def _simulated(row: Mapping[str, Any]) -> Simulated:
    name = row["right"]
    told = row["eligible"] is not None and row["eligible"] >= threshold()
    eligible = Range(row["low"], row["eligible"], row["high"]) if told else None
    flag, month, vintages = (str(row[key] or "") for key in ("flag", "month", "vintages"))
    error = row["mc_error"] if told else None
    return Simulated(name, SIMULATED_UNIT, eligible, error, flag, month, vintages)
