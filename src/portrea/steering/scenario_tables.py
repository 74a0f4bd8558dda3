"""A trial of other parameters, composed for a page: totals, areas that move, what weighs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.estimates import Estimate, Quality, integer, percent
from portrea.needs import load_parameters
from portrea.steering.display import count_cell, rounded_people, shown_count
from portrea.steering.document import Cell, Column, Figure, Table
from portrea.steering.figures_map import Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.steering.measures import words
from portrea.steering.wording import capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.outlines import Outlines
    from portrea.steering.scenarios import Comparison

MOST_ROWS = 60
LEAST_MOVE = 10.0
"""Persons: below the rounding of a commune, a change is not said."""
NOTHING = "–"


def totals_table(found: Comparison, place: str) -> Table:
    """Say the totals of the territory before and after, with their 95 % intervals."""
    columns = ("Mesure", "Paramètres publiés", "Intervalle à 95\u202f%", "Vos paramètres",
               "Intervalle à 95\u202f%", "Écart")  # fmt: skip
    rows = tuple(
        (
            Cell(words(row["measure"]).label),
            *_side(row, "before"),
            *_side(row, "after"),
            Cell(_change(row)),
        )
        for row in found.total.iter_rows(named=True)
    )
    return Table("totaux", f"Personnes concernées, {place}", _columns(columns), rows)


def areas_table(found: Comparison, measure: str) -> Table:
    """Say the areas whose count or rank moves, the largest change first."""
    frame = found.areas.filter(pl.col("measure") == measure)
    moved = frame.filter(
        (pl.col("difference").abs() >= LEAST_MOVE) | (pl.col("moved").fill_null(0) != 0)
    ).sort([pl.col("difference").abs(), "code"], descending=[True, False])
    rows = tuple(
        (
            Cell(row["name"], territory=f"{row['level']}:{row['code']}"),
            Cell(_count(row, "before")),
            Cell(_count(row, "after")),
            Cell(_change(row)),
            Cell(_rank(row["rank_before"])),
            Cell(_rank(row["rank_after"])),
            Cell(_places(row["moved"])),
        )
        for row in moved.head(MOST_ROWS).iter_rows(named=True)
    )
    columns = ("Commune", "Avant", "Après", "Écart", "Rang avant", "Rang après", "Déplacement")
    still = frame.height - moved.height
    left = max(0, moved.height - MOST_ROWS)
    note = (
        f"Rang selon la part. {_counted(still, 'ne bouge', 'ne bougent')} pas au-delà de l’arrondi."
    )
    note += f" {_counted(left, 'bouge', 'bougent')} moins que celles-ci." if left else ""
    return Table(
        "communes", f"Ce qui bouge : {words(measure).label}", _columns(columns), rows, note
    )


def sensitivity_table(frame: pl.DataFrame) -> Table:
    """Say what each parameter does alone, from one end of its range to the other."""
    measures = [name for name in ("a1", "b", "c") if name in frame.columns]
    series = load_parameters().cards["rates"]["series"]
    columns = ("Paramètre", "De", "Valeur", "À", *(words(m).short for m in measures), "Effet")
    rows = tuple(
        (
            Cell(row["label"] if row["label"].startswith("δ") else capitalised(row["label"])),
            *(Cell(_tried(row[name], series)) for name in ("low", "value", "high")),
            *(Cell(_between(row, measure)) for measure in measures),
            Cell(NOTHING if row["effect"] is None else f"{percent(row['effect'], decimals=1)}"),
        )
        for row in frame.iter_rows(named=True)
    )
    note = (
        "Un paramètre à la fois, les autres restant les vôtres. L’effet est le plus grand"
        " changement d’un total."
    )
    return Table("sensibilite", "Ce qui pèse le plus", _columns(columns), rows, note)


def trial_map(found: Comparison, measure: str, outlines: Outlines, place: str) -> Figure | None:
    """Draw the shares with the tried parameters; ``None`` without outlines or values."""
    frame = found.areas.filter(pl.col("measure") == measure)
    zones = {
        row["code"]: Zone(row["code"], row["share_after"], _short(row["share_after"]))
        for row in frame.iter_rows(named=True)
    }
    shapes = outlines.pick("commune", list(zones))
    if shapes is None or not any(zone.value is not None for zone in zones.values()):
        return None
    said = words(measure)
    title = f"{said.label}, avec vos paramètres"
    description = f"{place}. Le tableau « Ce qui bouge » donne les changements."
    svg = choropleth(
        Caption("essai-carte", title, description),
        zones,
        shapes,
        reading=Reading(f"part des {said.universe}"),
    )
    return Figure("essai-carte", title, description, svg, "communes")


def most_moved(found: Comparison) -> str:
    """Return the measure whose total changes most, as a share of it."""
    change = pl.col("difference").abs() / pl.col("n_before")
    ranked = found.total.with_columns(change=change).sort(
        "change", descending=True, nulls_last=True, maintain_order=True
    )
    return str(ranked["measure"][0])


# -- cells -----------------------------------------------------------------------------------------


def _tried(value: object, series: Mapping[str, Any]) -> str:
    """Write a value tried: a number, or the year of a series of rates."""
    card = series.get(str(value))
    return (
        str(card["label"]).split()[-1] if card else str(value).replace(".", ",").replace("-", "−")
    )


def _counted(communes: int, one: str, several: str) -> str:
    return (
        f"{integer(communes)} communes {several}" if communes > 1 else f"{communes} commune {one}"
    )


def _columns(titles: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(title, numeric=rank > 0) for rank, title in enumerate(titles))


def _estimate(row: dict[str, Any], when: str) -> Estimate:
    low, high = row[f"n_low_{when}"], row[f"n_high_{when}"]
    quality = Quality.N if low is None or high is None else Quality.B
    return Estimate(row[f"n_{when}"], low, high, quality)


def _side(row: dict[str, Any], when: str) -> tuple[Cell, Cell]:
    return Cell(_count(row, when)), Cell(count_cell(shown_count(_estimate(row, when), "commune")))


def _count(row: dict[str, Any], when: str) -> str:
    value = row[f"n_{when}"]
    return NOTHING if value is None else integer(rounded_people(value))


def _between(row: dict[str, Any], measure: str) -> str:
    ends = [row[f"{measure}_low"], row[f"{measure}_high"]]
    if None in ends or row[measure] is None:
        return NOTHING
    low, high = (integer(rounded_people(end)) for end in sorted(ends))
    return f"{low} à {high}" if low != high else "inchangé"


def _change(row: dict[str, Any]) -> str:
    """Say the difference of the two numbers shown: rounding must not contradict itself."""
    before, after = row["n_before"], row["n_after"]
    if before is None or after is None:
        return NOTHING
    change = rounded_people(after) - rounded_people(before)
    return "0" if not change else f"{'+' if change > 0 else '−'}{integer(abs(change))}"


def _rank(value: int | None) -> str:
    return NOTHING if value is None else f"{value}ᵉ" if value > 1 else "1ᵉʳ"


def _places(value: int | None) -> str:
    if not value:
        return "="
    plural = "s" if abs(value) > 1 else ""
    return f"{abs(value)} place{plural} {'plus haut' if value > 0 else 'plus bas'}"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.0f}"
