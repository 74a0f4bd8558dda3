"""What describes the parts of a territory: a table of them all, and the map of the oldest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_map import Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.steering.sections_factors import short
from portrea.steering.sections_similar import value_text
from portrea.steering.similar import variables
from portrea.steering.wording import capitalised, enumeration, level_name, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.similar import Context
    from portrea.steering.subject import Area, Subject

TABLE = "facteurs-zones"
MOST_ROWS = 200
MOST_UNKNOWN = 0.5
"""A figure that more of the parts lack is not a column."""
MAPPED = "aged"


def factor_areas_section(subject: Subject, context: Context) -> Section | None:
    """Tell each part of a territory by its context; ``context``: that of their level."""
    parts = [part for part in subject.parts if part.code in context.codes]
    if not parts:
        return None
    places = [context.codes.index(part.code) for part in parts]
    values = context.values[places]
    known = [i for i in range(len(variables())) if np.isnan(values[:, i]).mean() <= MOST_UNKNOWN]
    if not known:
        return None
    figure = _map(subject, parts, values)
    return Section(
        "contexte-zones",
        f"Le contexte par {level_name(parts[0].level)}",
        _lead(parts, values),
        tables=(_table(subject, parts, context, values, known),),
        figures=(figure,) if figure else (),
    )


def _mapped() -> int:
    return next(i for i, variable in enumerate(variables()) if variable.id == MAPPED)


def _lead(parts: Sequence[Area], values: np.ndarray) -> Sentence:
    column = values[:, _mapped()]
    order = [i for i in np.argsort(-column, kind="stable") if not np.isnan(column[i])][:3]
    if not order:
        return Sentence(mark(f"{len(parts)} {level_name(parts[0].level, 2)} sont décrites."))
    named = [f"{parts[i].name.plain} ({value_text(float(column[i]), 'share')})" for i in order]
    label = short(variables()[_mapped()])
    return Sentence(
        mark(f"La part des habitants de {label} est la plus forte à : {enumeration(named)}.")
    )


def _table(
    subject: Subject,
    parts: Sequence[Area],
    context: Context,
    values: np.ndarray,
    known: Sequence[int],
) -> Table:
    level = level_name(parts[0].level)
    columns = (
        Column(capitalised(level)),
        *(Column(capitalised(short(variables()[i])), numeric=True) for i in known),
    )
    rows = tuple(
        (Cell(part.name.plain, territory=part.key), *(_cell(float(line[i]), i) for i in known))
        for part, line in zip(parts[:MOST_ROWS], values, strict=False)
    )
    years = sorted({year for i in known for year in context.vintages[i].split(", ") if year})
    note = mark(f"Chiffres publiés, années : {', '.join(years)}.")
    if len(parts) > MOST_ROWS:
        note = mark(f"Les {MOST_ROWS} premières lignes sur {len(parts)}. ") + note
    return Table(TABLE, mark(f"Le contexte {subject.here}, par {level}"), columns, rows, note)


def _cell(value: float, i: int) -> Cell:
    return Cell(value_text(value, variables()[i].unit), None if np.isnan(value) else value)


def _map(subject: Subject, parts: Sequence[Area], values: np.ndarray) -> Figure | None:
    shapes = subject.shapes_of(parts)
    if shapes is None:
        return None
    column = values[:, _mapped()]
    zones = {
        part.code: Zone(part.code, float(value), f"{value * 100:.0f}")
        for part, value in zip(parts, column, strict=True)
        if not np.isnan(value)
    }
    if not zones:
        return None
    label = capitalised(short(variables()[_mapped()]))
    title = f"{label}, par {level_name(parts[0].level)}"
    description = mark(
        f"Carte {subject.name.of}. Le nombre écrit sur chaque zone est la part, en pourcentage ; "
        "le tableau du contexte donne chaque chiffre."
    )
    caption = Caption("carte-ages", title, description)
    svg = choropleth(caption, zones, shapes, reading=Reading(f"{label} : part des habitants"))
    return Figure(caption.id, title, description, svg, TABLE)
