"""Any set of territories side by side: needs with their interval, ranks, context, offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError, TerritoryError
from portrea.base.estimates import integer, percent
from portrea.needs import rank_ranges
from portrea.steering import measures
from portrea.steering.citations import sources_of
from portrea.steering.computation import atoms_of
from portrea.steering.document import Cell, Column, Figure, Kind, Portrait, Section, Sentence, Table
from portrea.steering.figures_bars import interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.sections_method import quality_legend
from portrea.steering.sections_reach import main_situation, reach_rows
from portrea.steering.sections_similar import context_sources, value_text
from portrea.steering.similar import variables
from portrea.steering.subject import Area, Subject
from portrea.steering.wording import capitalised, level_name, mark, minutes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.computation import Inputs
    from portrea.steering.reading import AreaEstimate, Reader
    from portrea.steering.settings import Settings
    from portrea.steering.similar import Context
    from portrea.territory import Selection

    Ranks = Mapping[str, tuple[int, int]]

MOST = 12
"""Territories shown side by side."""
MOST_DRAWS = 500
SIDE_BY_SIDE = Kind("Comparaison", "Territoires côte à côte", "cote-a-cote", ())
KINDS = ("a1", "a2", "a3", "b", "c")
"""Measures that may be asked for."""


def areas_of(reader: Reader, selection: Selection) -> list[Area]:
    """Return the territories of a set; one inside another is welcome, nothing is added up.

    Raises
    ------
    ParameterError
        More than :data:`MOST` territories.
    TerritoryError
        One of them is not in the computation.
    """
    if len(selection.territories) > MOST:
        raise ParameterError(
            f"La liste compte {len(selection.territories)} territoires : {MOST} au plus tiennent "
            "côte à côte.",
            remedy="Retirez-en, ou comparez-les en deux fois.",
        )
    rows = [(t.key, reader.territory(t.level.value, t.code)) for t in selection.territories]
    unknown = [key for key, row in rows if row is None]
    if unknown:
        raise TerritoryError(
            f"Le calcul en service ne connaît pas {', '.join(unknown)}.",
            remedy="Chargez leurs données puis relancez « portrea compute ».",
        )
    return [Area.from_row(row) for _, row in rows if row is not None]


def ranks_of(
    reader: Reader, selection: Selection, measure: str, inputs: Inputs, settings: Settings
) -> Ranks | None:
    """Return the lowest and highest rank of each territory, 95 draws out of 100.

    ``None`` where a rank means nothing: one territory, several levels, or a computation held to
    published totals or to fitted rates, whose draws are not made again here. A territory whose
    number is not shown is not ranked, and ranks nobody.
    """
    areas = areas_of(reader, selection)
    shown = [
        area.code
        for area in areas
        if (e := reader.estimate(area.level, area.code, measure)) is not None
        and e.available
        and e.share.value is not None
    ]
    held = settings.benchmark is not None or settings.fitted is not None
    if len({area.level for area in areas}) != 1 or len(shown) < 2 or held:
        return None
    level = areas[0].level
    found = rank_ranges(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        level=level,
        measure=measure,
        selection=atoms_of(inputs.territories, selection, level),
        codes=shown,
        draws=min(settings.draws, MOST_DRAWS),
        seed=settings.seed,
        parameters=settings.parameters,
    )
    return {code: (low, high) for code, low, high in found.iter_rows()}


def side_by_side(
    reader: Reader,
    selection: Selection,
    *,
    measure: str = "a1",
    ranks: Ranks | None = None,
    contexts: Mapping[str, Context] | None = None,
) -> Portrait:
    """Compose the comparison of a set of territories, in the shape of a portrait.

    Parameters
    ----------
    measure
        One of :data:`KINDS`: the first table, the chart and the ranks.
    ranks
        What :func:`ranks_of` gives.
    contexts
        Context of each level present, by level.

    Raises
    ------
    ParameterError
        Unknown measure, or too many territories.
    """
    if measure not in KINDS:
        raise ParameterError(
            f"La mesure « {measure} » n’existe pas.", remedy=f"Valeurs : {', '.join(KINDS)}."
        )
    areas = areas_of(reader, selection)
    found = reader.estimates_of([(area.level, area.code) for area in areas])
    one = {area.key: found.get((area.level, area.code, measure)) for area in areas}
    ordered = sorted(areas, key=lambda a: -(measures.middle_share(one[a.key]) or -1))
    sections = (
        _measure_section(ordered, one, measure, ranks),
        _all_measures(ordered, found),
        *_context_section(ordered, contexts or {}),
        _offer_section(reader, ordered),
    )
    count = len(areas)
    subject = Subject(reader, areas)
    cited = {source.id: source for source in sources_of(subject)}
    known = _known(_values(areas, contexts or {}))
    for context in (contexts or {}).values():
        cited |= {s.id: s for s in context_sources(reader, context, known)}
    return Portrait(
        territory=selection.key,
        title="Territoires côte à côte",
        of_name=f"de {count} territoires" if count > 1 else areas[0].name.of,
        subtitle=f"{count} territoires" if count > 1 else "Un seul territoire",
        headline=_headline(ordered, one, ranks),
        summary=(),
        key_figures=(),
        sections=sections,
        sources=tuple(cited.values()),
        unknowns=(),
        computation_id=reader.computation_id,
        computed_on=reader.computed_on,
        quality_legend=quality_legend(),
        kind=SIDE_BY_SIDE,
    )


Estimates = dict[str, "AreaEstimate | None"]


def _measure_section(
    areas: Sequence[Area], found: Estimates, measure: str, ranks: Ranks | None
) -> Section:
    words = measures.words(measure)
    rows = tuple(
        (
            Cell(area.name.plain, territory=area.key),
            Cell(capitalised(level_name(area.level))),
            measures.share_cell(found[area.key]),
            measures.interval_cell(found[area.key]),
            _rank_cell(area, ranks),
            measures.quality_cell(found[area.key]),
            Cell(measures.vintages(found[area.key])),
        )
        for area in areas
    )
    columns = (
        Column("Territoire"),
        Column("Niveau"),
        Column("Part", numeric=True),
        Column(capitalised(words.counted[1]), numeric=True),
        Column("Rang", numeric=True),
        Column("Qualité"),
        Column("Données de"),
    )
    table = Table("cote-a-cote", words.title, columns, rows, note=_about_ranks(ranks))
    return Section(
        "mesure",
        capitalised(words.short),
        Sentence(f"{capitalised(words.meaning)}."),
        tables=(table,),
        parts=_chart(areas, found, measure),
        notes=(
            "Deux intervalles qui se recouvrent ne permettent pas de classer deux territoires.",
        ),
    )


def _rank_cell(area: Area, ranks: Ranks | None) -> Cell:
    if ranks is None or area.code not in ranks:
        return Cell("–")
    low, high = ranks[area.code]
    return Cell(f"{low}" if low == high else f"entre {low} et {high}", float(low))


def _about_ranks(ranks: Ranks | None) -> str:
    if ranks is None:
        return mark(
            "Pas de rang : il faut au moins deux territoires du même niveau, dont la part est "
            "connue par un calcul non calé."
        )
    return mark(
        "Rang parmi ces territoires, du plus concerné au moins concerné, 95 tirages sur 100. "
        "«\u202fEntre 1 et 3\u202f» : le premier, le deuxième ou le troisième, on ne tranche pas."
    )


def _headline(areas: Sequence[Area], found: Estimates, ranks: Ranks | None) -> Sentence:
    known = [area for area in areas if (e := found[area.key]) is not None and e.available]
    if len(known) < 2:
        return Sentence("Il faut au moins deux territoires connus pour comparer.")
    if ranks:
        first = [area.name.plain for area in known if ranks.get(area.code) == (1, 1)]
        if first:
            return Sentence(f"{first[0]} vient en premier, quels que soient les tirages retenus.")
        possible = sum(low == 1 for low, _ in ranks.values())
        return Sentence(
            f"{possible} territoires peuvent être le plus concerné\u00a0: l’incertitude ne permet "
            "pas de désigner un premier."
        )
    estimates = [e for area in (known[0], known[-1]) if (e := found[area.key]) is not None]
    high, low = (measures.share_number(e) for e in estimates)
    return Sentence(
        f"De {low.text} ({known[-1].name.plain}) à {high.text} ({known[0].name.plain}).",
        (low, high),
    )


def _chart(areas: Sequence[Area], found: Estimates, measure: str) -> tuple[Section, ...]:
    bars = [measures.share_bar(area.name.short, found[area.key]) for area in areas]
    if not any(bar.low is not None for bar in bars):
        return ()
    listed = "\u202f; ".join(f"{bar.label}\u00a0: {bar.words}" for bar in bars)
    title = f"{measures.words(measure).short}\u00a0: côte à côte"
    caption = Caption("fig-cote-a-cote", title, f"Intervalles en pourcentage. {listed}.")
    figure = Figure(
        caption.id, title, caption.description, interval_bars(caption, bars), "cote-a-cote"
    )
    lead = Sentence("Chaque barre va du bas au haut de l’intervalle.")
    return (Section("mesure-image", "Les mêmes, en image", lead, figures=(figure,)),)


def _all_measures(
    areas: Sequence[Area], found: dict[tuple[str, str, str], AreaEstimate]
) -> Section:
    columns = (
        Column("Territoire"),
        *(Column(measures.words(m).label, numeric=True) for m in KINDS),
    )
    rows = tuple(
        (
            Cell(area.name.plain, territory=area.key),
            *(measures.share_cell(found.get((area.level, area.code, m))) for m in KINDS),
        )
        for area in areas
    )
    table = Table("toutes-mesures", "Part des personnes concernées, par mesure", columns, rows)
    return Section(
        "mesures",
        "Toutes les mesures",
        Sentence("Chaque mesure compte d’autres personnes : elles ne s’additionnent pas."),
        tables=(table,),
    )


def _context_section(areas: Sequence[Area], contexts: Mapping[str, Context]) -> list[Section]:
    """Show the figures of context that at least one of the territories has."""
    values = _values(areas, contexts)
    kept = _known(values)
    if not kept:
        return []
    rows = tuple(
        (
            Cell(area.name.plain, territory=area.key),
            *(_value_cell(values.get(area.key), place) for place in kept),
        )
        for area in areas
    )
    columns = (
        Column("Territoire"),
        *(Column(capitalised(variables()[place].label), numeric=True) for place in kept),
    )
    years = sorted({c.vintages[p] for c in contexts.values() for p in kept if c.vintages[p]})
    return [
        Section(
            "contexte-section",
            "Le contexte",
            Sentence("Ce qui décrit ces territoires, sans rien estimer."),
            tables=(Table("contexte", "Chiffres publiés", columns, rows),),
            notes=(mark(f"Années : {', '.join(years)}."),),
        )
    ]


def _values(areas: Sequence[Area], contexts: Mapping[str, Context]) -> dict[str, np.ndarray]:
    return {
        area.key: contexts[area.level].values[contexts[area.level].codes.index(area.code)]
        for area in areas
        if area.level in contexts and area.code in contexts[area.level].codes
    }


def _known(values: Mapping[str, np.ndarray]) -> list[int]:
    """Return the variables that at least one territory has."""
    places = range(len(variables()))
    return [i for i in places if any(not np.isnan(row[i]) for row in values.values())]


def _value_cell(row: np.ndarray | None, place: int) -> Cell:
    if row is None or np.isnan(row[place]):
        return Cell("inconnu")
    return Cell(value_text(float(row[place]), variables()[place].unit), float(row[place]))


def _offer_section(reader: Reader, areas: Sequence[Area]) -> Section:
    rows = []
    for area in areas:
        subject = Subject(reader, [area])
        reach = reach_rows(subject)
        situation = main_situation(reach)
        row = reach[situation] if situation is not None else {}
        time, beyond = row.get("nearest_minutes"), row.get("share_beyond_20")
        mean = float(time) if isinstance(time, (int, float)) else None
        count = subject.places.height
        rows.append(
            (
                Cell(area.name.plain, territory=area.key),
                Cell(integer(count), float(count)),
                Cell(minutes(mean), mean),
                Cell(percent(float(beyond)) if isinstance(beyond, (int, float)) else "inconnu"),
            )
        )
    columns = (
        Column("Territoire"),
        Column("Lieux d’aide connus", numeric=True),
        Column("Temps moyen en voiture", numeric=True),
        Column("Part à plus de 20 minutes", numeric=True),
    )
    table = Table("offre-cote-a-cote", "L’offre et son accès", columns, tuple(rows))
    return Section(
        "offre",
        "L’offre",
        Sentence("Les lieux connus de Portrea, et le temps pour les rejoindre."),
        tables=(table,),
        notes=("Un lieu oublié d’une liste n’est pas compté.",),
    )
