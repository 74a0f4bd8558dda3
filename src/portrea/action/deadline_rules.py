"""Rules of the dates that must not be missed: dated, sourced, to be read again.

A rule says when a step opens and until when it may be done, from a date of the person's own file
(the month a right began, the day it ends) or from none. The rules of Portrea are data
(``params/echeances.yaml``); a territory may add its own, in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

RELIABLE = ("bonne", "moyenne", "faible")


class Pace(StrEnum):
    """How the steps of a rule come back."""

    CYCLE = "cycle"
    MONTHLY = "monthly"
    BEFORE_END = "before_end"
    ANNIVERSARY = "anniversary"
    YEARLY = "yearly"
    AUTOMATIC = "automatic"

    @property
    def asks_a_date(self) -> bool:
        """Whether the steps are counted from a date of the person's own file."""
        return self in {Pace.CYCLE, Pace.BEFORE_END, Pace.ANNIVERSARY}


@dataclass(frozen=True, slots=True)
class Before:
    """How long before a day: whole months, else days."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read, and of when it is (a year, a month or a day)."""

    title: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One step of one right. Texts are French.

    ``supposed`` tells that only the month is known; ``dates`` are the (first, last) days already
    known of a yearly step; ``lasts`` is the days after which the rule must be read again.
    """

    name: str
    right: str
    body: str
    step: str
    pace: Pace
    forgotten: str
    sources: tuple[Source, ...]
    checked: date
    reliability: str
    lasts: int
    every: int = 0
    covers: tuple[int, ...] = ()
    opens: Before | int | None = None
    opens_february: int = 0
    closes: Before | int | None = None
    too_early: Before | None = None
    opens_month: int = 0
    words: str = ""
    dates: tuple[tuple[int, date, date], ...] = ()
    prefilled: str = ""
    supposed: bool = False

    def is_stale(self, today: date) -> bool:
        """Whether nobody has read the rule again for too long."""
        return (today - self.checked).days > self.lasts


@cache
def deadline_rules() -> Mapping[str, Rule]:
    """Return the rules of Portrea, by name."""
    text = (files("portrea.action") / "params" / "echeances.yaml").read_text("utf-8")
    return read_rules(yaml.safe_load(text))


def read_rules(told: Mapping[str, Any]) -> dict[str, Rule]:
    """Return the rules that a YAML mapping tells (``lasts`` and ``rules``).

    Raises
    ------
    ParameterError
        A rule has no source, no date of reading, or says what cannot be: its name and why.
    """
    lasts = int(told.get("lasts", 365))
    return {name: _rule(name, dict(card), lasts) for name, card in told["rules"].items()}


def _rule(name: str, card: dict[str, Any], lasts: int) -> Rule:
    sources = tuple(_source(name, one) for one in card.pop("sources", ()))
    if not sources:
        _refuse(name, "elle n’a pas de source", "Ajoutez « sources » : un titre et une date.")
    if not isinstance(card.get("checked"), date):
        _refuse(name, "on ne sait pas quand elle a été relue", "Ajoutez « checked » : un jour.")
    if card.get("reliability") not in RELIABLE:
        _refuse(name, "sa fiabilité n’est pas dite", f"Choisissez : {', '.join(RELIABLE)}.")
    pace = _pace(name, str(card.pop("kind", "")))
    for key in ("opens", "closes", "too_early"):
        if isinstance(card.get(key), dict):
            card[key] = Before(**card[key])
    card["covers"] = tuple(card.get("covers", ()))
    card["dates"] = tuple(_window(name, year, days) for year, days in card.pop("dates", {}).items())
    try:
        rule = Rule(name=name, pace=pace, sources=sources, lasts=card.pop("lasts", lasts), **card)
    except TypeError as error:
        _refuse(name, f"une rubrique manque ou n’existe pas ({error})", "Corrigez-la.")
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if rule.pace is Pace.CYCLE and rule.every < 1:
        _refuse(rule.name, "« every » n’est pas un nombre de mois", "Par exemple : every: 3.")
    if rule.pace is Pace.MONTHLY and not (
        isinstance(rule.opens, int) and isinstance(rule.closes, int)
    ):
        _refuse(
            rule.name, "« opens » et « closes » ne sont pas des jours", "Par exemple : 28 et 15."
        )
    if rule.pace in {Pace.BEFORE_END, Pace.ANNIVERSARY} and not isinstance(rule.closes, Before):
        _refuse(rule.name, "« closes » manque", "Par exemple : closes: {months: 2}.")
    if rule.pace is Pace.YEARLY and not 1 <= rule.opens_month <= 12:
        _refuse(rule.name, "« opens_month » n’est pas un mois", "Un nombre de 1 à 12.")


def _pace(name: str, told: str) -> Pace:
    try:
        return Pace(told)
    except ValueError:
        _refuse(name, f"« kind: {told} » n’existe pas", f"Choisissez : {', '.join(Pace)}.")


def _source(name: str, told: Mapping[str, Any]) -> Source:
    title, day = str(told.get("title", "")).strip(), str(told.get("date", "")).strip()
    if not title or not day:
        _refuse(name, "une source n’a pas de titre ou pas de date", "Complétez-la.")
    return Source(title, day)


def _window(name: str, year: Any, days: Any) -> tuple[int, date, date]:
    first, last = days if isinstance(days, list) and len(days) == 2 else (None, None)
    if not (isinstance(first, date) and isinstance(last, date) and first <= last):
        _refuse(name, f"les dates de {year} ne se suivent pas", "Premier jour, puis dernier jour.")
    return int(year), first, last


def _refuse(name: str, why: str, remedy: str) -> NoReturn:
    raise ParameterError(f"La règle « {name} » est refusée : {why}.", remedy=remedy)
