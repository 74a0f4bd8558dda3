"""What an address of « Et si ? » asks: everything is in it, so that a link shares the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlencode

from portrea.base.errors import ParameterError
from portrea.reach.siting.params import default_parameters
from portrea.reach.travel import default_travel
from portrea.steering.display import parameters
from portrea.steering.what_if import Changes
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

SITUATIONS = tuple(situation.value for situation in Situation)
TRIPS = {"voiture": "car", "velo": "bicycle", "sans-voiture": "no_car", "pied": "walk"}
"""Ways of travelling: word of the address → profile."""
LISTED, TOLD = "tous", "horaires-dits"
"""Places counted: all those listed, or those that tell their hours."""
USUAL = {"besoin": "aide", "minutes": "20", "trajet": "voiture", "qui": "", "lieux": LISTED}
TIMES = ("", "vol")
"""Times of the best engine of the territory, or of the default model."""
LONGEST = 200
LONGEST_LIST = 1_200
"""Signs of a list of territories: as many as may be asked together."""
MOST_KEPT = 2
NOTHING = Changes()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of « Et si ? » : territory, help, time, way of travelling, whom, changes.

    ``places`` are those counted today, :data:`LISTED` or :data:`TOLD`;
    ``kept`` are the addresses of the trials put aside, to be compared with this one.
    """

    reference: str
    situation: str = "aide"
    minutes: int = 20
    trip: str = "voiture"
    times: str = ""
    measure: str = ""
    places: str = LISTED
    changes: Changes = NOTHING
    kept: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read an address.

        Raises
        ------
        ParameterError
            Something written there does not exist.
        """
        pairs = [(name, value) for name, values in query.lists() for value in values]
        return cls.of(pairs)

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Self:
        """Read the pairs of an address."""
        cut = {"t": LONGEST_LIST, "territoires": LONGEST_LIST}
        one = {n: v.strip()[: cut.get(n, LONGEST)] for n, v in reversed(pairs) if v.strip()}
        many = {name: [v.strip() for n, v in pairs if n == name and v.strip()] for name in MANY}
        opened = [_opened(text) for text in many["ajout"]]
        found = cls(
            reference=one.get("t", "") or one.get("territoires", ""),
            situation=_among("besoin", one.get("besoin", USUAL["besoin"]), SITUATIONS),
            minutes=int(_among("minutes", one.get("minutes", USUAL["minutes"]), thresholds())),
            trip=_among("trajet", one.get("trajet", USUAL["trajet"]), tuple(TRIPS)),
            times=_among("temps", one.get("temps", ""), TIMES),
            measure=one.get("qui", ""),
            places=_among("lieux", one.get("lieux", LISTED), (LISTED, TOLD)),
            changes=Changes(_together(opened), tuple(dict.fromkeys(many["ferme"]))),
            kept=tuple(many["garde"][:MOST_KEPT]),
        )
        most = int(parameters("what_if")["most_changes"]["value"])
        if len(found.changes.opened) + len(found.changes.closed) > most:
            raise ParameterError(
                f"Un essai compte {most} changements au plus.",
                remedy="Retirez-en, ou faites deux essais à comparer.",
            )
        return found

    @property
    def profile(self) -> str:
        """Profile of the engine of times."""
        return TRIPS[self.trip]

    def query(self, *, kept: bool = True) -> str:
        """Write the address: the same question always has the same one."""
        told = {
            "besoin": self.situation,
            "minutes": str(self.minutes),
            "trajet": self.trip,
            "lieux": self.places,
        }
        parts = [("t", self.reference)]
        parts += [(name, value) for name, value in told.items() if value != USUAL[name]]
        parts += [("temps", self.times)] if self.times else []
        parts += [("qui", self.measure)] if self.measure else []
        parts += [("ajout", f"{count},{key}") for count, key in self.changes.opened]
        parts += [("ferme", key) for key in self.changes.closed]
        parts += [("garde", text) for text in self.kept] if kept else []
        return urlencode(parts, safe=":,")

    def opening(self, key: str, count: int) -> Self:
        """Return the question with half-days added at a place (none: the place taken out)."""
        others = tuple(pair for pair in self.changes.opened if pair[1] != key)
        more = ((count, key),) if count else ()
        return replace(self, changes=Changes((*others, *more), self.changes.closed))

    def closing(self, key: str, *, closed: bool = True) -> Self:
        """Return the question with a place that closes, or stays."""
        others = tuple(one for one in self.changes.closed if one != key)
        more = (key,) if closed else ()
        return replace(self, changes=Changes(self.changes.opened, (*others, *more)))

    def blank(self) -> Self:
        """Return the question without any change, this one put aside."""
        kept = (*self.kept, self.query(kept=False))[-MOST_KEPT:]
        return replace(self, changes=Changes(), kept=tuple(dict.fromkeys(kept)))


MANY = ("ajout", "ferme", "garde")


def read_text(text: str) -> Asked:
    """Read the address of a trial put aside or saved."""
    return Asked.of(parse_qsl(text))


def thresholds() -> tuple[str, ...]:
    """Return the minutes offered, as written."""
    return tuple(f"{minutes:g}" for minutes in default_travel().thresholds)


def _among(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ParameterError(
            f"« {value[:40]} » ne convient pas pour « {name} ».",
            remedy=f"Valeurs possibles : {', '.join(known)}.",
        )
    return value


def _opened(text: str) -> tuple[int, str]:
    """Read « 2,commune:35211 »: half-days a week, then where."""
    count, comma, key = text.partition(",")
    if not comma or not key or len(key) > LONGEST:
        raise ParameterError(
            f"« {text[:60]} » n’est pas un ajout.",
            remedy="Forme attendue : un nombre de demi-journées, une virgule, un lieu.",
        )
    return half_days(count), key


def half_days(text: str) -> int:
    """Read a number of half-days a week."""
    most = default_parameters().most_half_days
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()) or not 1 <= int(text) <= most:
        raise ParameterError(
            f"« {text[:20]} » n’est pas un nombre de demi-journées par semaine.",
            remedy=f"Donnez un nombre entier de 1 à {most}.",
        )
    return int(text)


def _together(opened: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """Keep one count by place: the last one written."""
    return tuple((count, key) for key, count in {key: count for count, key in opened}.items())


def moved(asked: Asked, query: QueryDict) -> Asked:
    """Return the question with what a form adds: ``ou`` and ``combien``, or ``arrete``."""
    where, stops = query.get("ou", "").strip(), query.get("arrete", "").strip()
    if where:
        asked = asked.opening(where[:LONGEST], half_days(query.get("combien", "1")))
    return asked.closing(stops[:LONGEST]) if stops else asked
