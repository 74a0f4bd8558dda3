"""A step of a calendar told to a person: when, and what goes with it."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml
from babel.dates import format_date
from babel.lists import format_list

from portrea.action.deadline_rules import Before, Pace, Rule, Source
from portrea.action.deadlines import time_before
from portrea.action.telling import NARROW, say_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.action.deadlines import Step

NOTED = "note"
SUPPOSED = (
    f"Seul le mois est sûr{NARROW}: le jour exact est écrit dans votre espace ou sur"
    " votre courrier."
)


def noted(words: str, day: date) -> Rule:
    """Return the rule of a date that somebody writes herself, an appointment for instance."""
    return Rule(
        name=NOTED, right="Noté par vous", body="", step=words, pace=Pace.BEFORE_END,
        forgotten="", sources=(Source("vous", str(day.year)),), checked=day, reliability="bonne",
        lasts=366, closes=Before(),
    )  # fmt: skip


@cache
def groups() -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return the rights as people speak of them: (heading, {rule: words}), in order."""
    text = (files("portrea.action") / "params" / "mes_dates.yaml").read_text("utf-8")
    told: list[dict[str, Any]] = yaml.safe_load(text)["groups"]
    return tuple((one["label"], dict(one["rules"])) for one in told)


def say_when(step: Step) -> str:
    """Return « Du 1er au 31 décembre 2026 », « Au plus tard le 31 mars 2027 »."""
    opens, closes = step.opens, step.closes
    if step.late:
        return "Dès aujourd’hui"
    if closes is None:
        return f"À partir {_of(say_month(opens))}" if opens else ""
    if step.rule.name == NOTED:
        return f"Le {say_day(closes, year=True)}"
    if opens is None or opens == closes:
        return f"Au plus tard le {say_day(closes, year=True)}"
    last = say_day(closes, year=True)
    if (opens.year, opens.month) == (closes.year, closes.month):
        return f"Du {say_day(opens).split()[0]} au {last}"
    return f"Du {say_day(opens, year=opens.year != closes.year)} au {last}"


def say_month(day: date) -> str:
    """Return « avril 2027 »."""
    return str(format_date(day, "MMMM y", locale="fr"))


def notes_of(step: Step) -> list[str]:
    """Return what goes with a step: what is declared, what is not sure, when the right ends."""
    return [note for note in _notes(step) if note]


def _notes(step: Step) -> Iterator[str]:
    if step.covers:
        yield f"Vous déclarez {_months(step.covers)}."
    if step.late and step.closes:
        yield f"Il fallait le faire avant le {say_day(step.closes, year=True)}."
    elif step.ends and isinstance(step.rule.too_early, Before):
        early = time_before(step.ends, step.rule.too_early)
        yield (
            f"Avant le {say_day(early, year=True)}, la demande pouvait être refusée parce que"
            " trop tôt."
        )
    if step.closes is None:
        yield step.rule.words
    elif step.supposed:
        yield SUPPOSED
    if step.ends and step.rule.name != NOTED:
        yield f"Le droit finit le {say_day(step.ends, year=True)}."


def _months(covers: Sequence[str]) -> str:
    """Return « novembre et décembre 2026, janvier 2027 »."""
    days = [date.fromisoformat(f"{month}-01") for month in covers]
    years = [
        f"{format_list([str(format_date(day, 'MMMM', locale='fr')) for day in held], locale='fr')}"
        f" {year}"
        for year, held in groupby(days, key=lambda day: day.year)
    ]
    return ", ".join(years)


def _of(month: str) -> str:
    return f"d’{month}" if month[0] in "ao" else f"de {month}"
