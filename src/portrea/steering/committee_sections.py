"""Chapters that a meeting of the comité adds to its pack: agenda, follow-up, decisions, paroles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.wording import counted, long_date, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.committee import Point
    from portrea.steering.document import Portrait

NOBODY, NO_DAY = "tout le comité", "sans date"
ROOM = "………"
"""Room to write in a printed table."""


@dataclass(frozen=True, slots=True)
class Action:
    """A decision as told: its title, who, the day it is due (ISO, or empty), where it stands.

    ``told`` says what its indicator became, or how it was when frozen.
    """

    title: str
    owner: str = ""
    due: str = ""
    state: str = ""
    late: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting as its pack tells it. ``when`` is in French, with its place.

    ``voices`` are (pseudonym or empty, words), only those whose consent holds.
    """

    when: str
    seats: tuple[str, ...]
    points: tuple[Point, ...]
    followed: tuple[Action, ...]
    taken: tuple[Action, ...]
    voices: tuple[tuple[str, str], ...]


def with_sitting(pack: Portrait, sitting: Sitting) -> Portrait:
    """Return the pack of a territory with the chapters of a meeting first, in its order."""
    chapters = (
        _agenda(sitting),
        _followed(sitting.followed),
        _taken(sitting.taken, sitting.points),
        _voices(sitting.voices),
    )
    before = (chapters[0].lead, chapters[1].lead)
    return replace(
        pack,
        subtitle=f"Réunion du {sitting.when} · {pack.subtitle}",
        sections=(*chapters, *pack.sections),
        summary=(*before, *pack.summary),
    )


def _agenda(sitting: Sitting) -> Section:
    number = len(sitting.points)
    said = (
        counted(str(number), number, "point est", "points sont") if number else "Aucun point n’est"
    )
    rows = tuple(
        (Cell(str(rank)), Cell(point.title), Cell(point.why or "–"))
        for rank, point in enumerate(sitting.points, 1)
    )
    table = Table(
        "comite-ordre-du-jour",
        f"Ordre du jour du {sitting.when}",
        (Column("N°"), Column("Point"), Column("Pourquoi")),
        rows,
    )
    seats = f"Siègent : {', '.join(sitting.seats)}." if sitting.seats else ""
    return Section(
        "ordre-du-jour",
        "Ordre du jour",
        Sentence(mark(f"{said} à l’ordre du jour.")),
        paragraphs=(mark(seats),) if seats else (),
        tables=(table,) if rows else (),
        notes=(
            mark(
                "Un point est proposé quand une mesure a bougé au-delà d’un seuil depuis la "
                "réunion d’avant ; sans valeur d’avant, rien n’est dit avoir bougé. Le référent "
                "garde, change, range ou ajoute."
            ),
        ),
    )


def _followed(actions: Sequence[Action]) -> Section:
    late = sum(one.late for one in actions)
    if not actions:
        said = "Aucune action n’est en cours."
    else:
        said = counted(
            str(len(actions)), len(actions), "action est en cours", "actions sont en cours"
        )
        said += f", dont {late} en retard." if late else ", aucune en retard."
    table = _table("comite-suivi", "Actions en cours, les retards d’abord", actions)
    return Section(
        "suivi",
        "Ce que sont devenues nos actions",
        Sentence(said),
        tables=(table,) if actions else (),
    )


def _taken(actions: Sequence[Action], points: Sequence[Point]) -> Section:
    """Tell the decisions noted; before any, leave room to write one by point of the agenda."""
    if not actions:
        columns = ("À propos de", "Décision", "Qui", "Pour quand", "Mesure suivie")
        rows = tuple((Cell(point.title), *(Cell(ROOM),) * 4) for point in points)
        caption = "À remplir pendant la réunion"
        table = Table("comite-decisions", caption, tuple(map(Column, columns)), rows)
        said = "Aucune décision n’est encore notée."
        tables = (table,) if rows else ()
        return Section("decisions", "Décisions à prendre", Sentence(said), tables=tables)
    number = len(actions)
    said = counted(str(number), number, "décision est prise", "décisions sont prises")
    table = _table("comite-decisions", "Décisions de cette réunion", actions)
    return Section("decisions", "Décisions", Sentence(f"{said}."), tables=(table,))


def _voices(voices: Sequence[tuple[str, str]]) -> Section:
    number = len(voices)
    if not number:
        return Section("paroles", "Paroles", Sentence("Aucune parole n’a été confiée au comité."))
    said = counted(str(number), number, "parole est confiée", "paroles sont confiées")
    return Section(
        "paroles",
        "Paroles",
        Sentence(f"{said} au comité par des personnes concernées."),
        paragraphs=tuple(_quoted(who, words) for who, words in voices),
        notes=(
            mark(
                "Données avec l’accord de chaque personne, pour ce comité seulement ; ce qui "
                "désigne quelqu’un est retiré. Ne les publiez pas, ne les recopiez pas ailleurs."
            ),
        ),
    )


def _quoted(who: str, words: str) -> str:
    said = f"«\u00a0{' '.join(words.split())}\u00a0»"
    return f"{said} – {who}" if who else said


def _table(name: str, caption: str, actions: Sequence[Action]) -> Table:
    columns = ("Action", "Qui", "Pour quand", "Où elle en est", "Mesure suivie")
    return Table(name, caption, tuple(Column(one) for one in columns),
                 tuple(_row(one) for one in actions))  # fmt: skip


def _row(one: Action) -> tuple[Cell, ...]:
    due = long_date(one.due) or NO_DAY
    late = " (en retard)" if one.late else ""
    return (
        Cell(one.title),
        Cell(one.owner or NOBODY),
        Cell(f"{due}{late}", strong=one.late),
        Cell(one.state),
        Cell(one.told or "–"),
    )
