"""Needs: by axis and by area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering import display, measures, remarks
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_bars import interval_bars
from portrea.steering.figures_map import Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.steering.wording import capitalised, enumeration, level_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.reading import AreaEstimate
    from portrea.steering.subject import Area, Subject

Estimates = dict[tuple[str, str, str], "AreaEstimate"]
MOST_ROWS = 200
TABLES = (("zones-besoins", ("a1", "a2", "a3")), ("zones-exigences", ("b", "c")))
CHARTED = ("a1", "a2", "a3", "b", "b_sum", "c")
"""Measures of the chart of shares."""


def available(subject: Subject) -> list[str]:
    """Measures that have a number for the whole subject, in order."""
    found = {m: subject.estimate(m) for m in measures.SHOWN}
    return [m for m, estimate in found.items() if estimate is not None and estimate.available]


def needs_section(subject: Subject) -> Section:
    """Say every measure of the territory: sentence, chart, table."""
    found = {measure: subject.estimate(measure) for measure in measures.SHOWN}
    known = [m for m in measures.SHOWN if (e := found[m]) is not None and e.available]
    said = [
        measures.sentence(found[m], m, subject.here, meaning=remarks.meaning(subject.reader, m))
        for m in known
        if m in measures.SAID
    ]
    lead = said[0] if said else Sentence(without_measure(subject))
    return Section(
        "besoins",
        "Les besoins",
        lead,
        paragraphs=(
            *(sentence.text for sentence in said[1:]),
            *remarks.declared_levels(found),
            *remarks.quadrant(subject),
            *remarks.top_tenth(subject, found),
        ),
        tables=(_measures_table(subject, found),),
        figures=_measure_chart(subject, found, known),
        notes=(
            *_caution(found),
            *remarks.grade_reasons(found),
        ),
    )


def _measures_table(subject: Subject, found: Mapping[str, AreaEstimate | None]) -> Table:
    columns = (
        Column("Mesure"),
        Column("Population de référence", numeric=True),
        Column("Personnes, intervalle", numeric=True),
        Column("Estimation centrale", numeric=True),
        Column("Part, intervalle", numeric=True),
        Column("Qualité"),
        Column("Intervalle à 80\u202f%", numeric=True),
        Column("Millésimes"),
    )
    return Table(
        "besoins-mesures",
        f"Personnes concernées {subject.here}, par mesure",
        columns,
        tuple(_measure_row(measure, found[measure]) for measure in measures.SHOWN),
        note="Intervalle à 95\u202f%, ou bornes quand aucune estimation centrale n’est possible. "
        "La charge se compte en démarches par an.",
    )


def _caution(found: Mapping[str, AreaEstimate | None]) -> tuple[str, ...]:
    limit = display.rule("cautious_below")
    people = [e.population for e in found.values() if e is not None and e.population is not None]
    if not people or max(people) >= limit:
        return ()
    return (f"Moins de {limit} personnes\u00a0: très petit territoire, à lire avec prudence.",)


def without_measure(subject: Subject) -> str:
    """Say why no measure is shown."""
    if subject.masked:
        names = enumeration([commune.name.plain for commune in subject.communes])
        return (
            "L’estimation de ce quartier n’est pas publiée\u00a0: il est trop petit, trop peu "
            "habité, ou voisin d’un tel quartier\u202f; "
            f"voyez la commune\u00a0: {names}."
        )
    if subject.level == "qpv":
        names = enumeration([commune.name.plain for commune in subject.communes])
        return (
            "Les besoins d’un quartier prioritaire ne sont pas encore estimés par Portrea\u202f; "
            f"voyez la commune\u00a0: {names or 'inconnue'}."
        )
    return f"Aucune estimation n’est disponible {subject.here} avec les données chargées."


def _measure_row(measure: str, estimate: AreaEstimate | None) -> tuple[Cell, ...]:
    population = estimate.population if estimate is not None else None
    universe = Cell("–")
    if population is not None:
        universe = Cell(display.people(population), display.rounded_people(population))
    return (
        Cell(measures.words(measure).title),
        universe,
        measures.interval_cell(estimate),
        measures.central_cell(estimate),
        measures.share_cell(estimate),
        measures.quality_cell(estimate),
        measures.likely_cell(estimate),
        Cell(measures.vintages(estimate)),
    )


def _measure_chart(
    subject: Subject, found: Mapping[str, AreaEstimate | None], known: Sequence[str]
) -> tuple[Figure, ...]:
    if not set(CHARTED) & set(known):
        return ()
    bars = [measures.share_bar(measures.words(m).short, found[m]) for m in known if m in CHARTED]
    title = f"Part des personnes concernées {subject.here}"
    listed = "\u202f; ".join(f"{bar.label}\u00a0: {bar.words}" for bar in bars)
    caption = Caption("fig-besoins", title, f"Intervalles en pourcentage. {listed}.")
    svg = interval_bars(caption, bars)
    return (Figure(caption.id, title, caption.description, svg, "besoins-mesures"),)


# -- by area --------------------------------------------------------------------------------------


def areas_section(subject: Subject, *, mapped: Sequence[str] = ()) -> Section | None:
    """List the parts of the territory with intervals and grades, and map them.

    ``mapped``: measures that have their own map, beside the first one available.
    """
    parts = subject.parts
    shown = available(subject)
    if not parts or not shown:
        return None
    estimates = subject.part_estimates
    measure = shown[0]
    plural = level_name(parts[0].level, 2)
    kept = [(name, [m for m in group if m in shown]) for name, group in TABLES]
    tables = [_areas_table(subject, name, group) for name, group in kept if group]
    wanted = dict.fromkeys((measure, *(m for m in mapped if m in shown)))
    drawn = (_areas_map(subject, parts, estimates, m) for m in wanted)
    return Section(
        "zones",
        f"Les besoins par {level_name(parts[0].level)}",
        _areas_lead(parts, estimates, measure, plural),
        tables=tuple(tables),
        figures=tuple(figure for figure in drawn if figure is not None),
        notes=_areas_notes(parts, estimates, measure),
    )


def _areas_lead(parts: Sequence[Area], estimates: Estimates, measure: str, plural: str) -> Sentence:
    ranked = [
        (share, part)
        for part in parts
        if (share := measures.middle_share(estimates.get((part.level, part.code, measure))))
        is not None
    ]
    if len(ranked) < 2:
        return Sentence(f"Ce territoire compte {len(parts)} {plural}.")
    ranked.sort(key=lambda pair: (-pair[0], pair[1].name.plain))
    names = enumeration([part.name.plain for _, part in ranked[:3]])
    short = measures.words(measure).short.lower()
    return Sentence(
        f"La part la plus forte ({short}) se trouve à\u00a0: {names}. "
        "Un écart entre deux zones dont les intervalles se recouvrent n’est pas établi."
    )


def _areas_table(subject: Subject, table_id: str, shown: Sequence[str]) -> Table:
    parts = subject.parts
    level = level_name(parts[0].level)
    columns = [Column(capitalised(level))]
    for measure in shown:
        short = measures.words(measure).short
        columns += [
            Column(f"{short}\u00a0: personnes", numeric=True),
            Column(f"{short}\u00a0: part", numeric=True),
            Column("Qualité"),
        ]
    rows = tuple(_area_row(part, subject.part_estimates, shown) for part in parts[:MOST_ROWS])
    names = enumeration([measures.words(measure).short.lower() for measure in shown])
    caption = f"{capitalised(names)} {subject.here}, par {level}"
    note = ""
    if len(parts) > MOST_ROWS:
        note = (
            f"Les {MOST_ROWS} premières lignes sur {len(parts)}\u202f; le fichier de données les "
            "donne toutes."
        )
    return Table(table_id, caption, tuple(columns), rows, note)


def _area_row(part: Area, estimates: Estimates, shown: Sequence[str]) -> tuple[Cell, ...]:
    cells = [Cell(part.name.plain, territory=part.key)]
    for measure in shown:
        estimate = estimates.get((part.level, part.code, measure))
        if estimate is not None and estimate.withheld:
            cells += [Cell(display.HIDDEN), Cell("–"), Cell("–")]
        else:
            cells += [
                measures.interval_cell(estimate),
                measures.share_cell(estimate),
                measures.quality_cell(estimate),
            ]
    return tuple(cells)


def not_published(count: int) -> str:
    """Say how many IRIS are not shown: « 2 IRIS ne sont pas publiés »."""
    return f"{count} IRIS " + ("ne sont pas publiés" if count > 1 else "n’est pas publié")


def why_hidden() -> str:
    """Say why an IRIS is not shown, without telling the small one from its neighbour."""
    return (
        f"Moins de {display.rule('hidden_below')} personnes, pas de vocation d’habitat, ou voisin "
        "d’un tel quartier, qu’il permettrait de retrouver par soustraction. "
        "Ces habitants sont comptés dans la commune."
    )


def why_confidential() -> str:
    """Say why axis B is not shown where someone's own counts are small."""
    return (
        f"Une liste chargée sur ce site compte moins de {display.rule('threshold')} personnes ici, "
        "ou chez un voisin dont le chiffre se déduirait de celui-ci."
    )


