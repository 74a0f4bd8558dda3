"""What the search of rounds handles: choices of a stop, and plans under way."""

from __future__ import annotations

from dataclasses import dataclass

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A pattern of a stop: the slots of its visits, and what it costs besides the road."""

    slots: tuple[int, ...]
    extra: float = 0.0


@dataclass(slots=True)
class State:
    """A plan under way: the order of every slot and the pattern of every stop (-1: none)."""

    orders: list[Order]
    chosen: list[int]
    road: float
    extra: float
    absence: float

    @property
    def cost(self) -> float:
        """What is compared, absence far above everything."""
        return self.road + self.extra + self.absence

    def copy(self) -> State:
        """Return another state, free to change."""
        return State([*self.orders], [*self.chosen], self.road, self.extra, self.absence)
