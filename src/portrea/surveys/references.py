"""National figures put beside the answers to a question: value, people, source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.estimates import percent

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Reference:
    """A published share of people, and the choices of our question that come nearest to it.

    ``page`` is where it was read; ``seen`` is « source », or « cite » when another page tells it.
    """

    choices: tuple[str, ...]
    share: float
    what: str
    year: int
    universe: str
    source: str
    page: str
    seen: str
    same_universe: bool
    differs: str

    @property
    def sentence(self) -> str:
        """The figure as written beside the answers."""
        digits = 0 if round(self.share * 100, 6).is_integer() else 1
        return f"En France, {percent(self.share, decimals=digits)} {self.what} ({self.year})."


def references(model: str, question: str) -> tuple[Reference, ...]:
    """Return what is published nationally about a question of a ready questionnaire."""
    return _all().get(f"{model}.{question}", ())


def questions_compared(model: str) -> list[str]:
    """Return the questions of a ready questionnaire that have national figures."""
    return [key.split(".")[1] for key in _all() if key.split(".")[0] == model]


@cache
def _all() -> dict[str, tuple[Reference, ...]]:
    text = (files("portrea.surveys") / "params/references.yaml").read_text("utf-8")
    return {key: tuple(_read(rows)) for key, rows in yaml.safe_load(text).items()}


def _read(rows: Iterable[dict[str, Any]]) -> Iterable[Reference]:
    for row in rows:
        yield Reference(
            choices=tuple(row["choices"]),
            share=float(row["value"]) / 100,
            what=row["what"],
            year=int(row["year"]),
            universe=row["universe"],
            source=row["source"],
            page=row["page"],
            seen=row["lu"],
            same_universe=bool(row["same_universe"]),
            differs=row["differs"],
        )
