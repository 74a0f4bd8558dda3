"""What an address of a round asks: stops, weeks, crew; all of it is in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from portrea.base.errors import ParameterError
from portrea.reach.tours.reading import read_rows
from portrea.steering.tours import Terms, checked_terms

if TYPE_CHECKING:
    from django.http import QueryDict

    from portrea.reach.tours.reading import Row

COLUMNS = ("arret", "commune", "duree", "rythme", "horaires")
MOST_STOPS, MOST_WEEKS, MOST_CREWS, LONGEST = 40, 8, 2, 4000
USUAL = {"rythme": "une semaine sur deux", "duree": "2 h", "semaines": "4", "equipes": "1"}
WORDS = ("horaires", "depot", "territoire", "rythme", "duree")
LONGEST_WORD = 120


@dataclass(frozen=True, slots=True)
class TourAsked:
    """A question as the form has it, nothing understood yet."""

    stops: str = ""
    territory: str = ""
    start: str = ""
    weeks: str = USUAL["semaines"]
    hours: str = ""
    depot: str = ""
    crews: str = USUAL["equipes"]
    rhythm: str = USUAL["rythme"]
    duration: str = USUAL["duree"]
    school: bool = True

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read an address; texts too long are cut."""
        word = {name: query.get(name, "").strip()[:LONGEST_WORD] for name in WORDS}
        lines = query.get("arrets", "")[:LONGEST].replace("\r\n", "\n").split("\n")
        return cls(
            stops="\n".join(line.strip() for line in lines if line.strip()),
            territory=word["territoire"],
            start=query.get("debut", "").strip()[:10],
            weeks=query.get("semaines", "").strip()[:3] or USUAL["semaines"],
            hours=word["horaires"],
            depot=word["depot"],
            crews=query.get("equipes", "").strip()[:3] or USUAL["equipes"],
            rhythm=word["rythme"] or USUAL["rythme"],
            duration=word["duree"] or USUAL["duree"],
            school=query.get("vacances", "") != "non",
        )

    def query(self) -> str:
        """Write the address: the same question always has the same one."""
        told = {
            "rythme": self.rhythm, "duree": self.duration, "semaines": self.weeks,
            "equipes": self.crews,
        }  # fmt: skip
        parts = [("arrets", self.stops), ("debut", self.start)]
        parts += [(name, value) for name, value in told.items() if value != USUAL[name]]
        parts += [("horaires", self.hours)] if self.hours else []
        parts += [("depot", self.depot)] if self.depot else []
        parts += [] if self.school else [("vacances", "non")]
        return urlencode(parts)

    def rows(self) -> tuple[Row, ...]:
        """Return the stops: one by line, « nom ; commune ; durée ; rythme ; jours »."""
        lines = self.stops.split("\n")
        if len(lines) > MOST_STOPS:
            raise ParameterError(
                f"{len(lines)} arrêts : cette page en planifie {MOST_STOPS} au plus.",
                remedy="Séparez la tournée en secteurs, ou servez-vous de la commande "
                "« portrea reach tour ».",
            )
        return read_rows([self._row(line) for line in lines], rhythm=self.rhythm, first=1)

    def _row(self, line: str) -> dict[str, str | None]:
        cells = [cell.strip() for cell in re.split(r"[;\t]", line)]
        row = dict(zip(COLUMNS, [*cells, *[""] * len(COLUMNS)], strict=False))
        return row | {"duree": row["duree"] or self.duration}

    def terms(self) -> Terms:
        """Return the terms, or say which one cannot be."""
        weeks = _number("semaines", self.weeks, MOST_WEEKS)
        crews = _number("équipes", self.crews, MOST_CREWS)
        try:
            start = date.fromisoformat(self.start)
        except ValueError as error:
            raise ParameterError(
                f"Premier jour « {self.start} » non compris.",
                remedy="Écrivez une date comme 2026-12-07.",
            ) from error
        return checked_terms(
            Terms(
                start=start, weeks=weeks, hours=self.hours, depot=self.depot, crews=crews,
                school=self.school,
            )
        )  # fmt: skip


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ParameterError(
            f"« {text} » {name} : ce nombre ne convient pas.",
            remedy=f"Donnez de 1 à {most} {name}.",
        )
    return int(text)
