"""Why our counts and a composite index differ, in one territory: words, drawing and tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.estimates import integer, percent
from portrea.needs.indices import disagreements
from portrea.needs.indices.comparison import correlation
from portrea.needs.indices.definitions import axes, card, criteria, criteria_of, label
from portrea.needs.indices.tables import TOTAL, VERSIONS
from portrea.steering.display import parameters
from portrea.steering.document import Cell, Column, Figure, Table
from portrea.steering.figures_scatter import Axis, Point, scatter
from portrea.steering.figures_style import Caption
from portrea.steering.measures import share_cell, words
from portrea.steering.wording import LEVEL_NAMES, territory_name, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.sources.store import Computation
    from portrea.steering.reading import AreaEstimate, Reader

MEASURES = ("a1", "a2", "b", "c")
CLOUD = "nuage"
GAPS = "ecarts"
SCALES = {
    "v1": "100 : moyenne de la France ; plus haut, plus fragile",
    "v2": "de −10 à +10 ; plus haut, plus fragile",
    "v3": "de 1 à 10 ; plus haut, plus fragile",
}


@dataclass(frozen=True, slots=True)
class Zones:
    """The areas compared: their level, their codes, and the one that the reader came for."""

    level: str
    codes: tuple[str, ...]
    strong: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the page shows; ``figure`` is ``None`` when the index cannot be computed."""

    title: str
    scale: str
    finding: str
    figure: Figure | None
    gaps: Table | None
    agreement: Table | None
    recipe: Table


def explain(reader: Reader, zones: Zones, *, measure: str, version: str) -> Difference:
    """Compare one measure with one index over some areas.

    Raises
    ------
    StoreError
        The computation in force is older than the indices.
    """
    parts = _parts(reader.computation, version, zones.level)
    found = disagreements(
        reader.estimates(zones.level, list(zones.codes), measure),
        parts,
        level=zones.level,
        codes=zones.codes,
        measure=measure,
        version=version,
    )
    names = _names(reader, zones)
    compared = found.height > 0
    return Difference(
        _title(measure, version),
        SCALES[version],
        _finding(found, zones, measure, version),
        _figure(found, names, zones, measure, version) if compared else None,
        _gaps(reader, found, names, zones, measure) if compared else None,
        _agreement(reader.computation, measure, version),
        _recipe(reader.computation, version),
    )


def _parts(computation: Computation, version: str, level: str) -> pl.DataFrame:
    return _slice(computation.id, version, level, _Held(computation))


class _Held:
    """A computation as a cache's argument: its identifier alone tells it apart."""

    def __init__(self, computation: Computation) -> None:
        self.computation = computation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.computation.folder == self.computation.folder

    def __hash__(self) -> int:
        return hash(self.computation.folder)


@lru_cache(maxsize=12)
def _slice(_id: str, version: str, level: str, held: _Held) -> pl.DataFrame:
    table = held.computation.table("indices")
    return table.filter((pl.col("version") == version) & (pl.col("level") == level))


def _names(reader: Reader, zones: Zones) -> dict[str, str]:
    rows = (reader.territory(zones.level, code) for code in zones.codes)
    known = [row for row in rows if row is not None]
    return {
        row["code"]: territory_name(zones.level, row["code"], row["name"]).short for row in known
    }


def _title(measure: str, version: str) -> str:
    return f"{words(measure).label} et {label(version)}"


def _finding(found: pl.DataFrame, zones: Zones, measure: str, version: str) -> str:
    """Say the correlation in words, or why there is none."""
    plural = LEVEL_NAMES[zones.level][1]
    if not found.height:
        return (
            f"L{_the(version)[1:]} ne peut pas être calculé ici : moins de la moitié de son"
            " poids est connue avec les données chargées. Rien n’est imputé."
        )
    ranks = correlation(found["share"].rank().to_numpy(), found["value"].rank().to_numpy())
    start = f"{integer(found.height)} {plural} comparées" if found.height > 1 else "Une seule zone"
    if ranks is None:
        return f"{start} : trop peu pour parler d’un lien entre les deux."
    written = f"{ranks:.2f}".replace(".", ",").replace("-", "−")
    return (
        f"{start} : entre la part d’habitants concernés ({_named(measure)}) et"
        f" {_the(version)}, {link(ranks)} (corrélation des rangs {written})."
    )


