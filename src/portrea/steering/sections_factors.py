"""What makes procedures harder here than elsewhere: published figures, against references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_strips import Strip, strips
from portrea.steering.figures_style import Caption
from portrea.steering.sections_similar import context_sources, value_text
from portrea.steering.similar import variables
from portrea.steering.wording import capitalised, enumeration, level_name, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.similar import Context, Floats, Variable
    from portrea.steering.subject import Area, Subject

TABLE = "facteurs-reperes"
MOST_ROWS = 200
STANDS_OUT = 0.8
"""From this position (or its mirror), a figure is told in the first sentence."""
RISKS = ("aged", "low_diploma", "poverty", "without_car", "single")
"""Factors told in the first sentence: those that go with fragility in the literature."""
MASCULINE = ("départements", "IRIS")


@dataclass(frozen=True, slots=True)
class Middle:
    """The half of the territories that lies in the middle: quartiles and median."""

    low: float
    median: float
    high: float


def position(values: Floats, place: int) -> float | None:
    """Return the part of the other territories with less, an equal one counting for a half."""
    own = values[place]
    others = np.delete(values, place)
    others = others[~np.isnan(others)]
    if np.isnan(own) or not len(others):
        return None
    return float(((others < own).sum() + (others == own).sum() / 2) / len(others))


def middle(values: Floats) -> Middle:
    """Return the quartiles of the known values."""
    low, median, high = np.quantile(values[~np.isnan(values)], [0.25, 0.5, 0.75])
    return Middle(float(low), float(median), float(high))


def position_words(found: float | None, plural: str) -> str:
    """Say a position: « plus que 8 intercommunalités sur 10 »; empty when unknown."""
    if found is None:
        return ""
    side, tenths = ("plus", found) if found >= 0.5 else ("moins", 1 - found)
    if tenths < 0.55:
        return mark(f"au milieu des {plural}")
    if tenths >= 0.95:
        every = "tous les" if plural in MASCULINE else "toutes les"
        return mark(f"{side} que presque {every} {plural}")
    return mark(f"{side} que {int(tenths * 10 + 0.5)} {plural} sur 10")


def factors_section(
    subject: Subject,
    contexts: Mapping[str, Context],
    areas: Sequence[Area],
) -> Section | None:
    """Compare what describes a territory with larger ones and with those of its level.

    Parameters
    ----------
    contexts
        By level: its own, that of its parents (``france`` included) and that of its parts.
    areas
        The larger territories, from the nearest to France.
    """
    own = contexts.get(subject.level)
    if own is None or subject.areas[0].code not in own.codes:
        return None
    place = own.codes.index(subject.areas[0].code)
    known = [i for i in range(len(variables())) if not np.isnan(own.values[place, i])]
    if not known:
        return None
    figure = _figure(subject, own, place, known)
    return Section(
        "facteurs",
        "Ce qui rend les démarches plus difficiles",
        _lead(subject, own, place, known),
        tables=(_table(subject, contexts, areas, known),),
        figures=(figure,) if figure else (),
        notes=(
            mark(
                "Chiffres publiés, repris tels quels : ils n’ont pas d’intervalle. Un taux qui "
                "n’est publié que par commune est la moyenne des communes, pesée par leurs "
                "habitants. Ce sont des repères : chacun n’explique pas à lui seul le besoin."
            ),
            *(
                mark(f"Source : {source.citation()}.")
                for source in context_sources(subject.reader, own, known)
            ),
        ),
    )


def _lead(subject: Subject, own: Context, place: int, known: Sequence[int]) -> Sentence:
    plural = level_name(subject.level, 2)
    told = []
    for i in known:
        found = position(own.values[:, i], place)
        if variables()[i].id in RISKS and found is not None and found >= STANDS_OUT:
            text = value_text(float(own.values[place, i]), variables()[i].unit)
            told.append(f"{short(variables()[i])} ({text}, {position_words(found, plural)})")
    if not told:
        return Sentence(
            mark(f"Aucun de ces facteurs ne place {subject.name.plain} parmi les plus exposés.")
        )
    return Sentence(mark(f"Plus fréquent qu’ailleurs {subject.here} : {enumeration(told)}."))


def short(variable: Variable) -> str:
    """Return the words of a variable without how it was made."""
    return variable.label.partition(", moyenne")[0]


def _table(
    subject: Subject, contexts: Mapping[str, Context], areas: Sequence[Area], known: Sequence[int]
) -> Table:
    own = contexts[subject.level]
    place = own.codes.index(subject.areas[0].code)
    columns = (
        Column("Ce qui décrit le territoire"),
        Column(subject.name.short, numeric=True),
        *(Column(area.name.short, numeric=True) for area in areas),
        Column(f"Parmi les {level_name(subject.level, 2)}"),
        Column("Année"),
    )
    rows = []
    for i in known:
        variable = variables()[i]
        values = [float(own.values[place, i]), *(_of(contexts, area, i) for area in areas)]
        said = position_words(position(own.values[:, i], place), level_name(subject.level, 2))
        rows.append(
            (
                Cell(capitalised(variable.label)),
                *(_cell(value, variable) for value in values),
                Cell(said or "–"),
                Cell(own.vintages[i] or "–"),
            )
        )
    return Table(TABLE, f"Le contexte {subject.here}, et ailleurs", columns, tuple(rows))


def _of(contexts: Mapping[str, Context], area: Area, i: int) -> float:
    context = contexts.get(area.level)
    if context is None or area.code not in context.codes:
        return float("nan")
    return float(context.values[context.codes.index(area.code), i])


def _cell(value: float, variable: Variable) -> Cell:
    return Cell(value_text(value, variable.unit), None if np.isnan(value) else value)


def _figure(subject: Subject, own: Context, place: int, known: Sequence[int]) -> Figure | None:
    lines = []
    for i in known:
        values, variable = own.values[:, i], variables()[i]
        if position(values, place) is None:
            continue
        words = value_text(float(values[place]), variable.unit)
        usual = middle(values)
        between = " à ".join(value_text(v, variable.unit) for v in (usual.low, usual.high))
        lines.append(
            Strip.of(
                capitalised(short(variable)), values, place, told=(words, between), log=variable.log
            )
        )
    if not lines:
        return None
    plural = level_name(subject.level, 2)
    title = mark(f"{subject.name.plain} parmi les {plural}")
    listed = "\u202f; ".join(
        f"{line.label}\u00a0: {line.words}, la moitié du milieu de {line.usual}" for line in lines
    )
    caption = Caption("fig-facteurs", title, f"{listed}.")
    svg = strips(caption, lines, mark(f"bande : la moitié du milieu des {plural}"))
    return Figure(caption.id, title, caption.description, svg, TABLE)
