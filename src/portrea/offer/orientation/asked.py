"""What a person asked so far ⇄ the address of the page: every step is a link, nothing is stored.

Values are closed codes, so that an address holds no word of the person; a position is rounded to
some hundred metres before it is written anywhere.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.offer.orientation.procedures import procedure_of
from portrea.offer.orientation.rules import rules
from portrea.offer.record import Block
from portrea.territory.codes import Level, valid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

YES = "oui"
NONE = "aucune"
"""The person has no procedure in mind, and said so."""
DIGITS = 3
"""Decimals of a position kept: about a hundred metres."""
LONGEST = 500


class Way(StrEnum):
    """How the person travels."""

    CAR = "voiture"
    FOOT = "pied"


class Step(StrEnum):
    """The question a page asks; the last one is the answer."""

    WHERE = "ou"
    NEED = "besoin"
    PROCEDURE = "demarche"
    CONSTRAINTS = "contraintes"
    ANSWER = "reponse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the person’s situation; ``None`` is a question not asked yet.

    ``point`` is longitude and latitude; ``seen`` tells that the question on constraints was shown.
    """

    commune: str | None = None
    point: tuple[float, float] | None = None
    need: Block | None = None
    procedure: str | None = None
    way: Way = Way.CAR
    wheelchair: bool = False
    language: str | None = None
    women: bool = False
    home: bool = False
    evening: bool = False
    saturday: bool = False
    seen: bool = False

    @classmethod
    def of(cls, query: str | Mapping[str, str | Sequence[str]]) -> Asked:
        """Read an address; names that are not ours are left alone.

        Raises
        ------
        ParameterError
            A value that is not one of those offered, told twice, or too long.
        """
        told = _flat(query)
        read: dict[str, Any] = {
            field: parse(told[name]) for name, (field, parse) in _READ.items() if name in told
        }
        x, y = read.pop("x", None), read.pop("y", None)
        if (x is None) != (y is None):
            raise ParameterError(
                "Position incomplète : il faut la longitude et la latitude.", remedy=_AGAIN
            )
        if x is not None and y is not None:
            read["point"] = (x, y)
        asked = cls(**read)
        if asked.need is None and asked.procedure not in (None, NONE):
            return replace(asked, need=procedure_of(str(asked.procedure)).need)
        return asked

    def query(self) -> str:
        """Return the address of this state, always written the same way."""
        parts = [f"commune={self.commune}"] if self.commune else []
        if self.point:
            parts += [f"lon={self.point[0]:.{DIGITS}f}", f"lat={self.point[1]:.{DIGITS}f}"]
        parts += [f"besoin={self.need}"] if self.need else []
        parts += [f"demarche={self.procedure}"] if self.procedure else []
        parts += [f"trajet={self.way}"] if self.way is not Way.CAR else []
        parts += [f"langue={self.language}"] if self.language else []
        parts += [f"{name}={YES}" for name, field in FLAGS.items() if getattr(self, field)]
        return "&".join(parts)

    @property
    def step(self) -> Step:
        """Return the question to ask now."""
        if self.commune is None and self.point is None:
            return Step.WHERE
        if self.need is None:
            return Step.NEED
        if self.procedure is None and self.need is Block.AIDE:
            return Step.PROCEDURE
        return Step.ANSWER if self.seen else Step.CONSTRAINTS

    def back_to(self, step: Step) -> Asked:
        """Return the state in which a question was asked: its answer and later ones forgotten."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        for one in reversed(Step):
            for name in _ANSWERS[one]:
                kept.pop(name)
            if one is step:
                break
        return Asked(**kept)

    @property
    def constraints(self) -> tuple[str, ...]:
        """Return the constraints asked for, by the names of the rules."""
        flags = (name for name, field in FLAGS.items() if field != "seen" and getattr(self, field))
        return (*(["langue"] if self.language else []), *flags)


FLAGS = {
    "fauteuil": "wheelchair",
    "femmes": "women",
    "domicile": "home",
    "soir": "evening",
    "samedi": "saturday",
    "vu": "seen",
}
"""Name in the address → field that is true when it says « oui »."""
_ANSWERS: dict[Step, tuple[str, ...]] = {
    Step.WHERE: ("commune", "point"),
    Step.NEED: ("need",),
    Step.PROCEDURE: ("procedure",),
    Step.CONSTRAINTS: ("way", "language", *FLAGS.values()),
    Step.ANSWER: (),
}
_AGAIN = "Reprenez depuis la première question."

# -- reading --------------------------------------------------------------------------------------


def _flat(query: str | Mapping[str, str | Sequence[str]]) -> dict[str, str]:
    """Return the values of our names, once each; empty ones are questions not asked."""
    found: dict[str, str] = {}
    for name, value in _pairs(query):
        if name not in _READ or not value:
            continue
        if name in found and found[name] != value:
            raise ParameterError(
                f"« {name} » est dit deux fois, différemment.", remedy="Gardez une seule réponse."
            )
        found[name] = value
    return found


def _pairs(query: str | Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    if isinstance(query, str):
        text = query.removeprefix("?")
        if len(text) > LONGEST:
            raise ParameterError(
                f"Adresse trop longue : {len(text)} caractères, {LONGEST} au plus.", remedy=_AGAIN
            )
        cut = (part.partition("=") for part in text.split("&") if part)
        return [(name, value.strip()) for name, _, value in cut]
    found = []
    for name, told in query.items():
        values = [told] if isinstance(told, str) else list(told)
        found += [(name, str(value).strip()) for value in values]
    return found


def _refused(name: str, value: str, offered: str) -> ParameterError:
    shown = "".join(c for c in value[:40] if c.isprintable())
    return ParameterError(
        f"Valeur refusée pour « {name} » : « {shown} ».", remedy=f"Valeurs possibles : {offered}."
    )


def _commune(value: str) -> str:
    code = value.upper()
    if not valid(Level.COMMUNE, code):
        raise _refused("commune", value, "le code officiel d’une commune, par exemple 35188")
    return code


_DECIMAL = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?")


def _degrees(name: str, most: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        if not _DECIMAL.fullmatch(value) or not value.isascii():
            raise _refused(name, value, f"un nombre de degrés entre -{most:.0f} et {most:.0f}")
        degrees = round(float(value), DIGITS) + 0.0  # never « -0.000 »
        if not math.isfinite(degrees) or abs(degrees) > most:
            raise _refused(name, value, f"un nombre de degrés entre -{most:.0f} et {most:.0f}")
        return degrees

    return read


def _need(value: str) -> Block:
    if value not in set(Block):
        raise _refused("besoin", value, ", ".join(Block))
    return Block(value)


def _procedure(value: str) -> str:
    return value if value == NONE else procedure_of(value).code


def _way(value: str) -> Way:
    if value not in set(Way):
        raise _refused("trajet", value, ", ".join(Way))
    return Way(value)


def _language(value: str) -> str:
    known = rules().told["langue"]
    if value not in known:
        raise _refused("langue", value, ", ".join(known))
    return value


def _flag(name: str) -> Callable[[str], bool]:
    def read(value: str) -> bool:
        if value not in (YES, "non"):
            raise _refused(name, value, "oui, non")
        return value == YES

    return read


_READ: dict[str, tuple[str, Callable[[str], object]]] = {
    "commune": ("commune", _commune),
    "lon": ("x", _degrees("lon", 180)),
    "lat": ("y", _degrees("lat", 90)),
    "besoin": ("need", _need),
    "demarche": ("procedure", _procedure),
    "trajet": ("way", _way),
    "langue": ("language", _language),
    **{name: (field, _flag(name)) for name, field in FLAGS.items()},
}
