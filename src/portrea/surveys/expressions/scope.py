"""What an expression may read: the answers, the moment, the labels of choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from portrea.surveys.expressions.values import Value

Answers: TypeAlias = "Mapping[str, str | Sequence[Answers]]"


def _no_label(_question: str, _choice: str) -> str:
    return ""


@dataclass(frozen=True)
class Scope:
    """What an expression may read.

    Parameters
    ----------
    answers
        Name → text, or for a repeat the answers of each of its rows. Groups have no level.
    now
        The moment, given by the caller: rooms have no clock.
    value
        The answer of the question itself (``.``).
    inside
        The repeats the question stands in, outermost first, each with its row from 0.
    label
        (question, name of a choice) → the label of that choice.
    columns
        The columns of the choice that a filter tries.
    """

    answers: Answers
    now: datetime
    value: str = ""
    inside: tuple[tuple[str, int], ...] = ()
    label: Callable[[str, str], str] = field(default=_no_label)
    columns: Mapping[str, str] = field(default_factory=dict)

    def answer(self, name: str) -> Value:
        """Return an answer: that of the same row first, then outwards, else of every row."""
        levels = [self.answers]
        for repeat, row in self.inside:
            rows = _rows(levels[-1], repeat)
            if row >= len(rows):  # a row that was just added: nothing is known of it yet
                break
            levels.append(rows[row])
        for level in reversed(levels):
            found = level.get(name)
            if isinstance(found, str):
                return found
            if found is not None:
                return [str(row) for row in range(1, len(found) + 1)]
        return self.everywhere(name)

    def everywhere(self, name: str) -> list[str]:
        """Return the answers to a repeated question, in the order of the rows."""
        return _deep(self.answers, name)


def _rows(level: Answers, repeat: str) -> Sequence[Answers]:
    found = level.get(repeat, ())
    return () if isinstance(found, str) else found


def _deep(level: Answers, name: str) -> list[str]:
    found: list[str] = []
    for key, value in level.items():
        if isinstance(value, str):
            found += [value] if key == name else []
        else:
            found += [one for row in value for one in _deep(row, name)]
    return found