def hidden_parts(parts: Sequence[Area], estimates: Estimates, measure: str) -> int:
    """Count the parts whose numbers exist and are not shown."""
    found = (estimates.get((part.level, part.code, measure)) for part in parts)
    return sum(estimate is not None and estimate.withheld for estimate in found)


def _areas_notes(parts: Sequence[Area], estimates: Estimates, measure: str) -> tuple[str, ...]:
    notes = []
    masked = hidden_parts(parts, estimates, measure)
    if masked:
        notes.append(f"{capitalised(not_published(masked))}. {why_hidden()}")
    tiny = [
        part.name.plain
        for part in parts
        if part.level == "commune"
        and (e := estimates.get((part.level, part.code, measure))) is not None
        and e.population is not None
        and e.population < display.rule("cautious_below")
    ]
    if tiny:
        notes.append(f"Très petites communes, à lire avec prudence\u00a0: {enumeration(tiny)}.")
    return tuple(notes)


def _areas_map(
    subject: Subject, parts: Sequence[Area], estimates: Estimates, measure: str
) -> Figure | None:
    shapes = subject.shapes_of(parts)
    if shapes is None:
        return None
    zones = {}
    for part in parts:
        share = measures.middle_share(estimates.get((part.level, part.code, measure)))
        if share is not None:
            zones[part.code] = Zone(part.code, share, f"{share * 100:.0f}")
    if not zones:
        return None
    said = measures.words(measure)
    title = f"{said.short} par {level_name(parts[0].level)}"
    first = measure == available(subject)[0]
    table = next(name for name, group in TABLES if measure in group)
    caption = Caption(
        "fig-zones" if first else f"carte-{measure}",
        title,
        f"Carte {subject.name.of}. Le nombre écrit sur chaque zone est la part, en pourcentage, "
        "au milieu de l’intervalle. Le tableau des besoins "
        f"par {level_name(parts[0].level)} donne les intervalles.",
    )
    reading = Reading(f"{said.short}\u00a0: part des {said.universe} (milieu de l’intervalle)")
    svg = choropleth(caption, zones, shapes, reading=reading)
    return Figure(caption.id, title, caption.description, svg, table)
