"""What an address of a round asks: stops, weeks, crew; all of it is in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from portrea.base.errors import ParameterError
from portrea.reach.tours.reading import column_of, is_header, read_dates, read_rows
from portrea.steering.tours import Terms, checked_terms
from portrea.web.reach.tour_cancelled import step_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from portrea.reach.tours.reading import Row

COLUMNS = ("arret", "commune", "duree", "rythme", "horaires")
MOST_STOPS, MOST_WEEKS, MOST_CREWS, LONGEST = 40, 13, 2, 6000
USUAL = {"rythme": "une semaine sur deux", "duree": "2 h", "semaines": "4", "equipes": "1"}
WORDS = ("horaires", "depot", "territoire", "rythme", "duree", "fermes", "routes")
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
    holidays: bool = False
    closed: str = ""
    roads: str = ""
    pause: str = ""
    setup: str = ""
    announced: str = ""
    cancelled: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read an address; the list of stops is kept whole, however long."""
        word = {name: query.get(name, "").strip()[:LONGEST_WORD] for name in WORDS}
        lines = query.get("arrets", "").replace("\r\n", "\n").split("\n")
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
            holidays=query.get("feries", "") == "oui",
            closed=word["fermes"],
            roads=word["routes"],
            pause=query.get("pause", "").strip()[:4],
            setup=query.get("installation", "").strip()[:4],
            announced=query.get("annonce", "").strip(),
            cancelled=tuple(step.strip() for step in query.getlist("annule") if step.strip()),
        )

    def query(self) -> str:
        """Write the address: the same question always has the same one."""
        return urlencode(self.fields())

    def fields(self) -> list[tuple[str, str]]:
        """Return the name and value of all that the address holds, for it or a hidden form."""
        told = {
            "rythme": self.rhythm, "duree": self.duration, "semaines": self.weeks,
            "equipes": self.crews,
        }  # fmt: skip
        parts = [("arrets", self.stops), ("debut", self.start)]
        parts += [(name, value) for name, value in told.items() if value != USUAL[name]]
        more = {
            "horaires": self.hours, "depot": self.depot, "fermes": self.closed,
            "routes": self.roads, "pause": self.pause, "installation": self.setup,
            "vacances": "" if self.school else "non",
            "feries": "oui" if self.holidays else "", "annonce": self.announced,
        }  # fmt: skip
        parts += [(name, value) for name, value in more.items() if value]
        return parts + [("annule", step) for step in self.cancelled]

    def rows(self) -> tuple[Row, ...]:
        """Return the stops: one by line, « nom ; commune ; durée ; rythme ; jours »."""
        if len(self.stops) > LONGEST:
            raise ParameterError(
                f"La liste des arrêts fait {len(self.stops)} signes : l’adresse de la page en "
                f"porte {LONGEST} au plus.",
                remedy="Raccourcissez les noms, séparez la tournée en secteurs, ou servez-vous de "
                "la commande « portrea reach tour ».",
            )
        header, lines = self._header()
        if len(lines) > MOST_STOPS:
            raise ParameterError(
                f"{len(lines)} arrêts : cette page en planifie {MOST_STOPS} au plus.",
                remedy="Séparez la tournée en secteurs, ou servez-vous de la commande "
                "« portrea reach tour ».",
            )
        rows = [self._row(header, line) for line in lines]
        first = 1 if header == COLUMNS else 2
        return read_rows(rows, rhythm=self.rhythm, first=first)

    def _header(self) -> tuple[tuple[str, ...], list[str]]:
        """Return the columns, those of the first line when it is a header, and the lines."""
        first, *others = self.stops.split("\n")
        cells = _cells(first)
        return (cells, others) if is_header(cells) else (COLUMNS, [first, *others])

    def _row(self, header: tuple[str, ...], line: str) -> dict[str, str | None]:
        cells = _cells(line)
        row = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        lost = [cell for cell in cells[len(header) :] if cell]
        if lost:
            raise ParameterError(
                f"La ligne « {line[:80]} » a {len(cells)} cases, {len(header)} sont attendues : "
                f"« {lost[0]} » est en trop.",
                remedy=f"Colonnes lues, dans l’ordre : {' ; '.join(header)}.",
            )
        wanted = next((name for name in header if column_of(name) == "duration"), "duree")
        return row | {wanted: row.get(wanted) or self.duration}

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
                school=self.school, holidays=self.holidays, closed=self._closed(), roads=self.roads,
                pause=_minutes("pause", self.pause),
                setup=_minutes("installation", self.setup),
            )
        )  # fmt: skip

    def _closed(self) -> frozenset[date]:
        try:
            return read_dates(self.closed) if self.closed else frozenset()
        except ParameterError as error:
            raise ParameterError(
                f"Jours sans tournée « {self.closed} » non compris.",
                remedy="Écrivez des dates comme 24/12/2026, 31/12/2026.",
            ) from error

    def cancelling(
        self, announced: str, ticked: Iterable[str], *, today: date, made_up: bool
    ) -> Self:
        """Return the question with one more step: what is ticked is called off."""
        step = step_text(today, ticked, made_up=made_up)
        steps = (*self.cancelled, step) if step else self.cancelled
        return replace(self, announced=announced, cancelled=steps)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in re.split(r"[;\t]", line))


def _minutes(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ParameterError(
            f"{name.capitalize()} de « {text} » minutes : ce nombre n’est pas compris.",
            remedy="Donnez un nombre de minutes de 0 à 120, ou rien pour la valeur usuelle.",
        )
    return int(text)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ParameterError(
            f"« {text} » {name} : ce nombre ne convient pas.",
            remedy=f"Donnez de 1 à {most} {name}.",
        )
    return int(text)
