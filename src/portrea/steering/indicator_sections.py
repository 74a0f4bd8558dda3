"""Indicators of activity as sections: one idea first, then its tables, then how to read them.

Small counts are hidden by :mod:`portrea.steering.gathering`: whatever is composed here may leave
the team, be shared or be published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering.document import Cell, Column, Figure, Number, Section, Sentence, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_style import Caption
from portrea.steering.indicator_tables import Compared, course, dimension_table, share_figure
from portrea.steering.indicator_words import (
    DISCREET,
    GATHERED,
    TOO_FEW,
    number_cell,
    percent,
    share_cell,
    share_moved,
    share_text,
)
from portrea.steering.indicators import UNSAID, indicators, share_change, share_of
from portrea.steering.wording import counted, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portrea.steering.indicators import Activity, Indicator, Share

NOTHING = Sentence("Trop peu a été noté dans cette période pour le dire.")
YES, NOT_WHOLLY = "oui", "non"
"""Values of the dimension ``result``: satisfied; not, or in part."""
ACCEPTED, REFUSED, EXPIRED = "accepted", "refused", "expired"
"""Values of the dimension ``handover`` that are answers, or the lack of one."""


def indicator_sections(now: Activity, other: Compared | None = None) -> tuple[Section, ...]:
    """Return every indicator of a period, beside another period or territory."""
    return tuple(
        _explained(card, _MADE[name](card, now, other)) for name, card in indicators().items()
    )


def answers_share(activity: Activity) -> Share | None:
    """Return the share of demands wholly satisfied among those whose answer is told."""
    yes, no = activity.number("result", YES), activity.number("result", NOT_WHOLLY)
    return share_of(yes, yes + no) if yes is not None and no is not None else None


def accepted_share(activity: Activity) -> Share | None:
    """Return the share of handovers accepted among those that ended with or without an answer."""
    told = [activity.number("handover", one) for one in (ACCEPTED, REFUSED, EXPIRED)]
    known = [one for one in told if one is not None]
    return share_of(known[0], sum(known)) if len(known) == len(told) else None


def _explained(card: Indicator, section: Section) -> Section:
    """Add how to read an indicator to its section."""
    read = (
        f"Définition : {card.definition}",
        f"Calcul : {card.formula}",
        f"Ce que cela ne dit pas : {card.silent}",
        f"Source : {card.source}.",
    )
    return Section(
        f"indicateur-{section.id}", section.title, section.lead, section.paragraphs,
        section.tables, section.figures, (*section.notes, *map(mark, read)),
    )  # fmt: skip


def _aids(card: Indicator, now: Activity, other: Compared | None) -> Section:
    records, people = now.number("kind"), now.number("age")
    lead = NOTHING
    if records == 0:
        lead = Sentence(mark(f"Aucun compte rendu n’a été écrit, {now.period}."))
    elif records is not None:
        said = counted(integer(records), records, "compte rendu", "comptes rendus")
        if people is not None:
            helped = counted(integer(people), people, "personne aidée", "personnes aidées")
            said += f" et {helped}"
        lead = Sentence(mark(f"{said}, {now.period}."), (Number(integer(records), records),))
    tables, figures = [_totals(now, other)], []
    kind = now.dimensions["kind"]
    if records and (found := course(kind.counts, now.period, "Comptes rendus")):
        tables.append(found[0])
        figures.append(found[1])
    return Section(card.id, card.title, lead, (), tuple(tables), tuple(figures))


def _totals(now: Activity, other: Compared | None) -> Table:
    both = (now, other.activity) if other else (now,)
    columns = [Column("Mesure"), Column(str(now.period), numeric=True)]
    if other:
        columns.append(Column(other.label, numeric=True))
    rows = [
        (Cell("Comptes rendus"), *(number_cell(one.number("kind"), TOO_FEW) for one in both)),
        (Cell("Personnes aidées"), *(number_cell(one.number("age"), TOO_FEW) for one in both)),
        (Cell("Heures d’aide dites"), *(number_cell(_hours(one), TOO_FEW) for one in both)),
    ]
    caption = f"Ensemble, {now.period}"
    return Table("indicateur-ensemble", caption, tuple(columns), tuple(rows))


def _hours(activity: Activity) -> int | None:
    """Return the hours of help told, where the number of records may be."""
    if activity.number("kind") is None:
        return None
    return round(sum(activity.minutes.get(m, 0) for m in activity.period.months) / 60)


def _tables(card: Indicator, now: Activity, other: Compared | None) -> Section:
    """Return an indicator that is one or several tables of counts."""
    found = [dimension_table(now, name, other) for name in card.dimensions]
    tables = tuple(table for table in found if table is not None and table.rows)
    if not tables:
        return Section(card.id, card.title, NOTHING)
    figure = share_figure(tables[0])
    return Section(card.id, card.title, _most(tables[0]), (), tables, (figure,), (mark(DISCREET),))


def _most(table: Table) -> Sentence:
    """Say the most frequent line of a table, what is not told and what is gathered left out."""
    named = [row for row in table.rows
             if not row[0].strong and row[0].text not in (GATHERED, UNSAID)]  # fmt: skip
    if not named:
        return NOTHING
    most = max(named, key=lambda row: row[1].value or 0)
    return Sentence(mark(f"Le plus souvent, « {most[0].text} » : {most[2].text}."))


def _answers(card: Indicator, now: Activity, other: Compared | None) -> Section:
    both = [now, *([other.activity] if other else [])]
    shares = [answers_share(one) for one in both]
    table = _shares("reponses", "Demandes entièrement satisfaites", (now, other), shares)
    lead = NOTHING
    if shares[0] is not None:
        said = f"Demandes entièrement satisfaites : {share_text(shares[0])}."
        lead = Sentence(mark(said), (_number(shares[0]),))
    return Section(card.id, card.title, lead, (), (table,), _share_bars(table, both, shares))


def _shares(
    name: str, label: str, asked: tuple[Activity, Compared | None], shares: Sequence[Share | None]
) -> Table:
    now, other = asked
    columns = [Column("Période ou territoire"), Column(label, True), Column("Parmi", True)]
    labels = [str(now.period), *([other.label] if other else [])]
    rows = [
        (Cell(text), Cell(share_text(share), share.value if share else None),
         number_cell(share.of if share else None, TOO_FEW))
        for text, share in zip(labels, shares, strict=True)
    ]  # fmt: skip
    if other:
        moved = share_moved(share_change(shares[0], shares[1]))
        rows.append((Cell("Écart", strong=True), moved, Cell("–")))
    return Table(f"indicateur-{name}", label, tuple(columns), tuple(rows))


def _share_bars(
    table: Table, told: Sequence[Activity], shares: Sequence[Share | None]
) -> tuple[Figure, ...]:
    if not any(shares):
        return ()
    bars = [
        AnswerBar(row[0].text, share.value if share else None, share.low if share else None,
                  share.high if share else None, percent(share.value) if share else TOO_FEW)
        for row, share in zip(table.rows[: len(told)], shares, strict=True)
    ]  # fmt: skip
    words = " ; ".join(f"{row[0].text} : {row[1].text}" for row in table.rows)
    caption = Caption(f"fig-{table.id}", f"{table.caption} : la part", words)
    return (Figure(caption.id, caption.title, words, answer_bars(caption, bars), table.id),)


def _number(share: Share) -> Number:
    low, high = round(share.low, 3), round(share.high, 3)
    return Number(share_text(share), round(share.value, 3), low, high)


def _orientations(card: Indicator, now: Activity, other: Compared | None) -> Section:
    both = [now, *([other.activity] if other else [])]
    shares = [accepted_share(one) for one in both]
    label = "Orientations transmises et acceptées"
    taken = _shares("acceptees", label, (now, other), shares)
    found = [dimension_table(now, name, other) for name in ("oriented", "handover")]
    tables = (*(t for t in found if t is not None and t.rows), taken)
    lead = NOTHING
    if shares[0] is not None:
        lead = Sentence(mark(f"{label} : {share_text(shares[0])}."), (_number(shares[0]),))
    elif (oriented := now.number("oriented", YES)) is not None:
        said = counted(integer(oriented), oriented, "compte rendu dit", "comptes rendus disent")
        none = "Aucun compte rendu ne dit d’orientation."
        lead = Sentence(mark(f"{said} une orientation." if oriented else none))
    return Section(card.id, card.title, lead, (), tables, _share_bars(taken, both, shares))


def _fresh(card: Indicator, now: Activity, other: Compared | None) -> Section:
    told = [now, *([other.activity] if other and not other.same_place else [])]
    total = sum(number for _label, number in now.fresh)
    if not total:
        return Section(card.id, card.title, Sentence("Aucun lieu n’est recensé ici."))
    columns = [Column("Fiche")]
    for one in told:
        columns += [Column(one.name, True), Column("Part", True)]
    rows = []
    for rank, (label, _number_of) in enumerate(now.fresh):
        cells = [Cell(label)]
        for one in told:
            number = one.fresh[rank][1] if one.fresh else 0
            cells += [number_cell(number), share_cell(number, sum(n for _l, n in one.fresh))]
        rows.append(tuple(cells))
    table = Table("indicateur-fraicheur-lieux", card.title, tuple(columns), tuple(rows))
    label, number = now.fresh[0]
    said = f"{percent(number / total)} des fiches : {label.lower()} ({integer(total)} lieux)."
    return Section(card.id, card.title, Sentence(mark(said)), (), (table,), (share_figure(table),))


def _difficulties(card: Indicator, now: Activity, other: Compared | None) -> Section:
    found = dimension_table(now, "difficulty", other)
    both = [now, *([other.activity] if other else [])]
    columns = [Column("Propositions"), Column(str(now.period), True)]
    if other:
        columns.append(Column(other.label, True))
    lines = (
        ("Envoyées", [one.delays.sent for one in both]),
        ("Qui ont reçu une réponse", [one.delays.answered for one in both]),
        ("Suivies d’un changement", [one.delays.changed for one in both]),
    )
    rows = [(Cell(text), *map(number_cell, numbers)) for text, numbers in lines]
    rows.append((Cell("Délai de réponse, au milieu (jours)"), *(_days(one) for one in both)))
    table = Table("indicateur-propositions", "Propositions aux administrations",
                  tuple(columns), tuple(rows))  # fmt: skip
    tables = (*((found,) if found is not None and found.rows else ()), table)
    sent, answered = now.delays.sent, now.delays.answered
    said = "Aucune proposition n’a été envoyée."
    if sent:
        said = f"Propositions envoyées : {integer(sent)} ; réponses reçues : {integer(answered)}."
    notes = (mark(DISCREET),) if found else ()
    return Section(card.id, card.title, Sentence(mark(said)), (), tables, (), notes)


def _days(one: Activity) -> Cell:
    days = one.delays.median
    return Cell("–") if days is None else Cell(f"{days:.0f}", days)


def _rights(card: Indicator, now: Activity, other: Compared | None) -> Section:
    if now.steps is None:
        said = "Choisissez une année entière pour lire les droits suivis."
        return Section(card.id, card.title, Sentence(said))
    beside = other.activity.steps if other else None
    first = now.steps[0].reached if now.steps else None
    if not now.steps or not first:
        return Section(card.id, card.title, NOTHING)
    columns = [Column("Étape atteinte"), Column(str(now.period), True), Column("Part", True)]
    if beside and other:
        columns += [Column(other.label, True), Column("Part", True)]
    rows = []
    for rank, step in enumerate(now.steps):
        cells = [Cell(step.label), number_cell(step.reached), share_cell(step.reached, first)]
        if beside:
            past, of = beside[rank].reached, beside[0].reached or 0
            cells += [number_cell(past), share_cell(past, of)]
        rows.append(tuple(cells))
    table = Table("indicateur-droits-etapes", card.title, tuple(columns), tuple(rows))
    share = share_of(now.steps[-1].reached or 0, first) if now.steps[-1].reached else None
    said = f"{integer(first)} dossiers repérés ; droits ouverts : {share_text(share)}."
    return Section(card.id, card.title, Sentence(mark(said)), (), (table,), (share_figure(table),))


_MADE: dict[str, Callable[[Indicator, Activity, Compared | None], Section]] = {
    "aides": _aids,
    "lieux": _tables,
    "profils": _tables,
    "demandes": _tables,
    "reponses": _answers,
    "motifs": _tables,
    "orientations": _orientations,
    "fraicheur": _fresh,
    "difficultes": _difficulties,
    "droits": _rights,
}
