"""« Territoires qui ressemblent au vôtre »: who, why, with which weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import NARROW_SPACE, integer, percent
from portrea.steering.document import Cell, Column, Kind, Portrait, Section, Sentence, Source, Table
from portrea.steering.sections_method import quality_legend
from portrea.steering.similar import compared, nearest, rule, spreads, variables
from portrea.steering.subject import Area
from portrea.steering.wording import capitalised, enumeration, level_name, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import Reader
    from portrea.steering.similar import Context, Floats, Neighbour, Variable

SIMILAR = Kind(
    "Territoires semblables", "Territoires semblables, par leur contexte", "semblables", ()
)
UNKNOWN = "inconnu"


class Resembling:
    """A territory among those of its level: who resembles it, and what the distance rests on."""

    def __init__(self, reader: Reader, area: Area, context: Context) -> None:
        self.reader, self.area, self.context = reader, area, context
        self.variables = variables()
        logs = [variable.log for variable in self.variables]
        weights = np.array([variable.weight for variable in self.variables])
        values = compared(context.values, logs)
        self.spread: Floats = spreads(values, rule("least_territories"))
        self.used = [int(i) for i in np.flatnonzero(~np.isnan(self.spread))]
        self.found = nearest(
            context,
            area.code,
            count=int(rule("shown")),
            least=rule("least_weight"),
            weights=weights,
            spread=self.spread,
            logs=logs,
        )

    def value(self, code: str, place: int) -> float:
        """Return the figure of a territory (``nan``: not known)."""
        return float(self.context.values[self.context.codes.index(code), place])

    def area_of(self, code: str) -> Area:
        """Return a territory of the level, as the computation names it."""
        row = self.reader.territory(self.context.level, code)
        if row is None:
            raise KeyError(code)
        return Area.from_row(row)


def similar_document(reader: Reader, area: Area, context: Context) -> Portrait:
    """Compose the page of the territories that resemble one.

    Raises
    ------
    TerritoryError
        No figure describes the territory.
    """
    found = Resembling(reader, area, context)
    keys = [area.key, *(f"{area.level}:{each.code}" for each in found.found)]
    sections = (_who(found), _values(found), _weights(found))
    return Portrait(
        territory=",".join(keys),
        title=f"Territoires semblables à {area.name.plain}",
        of_name=f"à {area.name.plain}",
        subtitle=capitalised(level_name(area.level)),
        headline=_headline(found),
        summary=(),
        key_figures=(),
        sections=sections,
        sources=context_sources(reader, context, found.used),
        unknowns=(),
        computation_id=reader.computation_id,
        computed_on=reader.computed_on,
        quality_legend=quality_legend(),
        kind=SIMILAR,
    )


def context_sources(reader: Reader, context: Context, used: Sequence[int]) -> tuple[Source, ...]:
    """Cite the datasets that the figures of some variables come from."""
    wanted = {dataset for place in used for dataset in context.datasets[place]}
    cards = [dataset for dataset in reader.store.datasets() if dataset.id in wanted]
    return tuple(
        Source(
            dataset.id, dataset.provenance.producer, dataset.provenance.title,
            dataset.provenance.vintage, dataset.provenance.licence or "non précisée",
            dataset.provenance.page, dataset.provenance.retrieved, dataset.provenance.verified,
        )
        for dataset in cards
    )  # fmt: skip


def value_text(value: float, unit: str) -> str:
    """Write a figure of context with its unit."""
    if np.isnan(value):
        return UNKNOWN
    if unit == "share":
        return percent(value, decimals=1)
    if unit == "euros":
        return f"{integer(value)}{NARROW_SPACE}€"
    return integer(value) if value >= 10 else f"{value:.1f}".replace(".", ",")


def _headline(found: Resembling) -> Sentence:
    names = [found.area_of(each.code).name.short for each in found.found[:3]]
    if not names:
        return Sentence("Trop peu de chiffres de contexte sont chargés pour chercher.")
    return Sentence(f"Par leur contexte, les plus proches\u00a0: {enumeration(names)}.")


def _who(found: Resembling) -> Section:
    rows = tuple(_row(found, each) for each in found.found)
    columns = (
        Column("Territoire"),
        Column("Où"),
        Column("Écart", numeric=True),
        Column("Ce qui se ressemble le plus"),
        Column("Ce qui diffère le plus (ici, là-bas)"),
    )
    table = Table(
        "semblables",
        "Les territoires les plus proches par leur contexte",
        columns,
        rows,
        note=mark(
            "Écart : 0 pour une copie, 1 pour un écart courant entre deux territoires de ce niveau."
        ),
    )
    return Section(
        "semblables-liste",
        "Les plus ressemblants",
        Sentence(
            "Ils se ressemblent par ce qui les décrit (taille, densité, âges…), jamais par ce que "
            "Portrea estime\u00a0: leurs besoins peuvent différer, et c’est ce qui instruit."
        ),
        tables=(table,) if rows else (),
    )


def _row(found: Resembling, each: Neighbour) -> tuple[Cell, ...]:
    area = found.area_of(each.code)
    parent = area.row.get("departement") if area.level in ("commune", "epci") else None
    region = found.reader.territory("departement", parent) if parent else None
    far = [
        f"{_short(found.variables[i])} ({value_text(found.value(found.area.code, i), unit)}, "
        f"{value_text(found.value(each.code, i), unit)})"
        for i in each.farthest
        for unit in (found.variables[i].unit,)
    ]
    return (
        Cell(area.name.plain, territory=area.key),
        Cell(region["name"] if region else "–"),
        Cell(f"{each.distance:.2f}".replace(".", ","), round(each.distance, 2)),
        Cell(", ".join(_short(found.variables[i]) for i in each.closest) or "–"),
        Cell("\u202f; ".join(far) or "rien"),
    )


def _short(variable: Variable) -> str:
    return variable.label.partition(",")[0].partition(" (")[0]


def _values(found: Resembling) -> Section:
    places = found.used
    columns = (
        Column("Territoire"),
        *(Column(capitalised(found.variables[i].label), numeric=True) for i in places),
    )
    areas = [found.area, *(found.area_of(each.code) for each in found.found)]
    rows = tuple(
        (
            Cell(area.name.plain, territory="" if own else area.key, strong=own),
            *(
                Cell(value_text(value, found.variables[i].unit), None if np.isnan(value) else value)
                for i in places
                for value in (found.value(area.code, i),)
            ),
        )
        for area in areas
        for own in (area.key == found.area.key,)
    )
    years = sorted({year for i in places for year in found.context.vintages[i].split(", ")})
    return Section(
        "semblables-valeurs",
        "Leurs chiffres, côte à côte",
        Sentence("Ce qui a servi à les rapprocher."),
        tables=(Table("contexte", "Le contexte de chacun", columns, rows),) if places else (),
        notes=(mark(f"Chiffres publiés, années : {', '.join(years)}."),) if places else (),
    )


def _weights(found: Resembling) -> Section:
    rows = tuple(_weight_row(found, place) for place in range(len(found.variables)))
    columns = (
        Column("Ce qui est comparé"),
        Column("Poids", numeric=True),
        Column("Écart courant", numeric=True),
        Column("Territoires connus", numeric=True),
        Column("Année"),
    )
    return Section(
        "semblables-poids",
        "Ce qui compte, et combien",
        Sentence("Les poids sont un choix, écrit dans un fichier et affiché ici."),
        tables=(
            Table(
                "poids",
                "Ce que l’écart additionne",
                columns,
                rows,
                note=mark(
                    "Écart courant : distance entre les quartiles, divisée par 1,349. Une ligne "
                    "sans écart n’est pas utilisée : trop peu de territoires ont ce chiffre dans "
                    "les données chargées."
                ),
            ),
        ),
    )


def _weight_row(found: Resembling, place: int) -> tuple[Cell, ...]:
    variable, spread = found.variables[place], float(found.spread[place])
    known = float(np.mean(~np.isnan(found.context.values[:, place])))
    usual = "non utilisé" if np.isnan(spread) else _usual(spread, variable)
    return (
        Cell(capitalised(variable.label)),
        Cell(f"{variable.weight:g}".replace(".", ","), variable.weight),
        Cell(usual),
        Cell(percent(known, decimals=0 if known >= 0.01 or not known else 1), round(known, 3)),
        Cell(found.context.vintages[place] or "–"),
    )


def _usual(spread: float, variable: Variable) -> str:
    if variable.log:
        return f"×\u00a0{np.exp(spread):.1f}".replace(".", ",")
    if variable.unit == "share":
        return f"{100 * spread:.1f}\u00a0points".replace(".", ",")
    return value_text(spread, variable.unit)
