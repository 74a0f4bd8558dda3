"""What an answer was made of: while that stays the same, it may be sent to others as it was.

A room names, by the answer it makes, what tells the state of what it shows; what keeps answers
(``web/journeys/same_minute.py``) asks it again before it sends one a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import DatabaseError

from portrea.base.errors import PortreaError

if TYPE_CHECKING:
    from collections.abc import Callable

    Teller = Callable[..., object]

_tellers: dict[str, Teller] = {}


class Made(NamedTuple):
    """Who tells what an answer was made of, the arguments of its address, and what was told."""

    teller: str
    arguments: dict[str, Any]
    state: object

    def still(self) -> bool:
        """Return whether it would be made of the same now."""
        return made_of(self.teller, **self.arguments) == self


def register(name: str, tell: Teller) -> None:
    """Name what tells the state of answers; it returns ``None`` when none may be kept."""
    _tellers[name] = tell


def made_of(name: str, **arguments: Any) -> Made | None:
    """Return what an answer made now is made of; ``None`` when that cannot be told."""
    try:
        state = _tellers[name](**arguments)
    except (PortreaError, DatabaseError):  # the page itself says what is wrong
        return None
    return None if state is None else Made(name, arguments, state)
