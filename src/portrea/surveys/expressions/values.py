"""Texts, numbers, dates, true or false: how XPath 1.0 turns one into another.

An unanswered question is an empty text; a repeated question is a list of texts. A date is
its ISO text, and as a number the days since 1 January 1970, as in ODK.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import TypeAlias

Value: TypeAlias = "str | float | bool | list[str]"

_NUMBER = re.compile(r"\s*-?(\d+(\.\d*)?|\.\d+)\s*")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T(\d{2}:\d{2}(:\d{2}(\.\d+)?)?))?.*")
EPOCH = date(1970, 1, 1)
SECONDS_OF_DAY = 86_400


def text_of(value: Value) -> str:
    """Return the text of a value: the first of a list, ``3`` and not ``3.0``."""
    if isinstance(value, list):
        return value[0] if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_told(value)
    return value


def number_of(value: Value) -> float:
    """Return the number a value says, NaN if it says none; dates count in days."""
    if isinstance(value, bool | float):
        return float(value)
    text = text_of(value)
    if _NUMBER.fullmatch(text):
        return float(text)
    return days_of(text)


def truth_of(value: Value) -> bool:
    """Return whether a value says something: a text, a number other than nought."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)


def days_of(text: str) -> float:
    """Return the days from 1 January 1970 to an ISO date or time, NaN if it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        return math.nan
    try:
        moment = datetime.fromisoformat(found[1] + (found[2] or ""))
    except ValueError:
        return math.nan
    gone = moment - datetime.combine(EPOCH, datetime.min.time())
    return gone / timedelta(days=1)


def date_of(days: float) -> str:
    """Return the ISO date that many days after 1 January 1970, empty if out of the calendar."""
    try:
        return (EPOCH + timedelta(days=math.floor(days))).isoformat()
    except (OverflowError, ValueError):
        return ""


def same(left: Value, right: Value) -> bool:
    """Return whether two values are equal: as truths, else as numbers, else as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return truth_of(left) is truth_of(right)
    if isinstance(left, float) or isinstance(right, float):
        return any(number_of(a) == number_of(b) for a in _each(left) for b in _each(right))
    return any(a == b for a in _each(left) for b in _each(right))


def _each(value: Value) -> list[str] | list[float]:
    if isinstance(value, list):
        return value or [""]
    return [value]  # type: ignore[return-value]  # a list of one scalar


def numbers_of(value: Value) -> list[float]:
    """Return the numbers of a list, or the one of a scalar."""
    return [number_of(one) for one in value] if isinstance(value, list) else [number_of(value)]


def _number_told(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)
