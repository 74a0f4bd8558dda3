"""Which numbers of the cards a user may change, and inside which domain."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NUMBERS = ("value", "low", "central", "high")
"""Keys of one card that say the same number: its value, and the range of its scenarios."""
ABOUT = frozenset(
    {
        "min", "max", "unit", "source", "page", "seen_at", "date", "vintage", "year", "label",
        "note", "reason", "universe", "producer", "hypothese", "local_hypothese", "default",
        "default_reason", "contrasts_from",
    }
)  # fmt: skip
"""Keys that describe numbers. They hold for the members of a group, except its label."""
FACTS = ("reference", "benchmarks")
"""Cards of published counts: only their cards with a ``value`` can be changed."""
RATE = (0.001, 0.999)
"""A published rate has a finite logit."""


@dataclass(frozen=True, slots=True)
class Editable:
    """One number of the cards: where, what it says, and the values it may take.

    ``low`` and ``high`` are the ends of the domain, both allowed; ``high`` is ``None`` when nothing
    bounds it. ``alone`` is false for the numbers of a range, which must also stay in order.
    """

    path: str
    label: str
    value: float | None
    unit: str
    low: float
    high: float | None
    source: str
    date: str
    hypothese: bool
    alone: bool = True

    def allows(self, value: float) -> bool:
        """Whether a value is inside the domain."""
        top = math.inf if self.high is None else self.high
        return math.isfinite(value) and self.low <= value <= top

    @property
    def domain(self) -> str:
        """The domain in French words."""
        if self.high is None:
            return f"un nombre à partir de {plain(self.low)}"
        return f"un nombre entre {plain(self.low)} et {plain(self.high)}"


def plain(value: float) -> str:
    """Write a number as one types it: no useless decimal, no power of ten."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def editable(cards: Mapping[str, Any]) -> tuple[Editable, ...]:
    """List the numbers of the cards that may be changed, in the order they are written."""
    found: list[Editable] = []
    for name, card in cards.items():
        found += _walk(card, (name,), {})
    return tuple(found)


def _walk(node: Any, path: tuple[str, ...], above: dict[str, Any]) -> Iterator[Editable]:
    """Yield the numbers under a node; what describes a group describes its members."""
    if not isinstance(node, dict):
        if path[0] not in FACTS and _is_number(node, path):
            yield _editable(path, node, above)
        return
    about = above | {key: node[key] for key in ABOUT & set(node)}
    if "value" in node or "central" in node:
        yield from _range(node, path, about)
        node = {name: child for name, child in node.items() if name not in NUMBERS}
    about.pop("label", None)
    for name, child in node.items():
        if name not in ABOUT and not str(name).endswith("_hypothese"):
            yield from _walk(child, (*path, str(name)), about)


def _range(
    node: dict[str, Any], path: tuple[str, ...], about: dict[str, Any]
) -> Iterator[Editable]:
    """Yield the value of a card under the card's own path, the others under theirs."""
    present = [name for name in NUMBERS if name in node and _is_number(node[name], path)]
    for name in present:
        own = path if name == "value" else (*path, name)
        yield replace(_editable(own, node[name], about), alone=len(present) == 1)


def _is_number(node: Any, path: tuple[str, ...]) -> bool:
    """Tell a number, or a rate that the survey did not publish (null)."""
    if node is None:
        return path[:2] == ("rates", "series") and path[-2] in {"ages", "diplomas"}
    return isinstance(node, int | float) and not isinstance(node, bool)


def _editable(path: tuple[str, ...], value: float | None, about: dict[str, Any]) -> Editable:
    low, high = _domain(path, about)
    return Editable(
        path=".".join(path),
        label=_label(path, about),
        value=None if value is None else float(value),
        unit=str(about.get("unit") or ""),
        low=low,
        high=high,
        source=str(about.get("source") or ""),
        date=str(about.get("date") or ""),
        hypothese=any(about.get(key) for key in ("hypothese", "local_hypothese")),
    )


def _domain(path: tuple[str, ...], about: dict[str, Any]) -> tuple[float, float | None]:
    """Return the domain declared in the card, else in ``words.yaml``, else the unit's."""
    name, unit = ".".join(path), about.get("unit")
    patterns = _words()["domains"].items()
    fitting = (card for pattern, card in patterns if fnmatchcase(name, pattern))
    fallback: dict[str, Any] = next(fitting, {})
    declared = about if about.keys() & {"min", "max"} else fallback
    if declared:
        high = declared.get("max")
        return float(declared.get("min", 0.0)), None if high is None else float(high)
    if path[0] == "rates":
        return RATE
    if unit == "log" or any(re.search(r"(^|_)sd(_|$)", part) for part in path):
        return 0.0, 5.0
    if unit == "logit":
        return -5.0, 5.0
    return 0.0, 1.0 if unit == "part" else None


# -- words -----------------------------------------------------------------------------------------


def _label(path: tuple[str, ...], about: dict[str, Any]) -> str:
    """Return the card's own label, else the path in French (``""``: a word is missing)."""
    if about.get("label"):
        end = f" · {_word(path[-1])}" if path[-1] in NUMBERS else ""
        return f"{about['label']}{end}"
    said = [_word(part) for part in path[1:]] or [_word(path[0])]
    return " · ".join(said) if all(said) else ""


def _word(part: str) -> str:
    words: dict[str, str] = _words()["words"]
    if part in words:
        return words[part]
    if match := re.fullmatch(r"(\d+)-(\d+)", part):
        return f"{match[1]} à {match[2]} ans"
    if match := re.fullmatch(r"(\d+)\+", part):
        return f"{match[1]} ans ou plus"
    if match := re.fullmatch(r"(credoc|ddd)(\d{4})", part):
        return f"{'CRÉDOC' if match[1] == 'credoc' else 'Défenseur des droits'} {match[2]}"
    if match := re.fullmatch(r"tic(\d{4})", part):
        return f"TIC {match[1]}"
    return ""


@cache
def _words() -> dict[str, Any]:
    text = (files("portrea.needs") / "params" / "words.yaml").read_text("utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words
