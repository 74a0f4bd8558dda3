"""Two or three trials side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.steering.sections_what_if import side_by_side
from portrea.web.reach.asked import read_text
from portrea.web.reach.saved import scenario_of
from portrea.web.reach.selectors import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.document import Table
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
    named = [(f"{trial.letter}. {trial.title}", trial.page.trial) for trial in trials]
    return Compared(tuple(trials), side_by_side(named), alike=alike)


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
