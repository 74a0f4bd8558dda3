"""Recommended actions as a section: what, why, who, for when, how it will be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.wording import counted, long_date, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY, NO_DAY, NOT_SEEN = "à décider", "sans date", "aucune mesure choisie"


@dataclass(frozen=True, slots=True)
class Kept:
    """An action that people keep. ``due`` is ISO or empty; ``seen`` says what its measure became.

    ``holds`` is false when the reason given by a rule is no longer true today.
    """

    title: str
    why: str
    owner: str = ""
    due: str = ""
    state: str = ""
    late: bool = False
    done: bool = False
    holds: bool = True
    seen: str = ""


def actions_section(actions: Sequence[Kept]) -> Section | None:
    """Return the actions kept, in the order chosen, those done apart; nothing without any."""
    if not actions:
        return None
    going, done = ([one for one in actions if one.done is flag] for flag in (False, True))
    tables = [
        _table("actions-a-mener", "Actions à mener, dans l’ordre choisi", going),
        _table("actions-faites", "Actions faites, et ce qui a changé", done),
    ]
    return Section(
        "actions-recommandees",
        "Ce que l’on propose de faire",
        Sentence(mark(_lead(going, done))),
        paragraphs=tuple(mark(text) for text in _paragraphs(going)),
        tables=tuple(table for table in tables if table is not None),
        notes=(
            mark(
                "Des règles proposent à partir des chiffres de ce portrait ; des personnes "
                "gardent, changent, écartent ou ajoutent. Quand deux fourchettes se recouvrent, "
                "on ne dit pas que cela a changé. Une mesure qui bouge après une action ne prouve "
                "pas que l’action en est la cause."
            ),
        ),
    )


def _lead(going: Sequence[Kept], done: Sequence[Kept]) -> str:
    if not going:
        return (
            counted(str(len(done)), len(done), "action est faite", "actions sont faites")
            + " ; aucune autre n’est retenue."
        )
    said = counted(str(len(going)), len(going), "action est retenue", "actions sont retenues")
    first = going[0]
    who = f", par {first.owner}" if first.owner else ""
    day = f", pour le {long_date(first.due)}" if first.due else ""
    told = f"{said}. La première : {uncapitalised(first.title)}{who}{day}"
    ended = counted(str(len(done)), len(done), "est faite", "sont faites") if done else ""
    return f"{told}. {ended.capitalize()}." if ended else f"{told}."


def _paragraphs(going: Sequence[Kept]) -> tuple[str, ...]:
    """Say what is still to be decided: an owner, a day."""
    lacking = [one for one in going if not one.owner or not one.due]
    late = sum(one.late for one in going)
    said = []
    if late:
        said.append(f"{counted(str(late), late, 'action est', 'actions sont')} en retard.")
    if lacking:
        many = counted(str(len(lacking)), len(lacking), "action attend", "actions attendent")
        said.append(f"{many} encore un nom d’organisme ou une date.")
    return tuple(said)


def _table(name: str, caption: str, actions: Sequence[Kept]) -> Table | None:
    if not actions:
        return None
    titles = ("Action", "Pourquoi", "Qui", "Pour quand", "À quoi on le verra")
    return Table(name, caption, tuple(map(Column, titles)), tuple(_row(one) for one in actions))


def _row(one: Kept) -> tuple[Cell, ...]:
    due = long_date(one.due) or NO_DAY
    state = ", ".join(filter(None, (one.state.lower(), "en retard" if one.late else "")))
    why = one.why if one.holds else f"{one.why} Ce constat n’est plus vrai aujourd’hui."
    return (
        Cell(mark(one.title)),
        Cell(mark(why)),
        Cell(one.owner or NOBODY),
        Cell(f"{due} ({state})" if state else due),
        Cell(one.seen or NOT_SEEN),
    )