def _named(measure: str) -> str:
    return uncapitalised(words(measure).label)


def _the(version: str) -> str:
    """Return the name of a version with its article: « l’IFN 2020 (première version) »."""
    return f"l’{label(version)}"


def link(ranks: float) -> str:
    """Write a rank correlation in words, its sign included."""
    steps = parameters("comparison")["links"]["steps"]
    said = next(word for step, word in steps if abs(ranks) >= step)
    return f"{said}, à l’envers" if ranks <= -steps[-2][0] else str(said)


def _figure(
    found: pl.DataFrame, names: dict[str, str], zones: Zones, measure: str, version: str
) -> Figure:
    points = [
        Point(
            names.get(row["code"], row["code"]),
            row["share"],
            row["value"],
            row["code"] == zones.strong,
        )
        for row in found.iter_rows(named=True)
    ]
    said = words(measure)
    title = _title(measure, version)
    description = (
        f"Un point par zone : en travers, la part des {said.universe} ; en hauteur, le score."
        " Le tableau donne les mêmes nombres, des plus grands écarts aux plus petits."
    )
    across = Axis(f"{said.short} (part)", _share)
    drawing = scatter(Caption(CLOUD, title, description), points, across, Axis("Score", _score))
    return Figure(CLOUD, title, description, drawing, GAPS)


def _share(value: float) -> str:
    return percent(value, decimals=1).replace(",0", "")


def _score(value: float) -> str:
    return f"{value:g}".replace(".", ",").replace("-", "−")


def _gaps(
    reader: Reader, found: pl.DataFrame, names: dict[str, str], zones: Zones, measure: str
) -> Table:
    most = int(parameters("comparison")["most_rows"])
    own = found.filter(pl.col("code") == zones.strong)
    shown = pl.concat([found.head(most), own]).unique("code", maintain_order=True)
    total = integer(found.height)
    caption = "Les plus grands écarts de rang" if found.height > most else "Les écarts de rang"
    known = reader.estimates_of([(zones.level, code) for code in shown["code"]])
    rows = [
        _gap_row(row, names, zones, known[zones.level, row["code"], measure])
        for row in shown.iter_rows(named=True)
    ]
    return Table(
        GAPS,
        f"{caption} entre {_named(measure)} et l’indice, {integer(shown.height)} zones sur {total}",
        (
            Column("Zone"),
            Column("Part (95\u202f%)", numeric=True),
            Column("Score", numeric=True),
            Column("Rang de Portrea", numeric=True),
            Column("Rang de l’indice", numeric=True),
            Column("Pourquoi"),
        ),
        tuple(rows),
        "Rang 1 : la plus fragile. « Pourquoi » nomme les critères de l’indice qui l’éloignent le"
        " plus de la moyenne de ces zones, dans le sens de l’écart.",
    )


def _gap_row(
    row: dict[str, Any], names: dict[str, str], zones: Zones, estimate: AreaEstimate
) -> tuple[Cell, ...]:
    code, strong = row["code"], row["code"] == zones.strong
    name = Cell(names.get(code, code), None, f"{zones.level}:{code}", strong)
    ranks = (Cell(integer(row[n]), float(row[n])) for n in ("rank_measure", "rank_index"))
    return (name, share_cell(estimate), _score_cell(row["value"]), *ranks, Cell(_why(row)))


def _score_cell(value: float) -> Cell:
    return Cell(f"{value:.1f}".replace(".", ",").replace("-", "−"), value)


def _why(row: dict[str, Any]) -> str:
    if not row["gap"]:
        return "même rang"
    side = "l’indice la dit plus fragile" if row["gap"] > 0 else "l’indice la dit moins fragile"
    return f"{side} : {row['reason']}" if row["reason"] else side


