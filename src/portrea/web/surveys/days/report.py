"""The report of a day, the same evening: what came, what is left, decisions, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.web.accounts.scope import name_of
from portrea.web.surveys.days.board_selectors import board_of
from portrea.web.surveys.days.selectors import next_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.surveys.days.board_selectors import Board
    from portrea.web.surveys.models import Day

NAMED = 20
"""Communes named before « et n autres »."""
NEXT = 10


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what is said under it, line by line; ``words`` are those of the scribe."""

    title: str
    lines: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a day: page, paper and text say the same."""

    title: str
    heading: str
    sections: tuple[Section, ...]

    def text(self) -> str:
        """Return it as the text of an e-mail."""
        parts = [f"{self.title}\n{self.heading}"]
        for section in self.sections:
            lines = [f"- {line}" for line in section.lines]
            parts.append("\n".join(filter(None, [section.title.upper(), *lines, section.words])))
        return "\n\n".join(parts) + "\n"


def report_of(day: Day) -> Report:
    """Return the report of a day as it can be told now."""
    board = board_of(day)
    when = date_format(day.date, "l j F Y") if day.date else ""
    sections = (
        Section(_("Ce que nous avons recueilli"), tuple(_received(day, board))),
        Section(_("Ce qui reste sans réponse"), tuple(_left(board))),
        Section(_("Ce que nous avons décidé"), tuple(_lines(day.decisions))),
        Section(_("Notes de la séance"), words=day.notes.strip()),
        Section(_("Et maintenant"), tuple(_next(day))),
    )
    return Report(
        title=_("Compte rendu : %s") % day.title,
        heading=" · ".join(filter(None, (name_of(day.territory), when, day.place))),
        sections=tuple(one for one in sections if one.lines or one.words),
    )


def enumeration(names: Sequence[str], most: int = NAMED) -> str:
    """Return names on one line, the last ones counted."""
    if len(names) <= most:
        return ", ".join(names)
    more = len(names) - most
    others = ngettext("%d autre", "%d autres", more) % more
    return _("%(names)s et %(others)s") % {"names": ", ".join(names[:most]), "others": others}


def _received(day: Day, board: Board) -> list[str]:
    told = []
    if day.present is not None:
        told.append(
            ngettext("%d structure présente", "%d structures présentes", day.present) % day.present
        )
    told += [f"{one.survey.title} : {one.words}" for one in board.surveys]
    if board.sheets:
        told.append(
            ngettext(
                "%d fiche de lieu à relire avant d’être publiée",
                "%d fiches de lieux à relire avant d’être publiées",
                board.sheets,
            )
            % board.sheets
        )
    faults = sum(one.faults for one in board.surveys)
    if faults:
        said = ngettext("%d réponse à vérifier", "%d réponses à vérifier", faults) % faults
        told.append(said)
    return told


def _left(board: Board) -> list[str]:
    """Return what has no answer, for each situation; communes and types that nobody told."""
    told = []
    for tile in board.tiles:
        if tile.without:
            many = ngettext("%d commune sans réponse", "%d communes sans réponse",
                            len(tile.without)) % len(tile.without)  # fmt: skip
            told.append(f"{tile.label} : {many} ({enumeration(tile.without)})")
    silent = [town.name for town in board.silent]
    if silent and board.towns:
        told.append(_("Communes dont personne n’a parlé ce jour : %s") % enumeration(silent))
    missing = [kind.label for kind in board.missing]
    if missing and any(kind.answers for kind in board.kinds):
        told.append(_("Types de structures absents : %s") % enumeration(missing))
    return told


def _next(day: Day) -> list[str]:
    return [
        " – ".join(
            filter(
                None,
                (
                    date_format(one.task.due, "j F Y") if one.task.due else "",
                    one.task.title,
                    one.task.owner,
                ),
            )
        )
        for one in next_of(day, NEXT)
    ]


def _lines(text: str) -> list[str]:
    return [line.strip(" -•\t") for line in text.splitlines() if line.strip(" -•\t")]
