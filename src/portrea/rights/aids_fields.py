"""Fields of a card written by hand: each is taken once, and what cannot be is told in French."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
SHOWN = 60
MOST_LISTED = 20
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be in a card, and where: the names of the entries that lead to it."""

    path: tuple[str, ...]
    why: str


class Card:
    """A mapping as it was written; ``faults`` gathers what cannot be."""

    def __init__(self, told: Any, path: tuple[str, ...], faults: list[Fault]) -> None:
        self.path, self.faults = path, faults
        self.left: dict[str, Any] = {}
        if isinstance(told, dict):
            self.left = {str(name): value for name, value in told.items() if value is not None}
        elif told is not None:
            faults.append(Fault(path, f"« {_cut(told)} » : des rubriques sont attendues ici"))

    def take(self, name: str, read: Callable[[Any], T], *, needed: bool = False) -> T | None:
        """Return what an entry says, ``None`` when it is absent or cannot be."""
        if name not in self.left:
            if needed:
                self.refuse("cette rubrique manque", name)
            return None
        try:
            return read(self.left.pop(name))
        except (TypeError, ValueError) as error:
            self.refuse(str(error), name)
            return None

    def inside(self, name: str) -> Card:
        """Return the card held by an entry, empty when it is absent."""
        return Card(self.left.pop(name, None), (*self.path, name), self.faults)

    def refuse(self, why: str, *names: str) -> None:
        """Note what cannot be."""
        self.faults.append(Fault((*self.path, *names), why))

    def end(self) -> None:
        """Refuse the entries that nobody asked for."""
        for name in self.left:
            self.refuse("cette rubrique n’existe pas", name)


def text(most: int) -> Callable[[Any], str]:
    """Read words, ``most`` signs at most."""

    def read(told: Any) -> str:
        if not isinstance(told, str | int | float) or isinstance(told, bool):
            raise TypeError("un texte est attendu")
        words = " ".join(str(told).split())
        if not words:
            raise ValueError("cette rubrique est vide")
        if len(words) > most:
            raise ValueError(f"{len(words)} signes, {most} au plus")
        return words

    return read


def day(told: Any) -> date:
    """Read a day, « 2026-01-31 »."""
    try:
        return told if isinstance(told, date) else date.fromisoformat(str(told).strip())
    except ValueError as error:
        raise ValueError(f"« {_cut(told)} » n’est pas un jour : écrivez 2026-01-31") from error


def number(low: float, high: float) -> Callable[[Any], float]:
    """Read a number within bounds."""

    def read(told: Any) -> float:
        if isinstance(told, bool) or not isinstance(told, int | float) or not isfinite(told):
            raise ValueError(f"« {_cut(told)} » n’est pas un nombre")
        if not low <= told <= high:
            raise ValueError(f"{told:g} : de {low:g} à {high:g}")
        return told

    return read


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Read a whole number within bounds."""

    def read(told: Any) -> int:
        value = number(low, high)(told)
        if value != int(value):
            raise ValueError(f"{value:g} n’est pas un nombre entier")
        return int(value)

    return read


def listed(read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """Read a list that is not empty."""

    def all_of(told: Any) -> tuple[T, ...]:
        if not isinstance(told, list | tuple) or not told:
            raise ValueError("une liste est attendue : [ … ]")
        if len(told) > MOST_LISTED:
            raise ValueError(f"{len(told)} lignes, {MOST_LISTED} au plus")
        return tuple(read(one) for one in told)

    return all_of


def one_of(known: Iterable[str]) -> Callable[[Any], str]:
    """Read one word of a list."""
    words = list(known)

    def read(told: Any) -> str:
        if told not in words:
            raise ValueError(f"« {_cut(told)} » n’existe pas : {', '.join(words)}")
        return str(told)

    return read


def address(told: Any) -> str:
    """Read an address of a page."""
    words = text(400)(told)
    if not ADDRESS.fullmatch(words):
        raise ValueError("l’adresse d’une page commence par https://")
    return words


def rising(told: Any) -> tuple[float, ...]:
    """Read euros by size of the household, that never fall."""
    values = listed(number(0, 100_000))(told)
    if list(values) != sorted(values):
        raise ValueError("le montant baisse quand le foyer grandit")
    return values


def _cut(told: Any) -> str:
    words = str(told)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