def _agreement(computation: Computation, measure: str, version: str) -> Table | None:
    """Write the correlations of the measure with each part of the index, EPCI by EPCI."""
    table = computation.table("agreement").filter(
        (pl.col("level") == "epci")
        & (pl.col("measure") == measure)
        & (pl.col("version") == version)
        & pl.col("spearman").is_not_null()
    )
    if not table.height:
        return None
    order = [TOTAL, *(a.name for a in axes()), *criteria()]
    rows = sorted(table.to_dicts(), key=lambda row: order.index(row["part"]))
    return Table(
        "accord",
        f"Lien entre {_named(measure)} et chaque part de l’indice, toutes les"
        " intercommunalités chargées",
        (
            Column("Part de l’indice"),
            Column("Zones", numeric=True),
            Column("Rangs", numeric=True),
            Column("Linéaire", numeric=True),
            Column("Pondérée", numeric=True),
            Column("En mots"),
        ),
        tuple(_agreement_row(row) for row in rows),
        "« Pondérée » : chaque intercommunalité compte selon ses habitants.",
    )


def _agreement_row(row: dict[str, Any]) -> tuple[Cell, ...]:
    least = int(parameters("comparison")["least_zones"]["value"])
    known = row["areas"] >= least
    values = (row[n] if known else None for n in ("spearman", "pearson", "weighted"))
    numbers = (
        Cell("–" if v is None else f"{v:.2f}".replace(".", ",").replace("-", "−"), v)
        for v in values
    )
    return (
        Cell(part_name(row["part"]), strong=row["part"] == TOTAL),
        Cell(integer(row["areas"]), float(row["areas"])),
        *numbers,
        Cell(link(row["spearman"]) if known else f"moins de {least} zones : rien à en dire"),
    )


def part_name(part: str) -> str:
    """French name of the total, of an axis or of a criterion."""
    if part == TOTAL:
        return "Indice entier"
    axis = next((a for a in axes() if a.name == part), None)
    return f"Axe : {axis.label}" if axis else criteria()[part].label.capitalize()


def _recipe(computation: Computation, version: str) -> Table:
    """Write what the index is made of, with the years read and what is missing."""
    known = {row["criterion"]: row for row in computation.table("criteria").to_dicts()}
    rows = [_recipe_row(name, weight, known[name]) for name, weight in _weights(version)]
    about = card()["about"][version]
    return Table(
        "recette",
        f"De quoi est fait l’{label(version)}",
        (
            Column("Critère"),
            Column("Poids", numeric=True),
            Column("Années lues"),
            Column("Habitants couverts", numeric=True),
            Column("À savoir"),
        ),
        tuple(rows),
        f"{card()[version]['rule'].capitalize()}. Source : {about['source']}.",
    )


def _weights(version: str) -> list[tuple[str, float]]:
    if version == "v1":
        return [(n, axis.weight / len(axis.criteria)) for axis in axes() for n in axis.criteria]
    names = criteria_of(version)
    return [(name, 1 / len(names)) for name in names]


def _recipe_row(name: str, weight: float, known: dict[str, Any]) -> tuple[Cell, ...]:
    criterion = criteria()[name]
    none = not known["vintages"]
    return (
        Cell(criterion.label.capitalize()),
        Cell(percent(weight), weight),
        Cell("aucune donnée chargée" if none else known["vintages"]),
        Cell("–" if none else _covered(known["covered"]), known["covered"]),
        Cell(criterion.note.capitalize() if criterion.note else "–"),
    )


def _covered(share: float) -> str:
    """Write the inhabitants covered; a criterion known somewhere never covers 0 %."""
    return f"moins de {percent(0.01)}" if 0 < share < 0.01 else percent(share)


def versions() -> Sequence[tuple[str, str]]:
    """Return the versions of the index and their names."""
    return [(version, label(version)) for version in VERSIONS]
