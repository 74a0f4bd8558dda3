"""Coordination and partners in the complete portrait: the comité, the network, who meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.network_words import (
    network_figure,
    network_lead,
    network_paragraphs,
    network_tables,
)
from portrea.steering.sections_answers import answer_parts
from portrea.steering.wording import capitalised, counted, enumeration, long_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.network import Network
    from portrea.steering.sections_answers import Answers


@dataclass(frozen=True, slots=True)
class Coordination:
    """The comité as it may be published: bodies, never persons nor what they said.

    ``seats`` gives the bodies by kind of seat; ``concerned`` counts the seats of people concerned;
    ``held`` are the ISO days of the meetings held, newest first; ``decisions`` counts by state, in
    words; ``late`` those whose day is past.
    """

    seats: Mapping[str, tuple[str, ...]]
    concerned: int
    held: tuple[str, ...]
    decisions: Mapping[str, int]
    late: int
    day: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A community of practice: what it is about, its structures, the ISO day it meets next."""

    title: str
    theme: str
    members: tuple[str, ...]
    next_day: str


def partners_sections(
    coordination: Coordination | None,
    network: Network | None,
    circles: Sequence[Circle],
    answers: Answers | None,
) -> tuple[Section, ...]:
    """Return the sections of coordination and partners that have data."""
    made = [
        committee_section(coordination) if coordination else None,
        network_section(network) if network and network.links else None,
        circles_section(circles) if circles else None,
        told_section(answers) if answers else None,
    ]
    return tuple(section for section in made if section is not None)


def committee_section(told: Coordination) -> Section:
    """Say who sits, how often the comité met, and what became of its decisions."""
    total = sum(told.decisions.values())
    met = integer(len(told.held)) if len(told.held) > 1 else "une"
    taken = counted(integer(total), total, "décision est suivie", "décisions sont suivies")
    lead = "Le comité de pilotage est ouvert\u00a0; il ne s’est pas encore réuni ici."
    if told.held:
        taken = taken if total else "aucune décision n’est encore suivie"
        lead = f"Le comité de pilotage s’est réuni {met} fois\u00a0; {taken}."
    tables = [_seats(told)] if told.seats or told.concerned else []
    if total:
        tables.append(_decisions(told))
    last = f"Dernière réunion\u00a0: {long_date(told.held[0])}." if told.held else ""
    return Section(
        "partenaires-comite", "Le comité de pilotage", Sentence(lead),
        paragraphs=(last,) if last else (), tables=tuple(tables),
        notes=(f"Comité de pilotage suivi dans Portrea, au {long_date(told.day)}.",),
    )  # fmt: skip


def network_section(network: Network) -> Section:
    """Say who works with whom, and who is alone."""
    figure = network_figure(network, "Qui travaille avec qui")
    return Section(
        "partenaires-reseau", "Qui travaille avec qui", network_lead(network),
        paragraphs=network_paragraphs(network), tables=network_tables(network),
        figures=(figure,) if figure else (),
        notes=(
            "Liens déclarés par les structures, et orientations transmises par le site quand il y "
            "en a cinq au moins.",
        ),
    )  # fmt: skip


def circles_section(circles: Sequence[Circle]) -> Section:
    """List the communities of practice."""
    count = counted(
        integer(len(circles)), len(circles), "communauté de pratique réunit",
        "communautés de pratique réunissent",
    )  # fmt: skip
    rows = tuple(
        (
            Cell(one.title),
            Cell(one.theme),
            Cell(integer(len(one.members)), float(len(one.members))),
            Cell(enumeration(one.members) or "–"),
            Cell(long_date(one.next_day) or "non fixée"),
        )
        for one in circles
    )
    columns = (
        Column("Communauté"), Column("Thème"), Column("Structures", numeric=True),
        Column("Lesquelles"), Column("Prochaine rencontre"),
    )  # fmt: skip
    table = Table("partenaires-communautes-liste", "Communautés de pratique", columns, rows)
    lead = Sentence(f"{capitalised(count)} des structures autour d’un thème.")
    return Section("partenaires-communautes", "Les communautés de pratique", lead, tables=(table,))


def told_section(answers: Answers) -> Section | None:
    """Say what structures answered of their partners, funders and priorities."""
    parts = answer_parts(answers, "partenaires-reponses")
    if not parts:
        return None
    title = "Partenaires, financeurs et priorités"
    lead = Sentence(f"Ce qu’en disent {answers.count} structures qui ont répondu.")
    return Section("partenaires-reponses", title, lead, notes=(answers.source,), parts=parts)


def _seats(told: Coordination) -> Table:
    rows = [
        (Cell(kind), Cell(integer(len(bodies)), float(len(bodies))), Cell(enumeration(bodies)))
        for kind, bodies in told.seats.items()
    ]
    if told.concerned:
        words = "nul n’est nommé"
        count = Cell(integer(told.concerned), float(told.concerned))
        rows.append((Cell("Personnes concernées"), count, Cell(words)))
    columns = (Column("Siège"), Column("Sièges", numeric=True), Column("Organismes"))
    return Table("partenaires-sieges", "Qui siège au comité", columns, tuple(rows))


def _decisions(told: Coordination) -> Table:
    rows = [(Cell(name), Cell(integer(n), float(n))) for name, n in told.decisions.items() if n]
    if told.late:
        rows.append((Cell("dont en retard"), Cell(integer(told.late), float(told.late))))
    columns = (Column("Où elle en est"), Column("Décisions", numeric=True))
    return Table("partenaires-decisions", "Décisions du comité", columns, tuple(rows))
