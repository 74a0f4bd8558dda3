"""INSEE census: IRIS and commune bases, cross table FOR2, individual file, re-encoded extracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from portrea.sources.insee_recensement import bases, crosstabs, individuals, recodes

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Layout(Protocol):
    """What each module of this package offers."""

    def sureness(self, peek: Peek) -> float:
        """Return how sure the module is that the header is one of its own."""
        ...

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map the table."""
        ...


LAYOUTS: tuple[Layout, ...] = (crosstabs, individuals, recodes, bases)


class Recensement:
    """Every census layout, each read by one module of this package."""

    id = "insee_recensement"

    def recognise(self, peek: Peek) -> float:
        """Return the sureness of the module that knows the layout best."""
        return max(layout.sureness(peek) for layout in LAYOUTS)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read the table with the module that knows its layout."""
        return max(LAYOUTS, key=lambda layout: layout.sureness(peek)).load(peek)


SOURCE = Recensement()
