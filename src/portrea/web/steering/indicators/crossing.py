"""The crossed table that is asked: rows, columns and measure among those that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.steering import pivot
from portrea.steering.periods import last_whole
from portrea.web.accounts.clocks import today_in
from portrea.web.action.boards.wording import SPECS
from portrea.web.steering.indicators import counting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.document import Table
    from portrea.web.steering.indicators.selectors import Asked

PARTS = "parties"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is crossed with what, and what is told of it."""

    rows: str = "theme"
    columns: str = "trimestre"
    measure: str = "nombre"

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Choice:
        """Return what an address asks; what is unknown is left to the usual."""
        usual = cls()
        return cls(
            _among(told.get("lignes", ""), pivot.ROWS, usual.rows),
            _among(told.get("colonnes", ""), pivot.COLUMNS, usual.columns),
            _among(told.get("mesure", ""), pivot.MEASURES, usual.measure),
        )

    @property
    def told(self) -> dict[str, str]:
        """The same as an address tells it."""
        return {"lignes": self.rows, "colonnes": self.columns, "mesure": self.measure}


def rows_offered() -> dict[str, str]:
    """Return what may be told in rows: dimension → French."""
    titles = {spec.dimension: str(spec.title) for spec in SPECS}
    return {name: titles[name] for name in pivot.ROWS}


def columns_offered(territory: str) -> dict[str, str]:
    """Return what may be told in columns; parts only where a territory has some."""
    known = dict(pivot.COLUMNS)
    if not counting.parts_known(territory):
        known.pop(PARTS)
    return known


def crossed_table(asked: Asked, choice: Choice) -> Table | None:
    """Return the crossed table of a period, ``None`` where too little was noted."""
    months = counting.years_around([(asked.period.first, asked.period.last)])
    last = last_whole(today_in(asked.territory))
    by_part = choice.columns == PARTS
    read = counting.Read.of(asked.territory, months, by_part=by_part)
    crossed = counting.crossed_of(read, choice.rows, last)
    return pivot.pivot_table(
        crossed.dimension, asked.period, choice.columns, choice.measure, crossed.parts
    )


def _among(told: str, known: Mapping[str, str] | tuple[str, ...], usual: str) -> str:
    return told if told in known else usual
