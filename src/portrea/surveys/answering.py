"""What an answer to one question may be: how it is read, and why it is refused."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from portrea.surveys.form import Kind, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_INTEGER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"-?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})")
_HOUR = re.compile(r"(\d{1,2})[:hH](\d{2})?(:\d{2}(\.\d+)?)?")
_SPACES = re.compile(r"\s")
_LONGEST = 10_000


def tidy(question: Question, given: str) -> str:
    """Return an answer as it is kept: no space around, a point in numbers, « 09:05 »."""
    text = given.replace("\r\n", "\n").strip()
    if question.kind in {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}:
        return _SPACES.sub("", text).replace(",", ".")
    if question.kind is Kind.TIME and (found := _HOUR.fullmatch(text)):
        return f"{int(found[1]):02d}:{found[2] or '00'}"
    if question.kind in {Kind.SEVERAL, Kind.RANK}:
        return " ".join(dict.fromkeys(text.split()))
    return text


def refused(question: Question, answer: str, offered: Collection[str]) -> str:
    """Return in French why an answer is not one, empty when it is."""
    if not answer:
        return ""
    if len(answer) > _LONGEST:
        return f"Cette réponse a {len(answer)} caractères ; {_LONGEST} au plus."
    if question.kind.chooses:
        return _not_offered(answer.split(), offered)
    why = _REFUSALS.get(question.kind)
    return why(question, answer) if why else ""


def _not_offered(chosen: list[str], offered: Collection[str]) -> str:
    strange = [name for name in chosen if name not in offered]
    return "Ce choix n’est pas (ou plus) proposé : choisissez de nouveau." if strange else ""


def _integer(_question: Question, answer: str) -> str:
    return "" if _INTEGER.fullmatch(answer) else "Écrivez un nombre entier, par exemple 12."


def _decimal(_question: Question, answer: str) -> str:
    return "" if _DECIMAL.fullmatch(answer) else "Écrivez un nombre, par exemple 3,5."


def _range(question: Question, answer: str) -> str:
    start, end, step = (float(question.parameters.get(key, default)) for key, default in _STEPS)
    told = f"Choisissez un nombre de {start:g} à {end:g}, de {step:g} en {step:g}."
    if not _DECIMAL.fullmatch(answer):
        return told
    number = float(answer)
    gone = (number - start) / step if step else 0.0
    inside = min(start, end) <= number <= max(start, end)
    return "" if inside and abs(gone - round(gone)) < 1e-9 else told


_STEPS = (("start", "0"), ("end", "10"), ("step", "1"))


def _dated(_question: Question, answer: str) -> str:
    return _parsed(date.fromisoformat, answer, "Écrivez une date : jour, mois, année.")


def _moment(_question: Question, answer: str) -> str:
    return _parsed(datetime.fromisoformat, answer, "Écrivez une date et une heure.")


def _hour(_question: Question, answer: str) -> str:
    return _parsed(time.fromisoformat, answer, "Écrivez une heure, par exemple 14:30.")


def _parsed(parse: Callable[[str], object], answer: str, otherwise: str) -> str:
    try:
        parse(answer)
    except ValueError:
        return otherwise
    return ""


def _point(_question: Question, answer: str) -> str:
    numbers = answer.split()
    told = "Un lieu s’écrit « latitude longitude », par exemple 49.44 1.09."
    if len(numbers) not in {2, 3, 4} or not all(map(_DECIMAL.fullmatch, numbers)):
        return told
    within = abs(float(numbers[0])) <= 90 and abs(float(numbers[1])) <= 180
    return "" if within else told


def _line(question: Question, answer: str) -> str:
    points = [point for point in answer.split(";") if point.strip()]
    return next((why for point in points if (why := _point(question, point))), "")


def _agreed(_question: Question, answer: str) -> str:
    return "" if answer == "OK" else "Cochez la case, ou laissez-la vide."


_REFUSALS: dict[Kind, Callable[[Question, str], str]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.RANGE: _range,
    Kind.DATE: _dated,
    Kind.TIME: _hour,
    Kind.MOMENT: _moment,
    Kind.POINT: _point,
    Kind.LINE: _line,
    Kind.SHAPE: _line,
    Kind.ACKNOWLEDGE: _agreed,
}
