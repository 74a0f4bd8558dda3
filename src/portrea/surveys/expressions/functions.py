"""The functions that expressions may call, as ODK defines them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from portrea.surveys.expressions.values import (
    SECONDS_OF_DAY,
    Value,
    date_of,
    number_of,
    numbers_of,
    text_of,
    truth_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.surveys.expressions.scope import Scope

_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
_DAYS = ["jeu.", "ven.", "sam.", "dim.", "lun.", "mar.", "mer."]  # 1 January 1970 was a Thursday
_ANY = 1_000


@dataclass(frozen=True, slots=True)
class Function:
    """A function: what it does with its arguments, and how many it takes."""

    apply: Callable[[Scope, list[Value]], Value]
    least: int
    most: int

    def takes(self, count: int) -> bool:
        """Return whether it may be called with that many arguments."""
        return self.least <= count <= self.most


def arguments_told(name: str) -> str:
    """Return in French how many arguments a function takes."""
    least, most = FUNCTIONS[name].least, FUNCTIONS[name].most
    many = f"{least} ou plus" if most == _ANY else f"de {least} à {most}"
    return f"« {name} » demande {least if least == most else many} valeur(s) entre parenthèses"


def _texts(function: Callable[..., Value]) -> Callable[[Scope, list[Value]], Value]:
    return lambda _scope, values: function(*(text_of(value) for value in values))


def _numbers(function: Callable[..., float]) -> Callable[[Scope, list[Value]], Value]:
    def apply(_scope: Scope, values: list[Value]) -> Value:
        numbers = [number_of(value) for value in values]
        if any(math.isnan(number) or math.isinf(number) for number in numbers):
            return math.nan
        try:
            return float(function(*numbers))
        except (ArithmeticError, ValueError, TypeError):
            return math.nan

    return apply


def _all_numbers(function: Callable[[list[float]], float]) -> Callable[..., Value]:
    def apply(_scope: Scope, values: list[Value]) -> Value:
        numbers = [number for value in values for number in numbers_of(value)]
        if any(map(math.isnan, numbers)):
            return math.nan
        return float(function(numbers))

    return apply


def _matches(text: str, pattern: str) -> bool:
    """Whole match, in a time that grows with the text only (RE2)."""
    try:
        return re2.fullmatch(pattern, text) is not None
    except re2.error:
        return False


def _round(number: float, digits: float = 0) -> float:
    scale = 10.0 ** int(digits)
    return math.floor(number * scale + 0.5) / scale


def _selected_at(text: str, index: str) -> str:
    names, at = text.split(), number_of(index)
    return names[int(at)] if 0 <= at < len(names) else ""


def _translated(text: str, out: str, into: str) -> str:
    kept = {ord(letter): into[at] if at < len(into) else None for at, letter in enumerate(out)}
    return text.translate(kept)


def _part(_scope: Scope, values: list[Value]) -> Value:
    text, start = text_of(values[0]), number_of(values[1])
    end = number_of(values[2]) if len(values) > 2 else math.inf
    if math.isnan(start) or math.isnan(end):
        return ""
    return text[max(0, int(start)) : None if end == math.inf else max(0, int(end))]


def _checked(_scope: Scope, values: list[Value]) -> Value:
    return _within(values, sum(truth_of(value) for value in values[2:]))


def _weighed(_scope: Scope, values: list[Value]) -> Value:
    pairs = zip(values[2::2], values[3::2], strict=False)
    return _within(values, sum(number_of(weight) for told, weight in pairs if truth_of(told)))


def _within(values: list[Value], total: float) -> bool:
    least, most = number_of(values[0]), number_of(values[1])
    return (least == -1 or total >= least) and (most == -1 or total <= most)


def _dated(_scope: Scope, values: list[Value]) -> Value:
    days = number_of(values[0])
    return "" if math.isnan(days) or math.isinf(days) else date_of(days)


def _date_told(_scope: Scope, values: list[Value]) -> Value:
    days = number_of(values[0])
    if math.isnan(days) or math.isinf(days) or not date_of(days):
        return ""
    year, month, day = date_of(days).split("-")
    seconds = round(days % 1 * SECONDS_OF_DAY)
    hour, minute = f"{seconds // 3600:02d}", f"{seconds // 60 % 60:02d}"
    told = {"Y": year, "y": year[2:], "m": month, "n": str(int(month)), "d": day}
    told |= {"e": str(int(day)), "H": hour, "h": str(int(hour)), "M": minute}
    told |= {"S": f"{seconds % 60:02d}", "3": "000", "%": "%"}
    told |= {"b": _MONTHS[int(month) - 1], "a": _DAYS[math.floor(days) % 7]}
    pieces = text_of(values[1]).split("%")
    return pieces[0] + "".join(told.get(one[:1], f"%{one[:1]}") + one[1:] for one in pieces[1:])


def _chosen(_scope: Scope, values: list[Value]) -> Value:
    return text_of(values[1]) in text_of(values[0]).split()


def _counted(value: Value) -> list[str]:
    return value if isinstance(value, list) else [text_of(value)]


FUNCTIONS: dict[str, Function] = {
    "abs": Function(_numbers(abs), 1, 1),
    "boolean": Function(lambda _s, v: truth_of(v[0]), 1, 1),
    "boolean-from-string": Function(_texts(lambda text: text in {"1", "true"}), 1, 1),
    "ceiling": Function(_numbers(math.ceil), 1, 1),
    "checklist": Function(_checked, 2, _ANY),
    "coalesce": Function(lambda _s, v: text_of(v[0]) or v[1], 2, 2),
    "concat": Function(_texts(lambda *texts: "".join(texts)), 1, _ANY),
    "contains": Function(_texts(lambda text, part: part in text), 2, 2),
    "count": Function(lambda _s, v: float(len(_counted(v[0]))), 1, 1),
    "count-non-empty": Function(lambda _s, v: float(sum(map(bool, _counted(v[0])))), 1, 1),
    "count-selected": Function(_texts(lambda text: float(len(text.split()))), 1, 1),
    "date": Function(_dated, 1, 1),
    "decimal-date-time": Function(lambda _s, v: number_of(v[0]), 1, 1),
    "ends-with": Function(_texts(lambda text, part: text.endswith(part)), 2, 2),
    "false": Function(lambda _s, _v: False, 0, 0),
    "floor": Function(_numbers(math.floor), 1, 1),
    "format-date": Function(_date_told, 2, 2),
    "format-date-time": Function(_date_told, 2, 2),
    "if": Function(lambda _s, v: v[1] if truth_of(v[0]) else v[2], 3, 3),
    "indexed-repeat": Function(lambda _s, v: v[0], 3, 3),
    "int": Function(_numbers(math.trunc), 1, 1),
    "join": Function(lambda _s, v: text_of(v[0]).join(_counted(v[1])), 2, 2),
    "jr:choice-name": Function(lambda s, v: s.label(text_of(v[1]), text_of(v[0])), 2, 2),
    "max": Function(_all_numbers(lambda all_: max(all_, default=math.nan)), 1, _ANY),
    "min": Function(_all_numbers(lambda all_: min(all_, default=math.nan)), 1, _ANY),
    "normalize-space": Function(_texts(lambda text: " ".join(text.split())), 1, 1),
    "not": Function(lambda _s, v: not truth_of(v[0]), 1, 1),
    "now": Function(lambda s, _v: s.now.isoformat(timespec="minutes"), 0, 0),
    "number": Function(lambda _s, v: number_of(v[0]), 1, 1),
    "once": Function(lambda s, v: s.value or v[0], 1, 1),
    "position": Function(lambda s, _v: float(s.inside[-1][1] + 1 if s.inside else 0), 1, 1),
    "pow": Function(_numbers(math.pow), 2, 2),
    "regex": Function(_texts(_matches), 2, 2),
    "round": Function(_numbers(_round), 1, 2),
    "selected": Function(_chosen, 2, 2),
    "selected-at": Function(_texts(_selected_at), 2, 2),
    "starts-with": Function(_texts(lambda text, part: text.startswith(part)), 2, 2),
    "string": Function(_texts(lambda text: text), 1, 1),
    "string-length": Function(_texts(lambda text: float(len(text))), 1, 1),
    "substr": Function(_part, 2, 3),
    "substring-after": Function(_texts(lambda text, part: text.partition(part)[2]), 2, 2),
    "substring-before": Function(
        _texts(lambda text, part: text.partition(part)[0] if part in text else ""), 2, 2
    ),
    "sum": Function(_all_numbers(sum), 1, 1),
    "today": Function(lambda s, _v: s.now.date().isoformat(), 0, 0),
    "translate": Function(_texts(_translated), 3, 3),
    "true": Function(lambda _s, _v: True, 0, 0),
    "weighted-checklist": Function(_weighed, 2, _ANY),
}
