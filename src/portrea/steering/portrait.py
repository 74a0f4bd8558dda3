"""Compose the portrait of a territory: everything the site and the PDF show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.base.estimates import integer, percent
from portrea.steering import display, measures, remarks
from portrea.steering.citations import sources_of
from portrea.steering.document import KeyFigure, Number, Portrait, Section, Sentence
from portrea.steering.sections_comparison import comparison_section
from portrea.steering.sections_method import (
    method_section,
    published_section,
    quality_legend,
    unknowns_of,
    unknowns_section,
)
from portrea.steering.sections_needs import areas_section, needs_section, without_measure
from portrea.steering.sections_offer import offer_section
from portrea.steering.sections_reach import main_situation, reach_rows, reach_section
from portrea.steering.sections_what_if import what_if_section
from portrea.steering.settings import choices_digest
from portrea.steering.subject import Subject
from portrea.steering.wording import capitalised, enumeration, level_name, long_date, minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import Reader
    from portrea.steering.sections_what_if import Named
    from portrea.territory.hierarchy import Selection, Territory


MOST_KEPT = 128


def build_portrait(reader: Reader, target: Territory | Selection) -> Portrait:
    """Compose the portrait of one territory, or of several taken together.

    Parameters
    ----------
    reader
        View of the computation in force.
    target
        What ``reader.gazetteer.resolve("epci:243500618")`` returns, or one territory.

    Returns
    -------
    Portrait
        Texts, numbers, tables and figures, ready to be shown without computing.

    Raises
    ------
    TerritoryError
        When the computation does not know the territory.
    StoreError
        When no computation is in force.

    Notes
    -----
    A computation is immutable: the portraits last composed from it are kept in the process.
    """
    snapshot = reader.snapshot
    subject = Subject.of(reader, target)
    known = snapshot.composed.get(subject.key)
    if known is None:
        known = snapshot.composed[subject.key] = compose(subject)
        while len(snapshot.composed) > MOST_KEPT:
            snapshot.composed.popitem(last=False)
    return known


def compose(subject: Subject) -> Portrait:
    """Compose a portrait, whatever was composed before."""
    reader = subject.reader
    sources = sources_of(subject)
    unknowns = unknowns_of(subject)
    sections = [
        needs_section(subject),
        areas_section(subject),
        comparison_section(subject),
        offer_section(subject),
        reach_section(subject),
        published_section(subject),
        unknowns_section(subject, unknowns),
        method_section(subject, sources),
    ]
    kept = tuple(section for section in sections if section is not None)
    return Portrait(
        territory=subject.key,
        title=subject.name.plain,
        of_name=subject.name.of,
        subtitle=_subtitle(subject),
        headline=_headline(subject),
        summary=_summary(kept),
        key_figures=_key_figures(subject),
        sections=kept,
        sources=sources,
        unknowns=unknowns,
        computation_id=reader.computation_id,
        computed_on=reader.computed_on,
        quality_legend=quality_legend(),
        parameters=choices_digest(reader.computation.card),
    )


def with_trials(portrait: Portrait, named: Sequence[Named]) -> Portrait:
    """Return a portrait with the trials of « Et si ? » that its territory puts forward."""
    section = what_if_section(named, portrait.computation_id)
    if section is None:
        return portrait
    before = [s.id for s in portrait.sections]
    place = before.index("acces") + 1 if "acces" in before else before.index("inconnu")
    sections = (*portrait.sections[:place], section, *portrait.sections[place:])
    return replace(portrait, sections=sections)


def _subtitle(subject: Subject) -> str:
    kind = level_name(subject.level, len(subject.areas))
    names = [area.name.plain for area in subject.parents if area.level != "france"]
    inside = [name for name in names if name != subject.name.plain]
    communes = len(subject.commune_codes)
    parts = [capitalised(kind)]
    if subject.level not in ("iris", "commune", "qpv"):
        parts.append(f"{integer(communes)} {level_name('commune', communes)}")
    population = _population(subject)
    if population is not None:
        many = f"{display.people(population)} personnes" if population else "aucune personne"
        parts.append(f"{many} de 15 ans ou plus")
    if inside:
        parts.append(enumeration(inside))
    return " · ".join(parts)


def _population(subject: Subject) -> float | None:
    estimate = subject.estimate("a1")
    return estimate.population if estimate is not None else None


def _headline(subject: Subject) -> Sentence:
    for measure in ("a1", "a2", "b"):
        estimate = subject.estimate(measure)
        if estimate is not None and estimate.available:
            meaning = remarks.meaning(subject.reader, measure)
            return measures.sentence(estimate, measure, subject.name.at, meaning=meaning)
    return Sentence(without_measure(subject))


def _summary(sections: tuple[Section, ...]) -> tuple[Sentence, ...]:
    wanted = ("comparaison", "zones", "offre", "acces", "inconnu")
    by_id = {section.id: section for section in sections}
    return tuple(by_id[name].lead for name in wanted if name in by_id)


def _key_figures(subject: Subject) -> tuple[KeyFigure, ...]:
    figures = [_measure_figure(subject, measure) for measure in measures.SAID]
    figures.append(_places_figure(subject))
    rows = reach_rows(subject)
    situation = main_situation(rows)
    if situation is not None:
        figures.append(_reach_figure(rows[situation]))
    return tuple(figures)


def _measure_figure(subject: Subject, measure: str) -> KeyFigure:
    said, meaning = measures.words(measure), remarks.meaning(subject.reader, measure)
    estimate = subject.estimate(measure)
    if estimate is None or not estimate.available:
        return KeyFigure(measure, said.label, Number(display.UNAVAILABLE, quality="N"), meaning)
    share = measures.share_number(estimate).text
    before = f"{said.unit[1]}\u00a0: " if said.unit else f"{share} des {said.universe}\u00a0: "
    detail = meaning if share == display.UNAVAILABLE and not said.unit else before + meaning
    return KeyFigure(measure, said.label, measures.count_number(estimate), detail)


def _places_figure(subject: Subject) -> KeyFigure:
    count, day = subject.places.height, subject.reader.computed_on
    detail = f"tous types, au {long_date(day)}" if day else "tous types"
    return KeyFigure("lieux", "Lieux d’aide connus", Number(integer(count), count), detail)


def _reach_figure(row: dict[str, object]) -> KeyFigure:
    time = row["nearest_minutes"]
    value = float(time) if isinstance(time, (int, float)) else None
    beyond = row["share_beyond_20"]
    if not isinstance(beyond, (int, float)):
        detail = "en voiture\u202f; part au-delà de 20\u00a0minutes inconnue"
    elif beyond < 0.005:
        detail = "en voiture\u202f; presque personne à plus de 20\u00a0minutes"
    else:
        detail = f"en voiture\u202f; {percent(float(beyond))} à plus de 20\u00a0minutes"
    return KeyFigure("temps", "Temps moyen vers une aide", Number(minutes(value), value), detail)
