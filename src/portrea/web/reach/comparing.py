"""Two or three trials side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.steering.display import count_cell, share_cell, shown_count, shown_share
from portrea.steering.document import Cell, Column, Table
from portrea.steering.what_if_words import LEVEL, digits
from portrea.web.reach.asked import read_text
from portrea.web.reach.saved import scenario_of
from portrea.web.reach.selectors import HIDDEN, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.estimates import Estimate
    from portrea.steering.what_if_words import Range
    from portrea.web.reach.asked import Asked
    from portrea.web.reach.selectors import Page

LEAST, MOST = 2, 3
SAVED = "s:"


@dataclass(frozen=True, eq=False)
class Trial:
    """A trial of the comparison: its letter, its name, its address, its page."""

    letter: str
    title: str
    query: str
    page: Page


@dataclass(frozen=True, eq=False)
class Compared:
    """Trials side by side; ``alike`` when they answer the same question."""

    trials: tuple[Trial, ...]
    table: Table | None
    alike: bool


def compare(texts: Sequence[str]) -> Compared:
    """Return the comparison of the trials of an address: queries, or ``s:`` and a link.

    Raises
    ------
    ParameterError
        More than three trials, or a trial that is not kept any more.
    """
    if len(texts) > MOST:
        raise ParameterError(
            f"On compare {MOST} essais au plus (reçu : {len(texts)}).",
            remedy="Retirez-en de la liste.",
        )
    trials = [_trial(rank, text) for rank, text in enumerate(dict.fromkeys(texts))]
    if len(trials) < LEAST:
        return Compared(tuple(trials), None, alike=True)
    alike = len({_question(trial.page.asked) for trial in trials}) == 1
    return Compared(tuple(trials), _table(trials), alike=alike)


def _trial(rank: int, text: str) -> Trial:
    title, query = "", text
    if text.startswith(SAVED):
        found = scenario_of(text.removeprefix(SAVED))
        if found is None:
            raise ParameterError(
                "Un des essais n’est plus enregistré.", remedy="Retirez-le de la comparaison."
            )
        title, query = found.title, found.query
    page = page_of(read_text(query))
    name = title or " ; ".join(step.label for step in page.steps) or "Rien ne change"
    return Trial("ABC"[rank], name, page.asked.query(kept=False), page)


def _question(asked: Asked) -> tuple[str, str, int, str, str]:
    return asked.reference, asked.situation, asked.minutes, asked.trip, asked.measure


def _table(trials: Sequence[Trial]) -> Table:
    columns = (
        Column("Essai"),
        Column("Demi-journées ajoutées", numeric=True),
        Column("Part des personnes proches", numeric=True),
        Column("Personnes de plus", numeric=True),
        Column("Personnes de moins", numeric=True),
        Column("Heures d’aide pour 100 personnes", numeric=True),
        Column("Heures de plus ou de moins", numeric=True),
    )
    first = trials[0].page.outcome
    today = (
        Cell("Aujourd’hui"), Cell("–"), _share(first.near_before), Cell("–"), Cell("–"),
        _help(first.help_before), Cell("–"),
    )  # fmt: skip
    same = len({_question(trial.page.asked) for trial in trials}) == 1
    rows = [today] if same else []
    for trial in trials:
        found = trial.page.outcome
        added = trial.page.asked.changes.half_days
        rows.append((
            Cell(f"{trial.letter}. {trial.title}"), Cell(str(added), added),
            _share(found.near_after), _count(found.gained), _count(found.lost),
            _help(found.help_after), _moved(found.help_change),
        ))  # fmt: skip
    return Table("essais", "Ce que change chaque essai", columns, tuple(rows))


def _share(found: Estimate) -> Cell:
    return Cell(share_cell(shown_share(found)).replace("100,0", "100"))


def _count(found: Range | None) -> Cell:
    if found is None:
        return Cell(HIDDEN)
    return Cell("0" if found.none else count_cell(shown_count(found.wide, LEVEL)))


def _moved(found: Estimate) -> Cell:
    value = found.value or 0.0
    if not value:
        return Cell("0")
    low, high = sorted((abs(found.low or 0.0), abs(found.high or 0.0)))
    sign = "+" if value > 0 else "−"
    between = f"{digits(low, down=True)}\u00a0–\u00a0{digits(high, down=False)}"
    return Cell(f"{sign}\u00a0{digits(abs(value))} ({between})")


def _help(found: Estimate) -> Cell:
    low, high = digits(found.low or 0.0, down=True), digits(found.high or 0.0, down=False)
    return Cell(low if low == high else f"{digits(found.value or 0.0)} ({low}\u00a0–\u00a0{high})")
