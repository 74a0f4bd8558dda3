"""What is not known, what was published elsewhere, and where every number comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import Quality, integer, percent
from portrea.steering import display, measures
from portrea.steering.citations import lists_read, sources_of
from portrea.steering.display import parameters
from portrea.steering.document import (
    Cell,
    Column,
    Section,
    Sentence,
    Source,
    Table,
    Unknown,
)
from portrea.steering.remarks import benchmark_state, definition
from portrea.steering.sections_needs import (
    hidden_parts,
    not_published,
    why_confidential,
    why_hidden,
    without_measure,
)
from portrea.steering.sections_reach import reach_rows
from portrea.steering.wording import capitalised, enumeration

if TYPE_CHECKING:
    from portrea.steering.subject import Subject

LOAD = "portrea data add FICHIER"
IMPORT = "portrea offer import FICHIER"
UNVERIFIED = "non vérifié"
TOWN_HALL = "MUNI"


def unknowns_of(subject: Subject) -> tuple[Unknown, ...]:
    """List what the portrait does not know, each with the command that would load it."""
    if subject.masked:
        return (Unknown("Les besoins de ce quartier\u00a0: non publiés", why_hidden()),)
    wanted = () if subject.level == "qpv" or _empty(subject) else ("a1", "a2", "b", "c")
    found = [u for m in wanted if (u := _unknown_measure(subject, m)) is not None]
    if subject.level == "qpv":
        found = [Unknown("Les besoins du quartier prioritaire", without_measure(subject))]
    if not subject.places.height:
        found.append(_missing("places", command=IMPORT))
    elif set(subject.places["kind"].to_list()) == {TOWN_HALL}:
        found.append(_missing("other_places", command=IMPORT))
    if not reach_rows(subject) and subject.level != "qpv":
        found.append(_missing("reach", command=IMPORT))
    found += _hidden_areas(subject)
    return (*found, *_unverified(subject))


def _empty(subject: Subject) -> bool:
    """Whether nobody lives there, which is known and leaves nothing to load."""
    estimate = subject.estimate("a1")
    return estimate is not None and estimate.available and estimate.population == 0


def _unknown_measure(subject: Subject, measure: str) -> Unknown | None:
    estimate = subject.estimate(measure)
    if estimate is not None and estimate.withheld:
        return Unknown(f"{measures.words(measure).title}\u00a0: non publié", why_confidential())
    if estimate is None or not estimate.available:
        return _missing(measure, why="nothing")
    if measures.bounds_only(estimate):
        return _missing(measure, state="bornes seulement")
    if estimate.quality is Quality.D:
        return _missing(measure, state="estimation grossière, qualité D", why="rough")
    return None


def _missing(
    name: str, *, state: str = "non disponible", command: str = LOAD, why: str = "why"
) -> Unknown:
    card = parameters("missing")[name]
    what = f"{card['what']}\u00a0: {state}"
    reason = card.get(why, card["why"])
    return Unknown(what, f"{capitalised(reason)}. Charger\u00a0: {card['files']}.", command)


def _hidden_areas(subject: Subject) -> list[Unknown]:
    masked = hidden_parts(subject.parts, subject.part_estimates, "a1")
    return [Unknown(not_published(masked), why_hidden())] if masked else []


def _unverified(subject: Subject) -> list[Unknown]:
    titles = list(dict.fromkeys(s.title for s in sources_of(subject) if not s.verified))
    if not titles:
        return []
    many = len(titles) > 1
    return [
        Unknown(
            f"{len(titles)} source{'s' if many else ''} non vérifiée{'s' if many else ''}",
            f"L’adresse ou le format n’a pas été vu dans un texte public\u00a0: "
            f"{enumeration(titles)}.",
        )
    ]


def unknowns_section(subject: Subject, unknowns: tuple[Unknown, ...]) -> Section:
    """Show what is not known as a table: what, why, command."""
    columns = (Column("Ce qui manque"), Column("Pourquoi"), Column("Commande"))
    rows = tuple((Cell(u.what), Cell(u.why), Cell(u.command or "–")) for u in unknowns)
    table = Table("inconnu-liste", "Ce que l’on ne sait pas", columns, rows)
    lead = (
        f"{integer(len(unknowns))} information{'s' if len(unknowns) > 1 else ''} "
        f"manque{'nt' if len(unknowns) > 1 else ''} ou reste{'nt' if len(unknowns) > 1 else ''} "
        f"imprécise{'s' if len(unknowns) > 1 else ''} {subject.here}. "
        "Portrea ne remplace jamais un chiffre absent par une moyenne."
        if unknowns
        else "Toutes les mesures sont disponibles pour ce territoire."
    )
    tables = (table,) if unknowns else ()
    return Section("inconnu", "Ce que l’on ne sait pas", Sentence(lead), tables=tables)


# -- published figures ----------------------------------------------------------------------------


def published_section(subject: Subject) -> Section | None:
    """Set the figures PorTReA published for the pilot territory beside ours."""
    card = parameters("published")
    own = {area.key for area in subject.areas}
    figures = [f for f in card["figures"] if set(f["territories"]) == own]
    if not figures:
        return None
    columns = (
        Column("Chiffre publié par PorTReA"),
        Column("Valeur publiée", numeric=True),
        Column("Notre chiffre", numeric=True),
        Column("Source publiée"),
    )
    rows = tuple(_published_row(subject, figure) for figure in figures)
    table = Table("publie-chiffres", "Publié et recalculé", columns, rows)
    kinds = {"places" if f["measure"] == "places" else "share" for f in figures}
    reasons = tuple(reason for kind in sorted(kinds) for reason in card["reasons"][kind])
    return Section(
        "publie",
        "Ce que PorTReA avait publié",
        Sentence(
            "PorTReA a publié des chiffres pour ce territoire. Ils sont montrés à côté des nôtres "
            "et n’entrent dans aucun calcul."
        ),
        paragraphs=("Pourquoi les deux chiffres diffèrent\u00a0:", *reasons),
        tables=(table,),
    )


def _published_row(subject: Subject, figure: dict[str, object]) -> tuple[Cell, ...]:
    value = float(str(figure["value"]))
    if figure["measure"] == "places":
        count = subject.places.height
        shown, ours = integer(value), Cell(f"{integer(count)} lieux", float(count))
    else:
        estimate = subject.estimate(str(figure["measure"]))
        shown, ours = percent(value), measures.share_cell(estimate)
    checked = "" if figure["verified"] else f" ({UNVERIFIED})"
    source = f"{figure['producer']}, {figure['vintage']}{checked}"
    words = str(figure["words"])
    return (Cell(words[:1].upper() + words[1:]), Cell(shown, value), ours, Cell(source))


# -- sources --------------------------------------------------------------------------------------


def method_section(subject: Subject, sources: tuple[Source, ...]) -> Section:
    """Cite the sources and explain the grades and the rounding."""
    shown = [m for m in measures.SHOWN if (e := subject.estimate(m)) is not None and e.available]
    legend = tuple((Cell(letter), Cell(words)) for letter, words in quality_legend())
    return Section(
        "methode",
        "Méthode et sources",
        Sentence(
            "Chaque nombre est une estimation faite à partir de données publiques, avec un "
            "intervalle et une lettre de qualité."
        ),
        paragraphs=(
            *(f"{measures.words(m).title}. {definition(subject.reader, m)}" for m in shown),
            *_lists_read(subject),
            benchmark_state(subject.reader),
        ),
        tables=(
            Table(
                "methode-qualite",
                "Les lettres de qualité",
                (Column("Lettre"), Column("Ce qu’elle veut dire")),
                legend,
            ),
            _sources_table(sources),
        ),
        notes=_rounding_notes(),
    )


def _sources_table(sources: tuple[Source, ...]) -> Table:
    columns = (
        Column("Producteur"),
        Column("Données"),
        Column("Millésime"),
        Column("Licence"),
        Column("Vérifié"),
    )
    rows = tuple(
        (
            Cell(source.producer),
            Cell(source.title),
            Cell(source.vintage),
            Cell(source.licence),
            Cell("oui" if source.verified else UNVERIFIED),
        )
        for source in sources
    )
    return Table(
        "methode-sources",
        "Les sources utilisées",
        columns,
        rows,
        note="Les territoires comparés ont leurs sources dans leur propre portrait.",
    )


def _lists_read(subject: Subject) -> tuple[str, ...]:
    """Name the lists behind axis B, each with its year and the category its source tells."""
    read = lists_read(subject)
    return (f"Listes lues pour l’axe B\u00a0: {enumeration(read)}.",) if read else ()


def quality_legend() -> tuple[tuple[str, str], ...]:
    """Letters of quality and their meaning."""
    meanings = parameters("quality")
    return tuple((quality.value, str(meanings[quality.value])) for quality in Quality)


def _rounding_notes() -> tuple[str, ...]:
    return (
        f"Les nombres de personnes sont arrondis à {display.rule('base_iris')} près à l’IRIS et à "
        f"{display.rule('base_other')} près ailleurs, davantage quand l’intervalle est large. "
        "Les bornes sont arrondies vers l’extérieur.",
        f"Un IRIS de moins de {display.rule('hidden_below')} personnes n’est pas publié, ni le "
        "voisin qui permettrait de le retrouver par soustraction.",
    )
