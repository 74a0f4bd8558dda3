"""From what a census publishes to weights: groups, those who did not say, weights that are cut.

A margin maps the choices of a question to people; choices that the census knows only together
are one key, their names separated by spaces (``"a15_24 a25_39": 4200``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.surveys.weighting import kish, rake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Margin = Mapping[str, float]

LEAST_TRIM = 1.5
"""A cap below this many times the mean weight would undo the margins altogether."""
_UNSAID = "(sans réponse)"
_UNDER = re.compile(r"moins de (\d+)|^-\s*(\d+)", re.IGNORECASE)
_OVER = re.compile(r"plus de (\d+)", re.IGNORECASE)
_BETWEEN = re.compile(r"(\d+)\s*(?:à|a|-|–|_)\s*(\d+)", re.IGNORECASE)
_FROM = re.compile(r"(\d+)\s*(?:ans)?\s*(?:\+|ou plus|et plus|et \+|ou davantage)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Joined:
    """A group counted with another one, because nobody of it answered (or it has no people)."""

    question: str
    group: str
    into: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weight for each answer, the questions used, the groups put together, what is missed.

    ``residual`` is the largest relative gap left to a margin (0 unless weights were cut).
    """

    weights: Floats
    used: tuple[str, ...]
    joined: tuple[Joined, ...]
    residual: float

    @property
    def effect(self) -> float:
        """Design effect of Kish: 1 when all weights are equal."""
        return kish(self.weights)

    @property
    def effective(self) -> float:
        """Number of answers of equal weight that would be as precise."""
        return len(self.weights) / self.effect

    @property
    def relative(self) -> Floats:
        """Weights over their mean."""
        scaled: Floats = self.weights / self.weights.mean()
        return scaled


def weigh(
    answers: Mapping[str, Sequence[str]],
    margins: Mapping[str, Margin],
    *,
    most: float | None = None,
) -> Weighing:
    """Return weights that bring the answers to the margins (raking), one for each answer.

    Those who did not answer a question (or gave a choice without total) keep their part of the
    answers in it. A group without any answer, or without people, is put with its neighbour.

    Parameters
    ----------
    answers
        Question → choice of each answer.
    margins
        Question → choices → people. A question left with a single group is not used.
    most
        Weights above this many times their mean are cut, what is cut is given to the others
        in proportion (Potter, 1990): margins are then missed, ``residual`` says by how much.

    Raises
    ------
    DataError
        No weights reach all margins at once.
    """
    if most is not None and not most >= LEAST_TRIM:
        message = f"Poids limités à {most:g} fois la moyenne : c’est trop peu."
        raise ParameterError(message, remedy=f"Choisissez au moins {LEAST_TRIM:g} fois.")
    size = len(next(iter(answers.values()), ()))
    told: dict[str, list[str]] = {}
    targets: dict[str, dict[str, float]] = {}
    joined: list[Joined] = []
    for name, margin in margins.items():
        groups, cells = _cells(answers[name], margin)
        groups, cells, together = _joined(name, groups, cells)
        joined += together
        if len(cells) > 1:
            told[name], targets[name] = groups, _with_unsaid(groups, cells)
    if not targets or not size:
        return Weighing(np.ones(size), (), tuple(joined), 0.0)
    found = rake(told, targets)
    if most is None or float(np.max(found.values)) <= most * float(np.mean(found.values)):
        return Weighing(found.values, tuple(targets), tuple(joined), 0.0)
    cut = _trimmed(found.values, most)
    return Weighing(cut, tuple(targets), tuple(joined), _missed(cut, told, targets))


def ages_of(label: str) -> tuple[int, int | None] | None:
    """Return the ages a label tells, the second excluded (None: no end); None when it tells none.

    « 15 à 24 ans » is (15, 25), « 75 ans ou plus » (75, None).
    """
    if found := _UNDER.search(label):
        return 0, int(found[1] or found[2])
    if found := _OVER.search(label):
        return int(found[1]) + 1, None
    if found := _BETWEEN.search(label):
        return int(found[1]), int(found[2]) + 1
    if found := _FROM.search(label):
        return int(found[1]), None
    return None


