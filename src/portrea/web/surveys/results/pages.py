"""Questions ready to be read, as figures and tables of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.steering.answers_told import answers_figure, answers_table, crossing_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.document import Figure, Table
    from portrea.surveys.showing import Shown


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the page: its words, its drawing, its tables."""

    shown: Shown
    id: str
    figure: Figure | None
    table: Table | None
    crossing: Table | None


def pages_of(shown: Sequence[Shown]) -> list[Asked]:
    """Return questions with their figures and tables."""
    return [
        Asked(
            one,
            f"q-{rank}",
            answers_figure(one, f"fig-{rank}"),
            answers_table(one, f"t-{rank}"),
            crossing_table(one, f"x-{rank}"),
        )
        for rank, one in enumerate(shown, start=1)
    ]
