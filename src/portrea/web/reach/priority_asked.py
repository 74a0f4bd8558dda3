"""What an address of the priority areas asks: all of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from portrea.base.errors import ParameterError
from portrea.reach.priority_tables import ORDERS
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import TIMES, TRIPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

WORDS = {"personnes": "persons", "part": "share", "acces": "access"}
"""Word of the address → what orders the areas."""
SHARES = {"25": 0.25, "50": 0.5, "75": 0.75}
"""Bar, in hundredths of the mean access."""
MOST_FIRST = 50
USUAL = {"besoin": "aide", "trajet": "voiture", "ordre": "personnes", "seuil": "50"}
LEVELS = ("commune", "iris", "epci")
LONGEST = 40


@dataclass(frozen=True, slots=True)
class PriorityAsked:
    """Which help, for whom, how people come, the bar, what orders, how many first, which areas."""

    reference: str
    situation: str = "aide"
    measure: str = ""
    trip: str = "voiture"
    times: str = ""
    share: str = "50"
    order: str = "personnes"
    first: int = 0
    level: str = ""

    @classmethod
    def read(cls, reference: str, query: QueryDict) -> Self:
        """Read an address.

        Raises
        ------
        ParameterError
            Something written there does not exist.
        """
        told = {name: query.get(name, "").strip()[:LONGEST] for name in query}
        told = USUAL | {name: value for name, value in told.items() if value}
        situations = tuple(s.value for s in Situation)
        return cls(
            reference,
            situation=_among("besoin", told["besoin"], situations),
            measure=told.get("qui", ""),
            trip=_among("trajet", told["trajet"], tuple(TRIPS)),
            times=_among("temps", told.get("temps", ""), TIMES),
            share=_among("seuil", told["seuil"], tuple(SHARES)),
            order=_among("ordre", told["ordre"], tuple(WORDS)),
            first=_number(told.get("nombre", "")),
            level=_among("zones", told["zones"], LEVELS) if "zones" in told else "",
        )

    @property
    def profile(self) -> str:
        """Profile of the engine of times."""
        return TRIPS[self.trip]

    def query(self, **changes: str) -> str:
        """Write the address, with some changes; usual choices are left out."""
        asked = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        told = {
            "besoin": asked.situation,
            "trajet": asked.trip,
            "seuil": asked.share,
            "ordre": asked.order,
        }
        parts = [(name, value) for name, value in told.items() if value != USUAL[name]]
        parts += [("temps", asked.times)] if asked.times else []
        parts += [("qui", asked.measure)] if asked.measure else []
        parts += [("nombre", str(asked.first))] if asked.first else []
        parts += [("zones", asked.level)] if asked.level else []
        return urlencode(parts)


assert set(WORDS.values()) == set(ORDERS)


def _among(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ParameterError(
            f"« {value} » ne convient pas pour « {name} ».",
            remedy=f"Valeurs possibles : {', '.join(known)}.",
        )
    return value


def _number(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_FIRST:
        raise ParameterError(
            f"« {text} » n’est pas un nombre de zones prioritaires.",
            remedy=f"Donnez un nombre entier de 1 à {MOST_FIRST}.",
        )
    return int(text)