def margin_of_ages(choices: Mapping[str, str], bands: Mapping[str, float]) -> dict[str, float]:
    """Return the margin of a question of age: the finest groups that both cut the same way.

    Parameters
    ----------
    choices
        Name of each choice → its label; those that tell no age are left out.
    bands
        Ages of the census (« 15-29 », « 75+ ») → people.

    Returns
    -------
    dict
        Empty when the ages never meet, or in a single group.
    """
    asked = {name: ages for name, label in choices.items() if (ages := ages_of(label))}
    known = {ages: people for band, people in bands.items() if (ages := ages_of(band))}
    if not asked or not known:
        return {}
    cuts = sorted({low for low, _high in asked.values()} & {low for low, _high in known})
    last = max((high or _NO_END) for _low, high in asked.values())
    if not cuts or min(low for low, _high in asked.values()) != cuts[0]:
        return {}
    if last not in {high or _NO_END for _low, high in known}:
        return {}
    margin = {}
    for low, high in zip(cuts, [*cuts[1:], last], strict=True):
        names = [name for name, ages in asked.items() if low <= ages[0] < high]
        people = [count for ages, count in known.items() if low <= ages[0] < high]
        margin[" ".join(names)] = float(sum(people))
    return margin if len(margin) > 1 else {}


_NO_END = 1_000


def _cells(told: Sequence[str], margin: Margin) -> tuple[list[str], dict[str, float]]:
    """Return the group of each answer (empty: none), and the people of each group."""
    group_of = {choice: key for key in margin for choice in key.split()}
    return [group_of.get(choice, "") for choice in told], dict(margin)


def _joined(
    name: str, groups: list[str], cells: dict[str, float]
) -> tuple[list[str], dict[str, float], list[Joined]]:
    """Put each group without answers or without people with the one before, else after it."""
    joined: list[Joined] = []
    while True:
        names, told = list(cells), set(groups)
        bare = next((one for one in names if one not in told or cells[one] <= 0), None)
        if bare is None or len(names) == 1:
            return groups, cells, joined
        at = names.index(bare)
        into = names[at - 1] if at else names[1]
        joined.append(Joined(name, bare, into))
        people = cells.pop(bare)
        cells[into] += people
        groups = [into if group == bare else group for group in groups]


def _with_unsaid(groups: list[str], cells: dict[str, float]) -> dict[str, float]:
    """Give those who did not say their part of the answers; the margin shares what is left."""
    unsaid = groups.count("")
    if not unsaid:
        return cells
    groups[:] = [group or _UNSAID for group in groups]
    part, total = unsaid / len(groups), sum(cells.values())
    return {name: people * (1 - part) for name, people in cells.items()} | {_UNSAID: total * part}


def _trimmed(weights: Floats, most: float) -> Floats:
    cap = most * float(weights.mean())
    total, cut = float(weights.sum()), weights.copy()
    for _round in range(len(weights)):
        over = cut >= cap
        cut[over] = cap
        rest = float(cut[~over].sum())
        if not rest:
            break
        cut[~over] *= (total - cap * int(over.sum())) / rest
        if float(np.max(cut)) <= cap * (1 + 1e-12):
            break
    return cut


def _missed(
    weights: Floats, told: Mapping[str, list[str]], targets: Mapping[str, Mapping[str, float]]
) -> float:
    gaps = [0.0]
    for name, target in targets.items():
        scale = float(weights.sum()) / sum(target.values())
        said = np.array(told[name])
        gaps += [
            abs(float(weights[said == group].sum()) / (people * scale) - 1)
            for group, people in target.items()
        ]
    return max(gaps)
