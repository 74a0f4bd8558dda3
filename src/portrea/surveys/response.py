"""Who was asked, who answered, who is missing: rates of response, gaps between groups, quotas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.surveys.estimates import advised_size, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUANTILE = 1.959964
"""Of the normal law, at 95 %."""
_UNLIKELY = 0.05
"""Probability under which a gap is said not to be chance (usage; an assumption)."""


class Outcome(StrEnum):
    """What became of somebody who was asked."""

    WAITING = "attente"
    ANSWERED = "reponse"
    REFUSED = "refus"
    ABSENT = "absent"
    UNABLE = "empeche"
    OUTSIDE = "hors_champ"
    UNKNOWN = "inconnu"


_CONTACTED = (Outcome.ANSWERED, Outcome.REFUSED, Outcome.UNABLE)


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates between 0 and 1; ``None`` when there is nobody to count them on.

    ``response`` is RR1 of AAPOR: those who answered among those asked who were concerned, all
    those of whom nothing is known being counted as concerned (the lowest rate possible).
    ``contact``: reached, among the same; ``cooperation``: answered, among those reached.
    """

    asked: int
    scope: int
    response: float | None
    contact: float | None
    cooperation: float | None
    refusal: float | None


def rates(outcomes: Mapping[str, int]) -> Rates:
    """Return the rates of a survey from how many had each outcome (words of ``Outcome``)."""
    asked = sum(outcomes.values())
    scope = asked - outcomes.get(Outcome.OUTSIDE, 0)
    answered, refused = outcomes.get(Outcome.ANSWERED, 0), outcomes.get(Outcome.REFUSED, 0)
    contacted = sum(outcomes.get(one, 0) for one in _CONTACTED)
    return Rates(
        asked,
        scope,
        _share(answered, scope),
        _share(contacted, scope),
        _share(answered, contacted),
        _share(refused, scope),
    )


class Gap(StrEnum):
    """What may be said of groups that were asked."""

    NOTHING = "nothing"
    ALIKE = "alike"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True)
class GroupResponse:
    """A group: how many were concerned, answered; its share among those asked and who answered."""

    name: str
    scope: int
    answered: int
    rate: float | None
    of_asked: float | None
    of_answers: float | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Groups compared; ``p``: how likely such a gap is by chance."""

    groups: tuple[GroupResponse, ...]
    p: float | None
    saying: Gap


def gaps(groups: Mapping[str, Mapping[str, int]]) -> Gaps:
    """Return whether some groups answered more than others.

    Parameters
    ----------
    groups
        Group → outcome → how many.
    """
    found = {name: rates(outcomes) for name, outcomes in groups.items()}
    answered = {name: groups[name].get(Outcome.ANSWERED, 0) for name in groups}
    scope, total = sum(one.scope for one in found.values()), sum(answered.values())
    rows = tuple(
        GroupResponse(
            name, one.scope, answered[name], one.response,
            _share(one.scope, scope), _share(answered[name], total),
        )
        for name, one in found.items()
    )  # fmt: skip
    table = [[row.answered, row.scope - row.answered] for row in rows]
    tested = difference(table) if table and total and total < scope else None
    if tested is None or tested.p is None:
        return Gaps(rows, None, Gap.NOTHING)
    return Gaps(rows, tested.p, Gap.UNLIKE if tested.p < _UNLIKELY else Gap.ALIKE)


@dataclass(frozen=True, slots=True)
class Asking:
    """How many answers a margin needs, how many people to ask for them; ``short``: all of them."""

    answers: int
    ask: int
    short: bool


def asking(margin: float, *, rate: float, people: int | None = None, effect: float = 1.0) -> Asking:
    """Return how many people to ask for a margin of error at 95 % at worst (a share of one half).

    Parameters
    ----------
    margin
        Half width of the interval (0.05 for ± 5 points).
    rate
        Share of those asked expected to answer, over 0 up to 1.
    people
        Size of the population when it is known.
    effect
        Expected design effect.
    """
    if not 0 < rate <= 1:
        message = f"Taux de réponse attendu : {rate:g}, impossible."
        raise ParameterError(message, remedy="Donnez un pourcentage entre 1 et 100.")
    answers = advised_size(margin, people=people, effect=effect)
    ask = math.ceil(answers / rate - 1e-9)
    if people is not None and ask > people:
        return Asking(answers, people, short=True)
    return Asking(answers, ask, short=False)


def margin_of(answers: int, *, people: int | None = None, effect: float = 1.0) -> float:
    """Return the margin at 95 % of a share of one half, for so many answers of a random draw."""
    if answers < 1 or effect < 1 or (people is not None and people < answers):
        message = f"{answers} réponse(s) parmi {people} : impossible."
        remedy = "Il faut au moins une réponse, et pas plus que de personnes."
        raise ParameterError(message, remedy=remedy)
    square = effect * 0.25 / answers
    if people is not None and people > 1:
        square *= (1 - answers / people) * people / (people - 1)
    return _QUANTILE * math.sqrt(max(0.0, square))


@dataclass(frozen=True, slots=True)
class Cell:
    """A quota: its choice, how many to ask, how many answered, how many are left."""

    choice: str
    wanted: int
    got: int

    @property
    def left(self) -> int:
        """How many are still to be asked."""
        return max(0, self.wanted - self.got)


@dataclass(frozen=True, slots=True)
class Progress:
    """Quotas of one question; ``outside``: answers that no quota counts."""

    cells: tuple[Cell, ...]
    outside: int

    @property
    def met(self) -> bool:
        """Whether every quota is reached."""
        return not any(cell.left for cell in self.cells)


def progress(quotas: Mapping[str, int], got: Mapping[str, int]) -> Progress:
    """Return where each quota stands, from how many answers made each choice."""
    cells = tuple(Cell(choice, wanted, got.get(choice, 0)) for choice, wanted in quotas.items())
    return Progress(cells, sum(n for choice, n in got.items() if choice not in quotas))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
