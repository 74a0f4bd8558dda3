"""Needs compared with the larger territories and the neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering import display, measures
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_bars import interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.sections_needs import available
from portrea.steering.wording import capitalised, level_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import AreaEstimate
    from portrea.steering.subject import Area, Subject


def comparison_section(subject: Subject) -> Section | None:
    """Compare with the larger territories and the neighbours."""
    shown = available(subject)
    if not shown:
        return None
    measure = shown[0]
    own = subject.estimate(measure)
    others = (*subject.parents, *subject.neighbours)
    estimates = subject.reader.estimates_of(subject.keys(others))
    found = {area.key: estimates.get((area.level, area.code, measure)) for area in others}
    kept = [area for area in others if (e := found[area.key]) is None or not e.withheld]
    if own is None or not kept:
        return None
    lines = [(area, estimates.get((area.level, area.code, measure))) for area in kept]
    table = _comparison_table(subject, own, lines, measure)
    return Section(
        "comparaison",
        "Comparaison",
        _comparison_lead(subject, own, lines),
        tables=(table,),
        figures=(_comparison_chart(subject, own, lines, measure),),
        notes=(
            "Deux intervalles qui se recouvrent ne permettent pas de classer deux territoires.",
        ),
    )


def _comparison_lead(
    subject: Subject,
    own: AreaEstimate,
    lines: Sequence[tuple[Area, AreaEstimate | None]],
) -> Sentence:
    parents = [(a, e) for a, e in lines if a in subject.parents and e is not None and e.available]
    if not parents:
        return Sentence("Aucun territoire plus grand n’est disponible pour comparer.")
    area, other = parents[-1]
    share, theirs = measures.share_number(own), measures.share_number(other)
    if share.text == display.UNAVAILABLE:
        return Sentence(f"La part n’est pas connue {subject.here}\u00a0: pas de comparaison.")
    verdict = compared(own, other)
    return Sentence(
        f"{capitalised(share.text)} {subject.here}, {theirs.text} {area.name.at}\u00a0: {verdict}.",
        (share, theirs),
    )


def compared(own: AreaEstimate, other: AreaEstimate) -> str:
    """Say how two shares compare, without ranking intervals that overlap."""
    ours, theirs = display.shown_share(own.share), display.shown_share(other.share)
    if ours.low is None or ours.high is None or theirs.low is None or theirs.high is None:
        return "la comparaison n’est pas possible"
    if ours.low > theirs.high:
        return "la part est plus élevée"
    if ours.high < theirs.low:
        return "la part est plus faible"
    return "les intervalles se recouvrent, l’écart n’est pas établi"


def _comparison_table(
    subject: Subject,
    own: AreaEstimate,
    lines: Sequence[tuple[Area, AreaEstimate | None]],
    measure: str,
) -> Table:
    rows = [
        (
            Cell(subject.name.plain, strong=True),
            Cell("ce territoire"),
            measures.share_cell(own),
            measures.interval_cell(own),
            measures.quality_cell(own),
        )
    ]
    for area, estimate in lines:
        kind = level_name(area.level) if area in subject.parents else subject.neighbour_word
        rows.append(
            (
                Cell(area.name.plain, territory=area.key),
                Cell(kind),
                measures.share_cell(estimate),
                measures.interval_cell(estimate),
                measures.quality_cell(estimate),
            )
        )
    columns = (
        Column("Territoire"),
        Column("Niveau"),
        Column("Part", numeric=True),
        Column("Personnes", numeric=True),
        Column("Qualité"),
    )
    return Table("comparaison-parts", measures.words(measure).title, columns, tuple(rows))


def _comparison_chart(
    subject: Subject,
    own: AreaEstimate,
    lines: Sequence[tuple[Area, AreaEstimate | None]],
    measure: str,
) -> Figure:
    own_label = subject.name.short if len(subject.areas) == 1 else "Ce territoire"
    bars = [measures.share_bar(own_label, own, strong=True)]
    bars += [measures.share_bar(area.name.short, estimate) for area, estimate in lines]
    title = f"{measures.words(measure).short}\u00a0: comparaison"
    listed = "\u202f; ".join(f"{bar.label}\u00a0: {bar.words}" for bar in bars)
    caption = Caption("fig-comparaison", title, f"Intervalles en pourcentage. {listed}.")
    svg = interval_bars(caption, bars)
    return Figure(caption.id, title, caption.description, svg, "comparaison-parts")
