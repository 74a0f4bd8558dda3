"""Who answered, beside the census: shares of answers and of people, small counts taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.surveys.several import hidden_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REST = ""
"""What stands for the places put together, and for answers that name no known place."""


@dataclass(frozen=True, slots=True)
class Line:
    """A group: its answers, their share, that after weights (0 to 1), that of the people.

    ``None``: taken away, since it is small or would give a small number back; ``weighted`` is also
    ``None`` without weights.
    """

    group: str
    answers: int | None
    share: float | None
    people: float
    weighted: float | None = None


def compared(
    counts: Mapping[str, int],
    margin: Mapping[str, float],
    weights: Mapping[str, float] | None = None,
) -> list[Line]:
    """Return each group of a margin with its share of answers and its share of people.

    Parameters
    ----------
    counts
        Choice → answers, every choice of the question.
    margin
        Choices together (their names separated by spaces) → people.
    weights
        Choice → sum of the weights of who gave it, when answers are weighted.

    Notes
    -----
    What is hidden is what the table of the question itself hides. Shares are of all who answered
    the question, also by a choice that the census does not know.
    """
    base, people = sum(counts.values()), sum(margin.values())
    hidden, _bare = hidden_alone(counts)
    if not base or not people:
        return []
    lines = []
    for key in margin:
        part, names = margin[key] / people, key.split()
        gone = hidden & set(names)
        line = Line(key, None, None, part) if gone else _line(key, names, part, counts, weights)
        lines.append(line)
    return lines


def compared_places(
    counts: Mapping[str, int],
    margin: Mapping[str, float],
    weights: Mapping[str, float] | None = None,
) -> list[Line]:
    """Return the same for places: those of few answers, or none, are put together (:data:`REST`).

    ``counts`` has under :data:`REST` the answers that name no place of the margin. Nothing is
    returned when no place may be told.
    """
    people = sum(margin.values())
    hidden, _bare = hidden_alone(counts)
    shown = [one for one in margin if counts.get(one) and one not in hidden]
    if not shown or not people:
        return []
    shown.sort(key=lambda one: -counts[one])
    lines = [_line(one, [one], margin[one] / people, counts, weights) for one in shown]
    rest = [one for one in {*counts, *margin} if one not in shown]
    if rest:
        left = sum(margin.get(one, 0) for one in rest) / people
        lines.append(_line(REST, rest, left, counts, weights))
    return lines


def _line(
    group: str,
    names: Sequence[str],
    people: float,
    counts: Mapping[str, int],
    weights: Mapping[str, float] | None,
) -> Line:
    answers = sum(counts.get(one, 0) for one in names)
    share = answers / sum(counts.values())
    if weights is None:
        return Line(group, answers, share, people)
    own = sum(weights.get(one, 0.0) for one in names)
    return Line(group, answers, share, people, own / sum(weights.values()))
