"""The pack of the comité de pilotage: need, access, priority areas, trials, methods, in one object.

It has the shape of a portrait, whose sentences, tables and drawings it takes as they are: a number
is the same on the page, in the portrait and in the pack. A chapter more is a section more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, TerritoryError
from portrea.reach.priority_rules import default_rule
from portrea.steering import priority_ground
from portrea.steering.document import PACK, Section, Sentence
from portrea.steering.helping import offer_of
from portrea.steering.portrait import build_portrait
from portrea.steering.priorities import usual_first
from portrea.steering.reach_methods import groups
from portrea.steering.reading import Reader
from portrea.steering.sections_priorities import priorities_section
from portrea.steering.sections_reach import reach_section
from portrea.steering.sections_what_if import what_if_section
from portrea.steering.subject import Subject
from portrea.steering.wording import mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portrea.steering.document import Portrait, Table
    from portrea.steering.offering import Offer
    from portrea.steering.reach_methods import Method
    from portrea.steering.sections_what_if import Named
    from portrea.territory import Selection

    Prepare = Callable[[Selection], priority_ground.Ground]

IN_BRIEF = (0, 2, 4, 5)
"""Columns of the table of needs that a comité reads: measure, persons, share, grade."""
OF_PLACES = ("lieux", "temps")
"""Key figures left out when the places are not those of the computation."""
SUMMARY = ("comparaison", "acces", "priorites", "essais", "inconnu")
EXPLAINED = ("times", "nearest", "2sfca", "e2sfca", "priorities")
"""Methods that the chapters of the pack rest on, in the order in which they build on each other."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The priority areas as their page shows them at first: help with a procedure, by car."""

    reader: Reader

    def __call__(self, selection: Selection) -> priority_ground.Ground:
        """Gather what they stand on."""
        measure = priority_ground.measure_asked(self.reader, selection, "")
        question = priority_ground.Question(measure=measure)
        return priority_ground.prepare(self.reader, selection, question)


def build_pack(
    reader: Reader,
    selection: Selection,
    *,
    named: Sequence[Named] = (),
    prepare: Prepare | None = None,
) -> Portrait:
    """Compose the pack of a territory.

    Parameters
    ----------
    reader, selection
        The computation in force and the places it is given, the territory.
    named
        Trials of « Et si ? » to show side by side.
    prepare
        Gives what the priority areas stand on; a door may keep what it gave before.

    Raises
    ------
    TerritoryError
        When the computation does not know the territory.
    """
    portrait = build_portrait(Reader(reader.store), selection)
    offer = offer_of(reader)
    sections = [
        _need(portrait),
        portrait.section("comparaison"),
        _access(reach_section(Subject.of(reader, selection)), offer),
        _priorities(selection, prepare or Usual(reader)),
        what_if_section(named, portrait.computation_id) or _no_trial(),
        _methods(),
        _unknown(portrait),
    ]
    kept = tuple(section for section in sections if section is not None)
    by_id = {section.id: section for section in kept}
    summary = tuple(by_id[name].lead for name in SUMMARY if name in by_id)
    figures = tuple(f for f in portrait.key_figures if not offer.state or f.id not in OF_PLACES)
    return replace(portrait, kind=PACK, sections=kept, summary=summary, key_figures=figures)


def _need(portrait: Portrait) -> Section | None:
    """Return the need in brief: the sentences, and the columns a comité reads."""
    found = portrait.section("besoins")
    if found is None:
        return None
    tables = tuple(_columns(table, IN_BRIEF) for table in found.tables)
    return replace(found, title="Le besoin, en bref", tables=tables)


def _columns(table: Table, kept: Sequence[int]) -> Table:
    """Return a table with some of its columns."""
    columns = tuple(table.columns[i] for i in kept)
    rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
    return replace(table, columns=columns, rows=rows)


def _access(found: Section | None, offer: Offer) -> Section | None:
    """Return the access in brief: every need, then the farthest communes; no map, no long list."""
    if found is None:
        return None
    tables = tuple(t for t in found.tables if t.id in ("acces-situations", "acces-communes"))
    notes = (*found.notes, mark(f"Lieux : {offer.told}."))
    return replace(found, title="L’accès, en bref", tables=tables, figures=(), notes=notes)


def _priorities(selection: Selection, prepare: Prepare) -> Section:
    try:
        ground = prepare(selection)
    except (ParameterError, TerritoryError) as error:
        return Section(
            "priorites",
            "Où l’aide manque le plus",
            Sentence("Les zones prioritaires ne sont pas classées ici."),
            notes=(f"{error.message} {error.remedy or ''}".strip(),),
        )
    return priorities_section(ground, default_rule(first=usual_first(ground)))


def _no_trial() -> Section:
    return Section(
        "essais",
        "Et si ? Les essais mis en avant",
        Sentence("Aucun essai n’est mis en avant pour ce territoire."),
        paragraphs=(
            mark(
                "Le référent en choisit trois au plus, parmi ceux qu’il a enregistrés depuis la "
                "page « Et si ? »."
            ),
        ),
    )


def _methods() -> Section:
    """Explain what the pack rests on, one method at a time."""
    every = {method.id: method for _, _, members in groups() for method in members}
    return Section(
        "methodes",
        "Comment ces chiffres sont faits",
        Sentence("Cinq idées suffisent pour lire ce dossier."),
        parts=tuple(_explained(every[name]) for name in EXPLAINED),
        notes=(
            mark(
                "« Entre 340 et 420 » : 95 chances sur 100 que le vrai nombre soit là, si les "
                "suppositions sont justes. L’intervalle vient du nombre de personnes ; il ne "
                "contient ni l’erreur des temps de trajet, ni celle d’un lieu oublié."
            ),
        ),
    )


def _explained(method: Method) -> Section:
    known = mark(f"À savoir : {uncapitalised(method.blind)}")
    lead = Sentence(method.sentence)
    return Section(f"methode-{method.id}", method.name, lead, paragraphs=(method.picture, known))


def _unknown(portrait: Portrait) -> Section | None:
    """Return what is not known, without the commands that would load it."""
    found = portrait.section("inconnu")
    if found is None:
        return None
    return replace(found, tables=tuple(_columns(table, (0, 1)) for table in found.tables))
