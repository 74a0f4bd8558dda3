"""The record of a place as plain JSON, and path by path (rows: :mod:`portrea.offer.rows`).

A *path* names one thing that a list may tell and a person may fix: ``phone``, or
``services.<key>.<field>`` for one service, or ``services.<key>`` for the service as a whole.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from portrea.base.errors import DataError
from portrea.offer.fields import ANY_SERVICE, FIELDS, KEY, SERVICES, Field, field_of
from portrea.offer.record import Place, Service
from portrea.offer.rows import block_of, frame_of, of_row, situations, to_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ANY_SERVICE",
    "FIELDS",
    "KEY",
    "SERVICES",
    "Content",
    "Field",
    "block_of",
    "card_content",
    "changes_between",
    "check_value",
    "field_of",
    "frame_of",
    "from_dict",
    "of_row",
    "paths_of",
    "situations",
    "to_dict",
    "to_row",
    "value_at",
]

Content = dict[str, Any]
"""A record as JSON tells it: dates in ISO form, tuples as lists, what is not told left out."""

# -- JSON -----------------------------------------------------------------------------------------


def to_dict(place: Place) -> Content:
    """Return a place as JSON: a field at its default is left out, so ``{}`` tells nothing."""
    return _encode(place)


def from_dict(content: Mapping[str, Any]) -> Place:
    """Return the place told by JSON.

    Raises
    ------
    DataError
        When a field does not exist, is missing or is not of its type: nothing is dropped silently.
    """
    place: Place = _decode(Place, content, "")
    return place


def card_content(place: Place) -> Content:
    """Return what one list tells of a place: its identifier and its date stand beside."""
    content = _encode(place)
    del content["id"]
    content.pop("updated", None)
    return content


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    default: Any
    encode: Callable[[Any], Any] | None
    decode: Callable[[Any, str], Any]


@cache
def _slots(cls: type[Any]) -> Mapping[str, _Slot]:
    hints = get_type_hints(cls, localns={"date": date})
    return {
        field.name: _Slot(
            field.name,
            field.default,
            _encoder(_bare_type(hints[field.name])),
            _decoder(_bare_type(hints[field.name])),
        )
        for field in fields(cls)
    }


def _bare_type(hint: Any) -> Any:
    """Return the type told when it is told: ``str | None`` is ``str``."""
    if get_origin(hint) in {UnionType, Union}:
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint


def _encode(record: Any) -> Content:
    found: Content = {}
    for name, slot in _slots(record.__class__).items():
        value = getattr(record, name)
        if slot.default is not MISSING and value == slot.default:
            continue
        found[name] = value if slot.encode is None else slot.encode(value)
    return found


def _encoder(kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value JSON; ``None`` when it is JSON already."""
    if get_origin(kind) is tuple:
        one = _encoder(get_args(kind)[0])
        return list if one is None else lambda values: [one(value) for value in values]
    if kind is date:
        return date.isoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str
    return _encode if is_dataclass(kind) else None


def _decode(cls: type, content: Mapping[str, Any], where: str) -> Any:
    if not isinstance(content, dict):
        raise _fault(where, content, "un ensemble de champs est attendu")
    slots = _slots(cls)
    strange = [name for name in content if name not in slots]
    if strange:
        raise _fault(f"{where}{strange[0]}", content[strange[0]], "ce champ n’existe pas")
    missing = [n for n, s in slots.items() if s.default is MISSING and content.get(n) is None]
    if missing:
        raise _fault(f"{where}{missing[0]}", None, "ce champ est obligatoire")
    told = {
        name: slots[name].decode(value, f"{where}{name}")
        for name, value in content.items()
        if value is not None
    }
    return cls(**told)


def _decoder(kind: Any) -> Callable[[Any, str], Any]:
    if get_origin(kind) is tuple:
        one = _decoder(get_args(kind)[0])
        return lambda values, where: _tuple_of(one, values, where)
    if kind is date:
        return _date
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, where: _member(kind, value, where)
    if is_dataclass(kind):
        return lambda value, where: _decode(kind, value, f"{where}.")  # type: ignore[arg-type]
    return _PLAIN[kind]


def _tuple_of(one: Callable[[Any, str], Any], values: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(values, (list, tuple)):
        raise _fault(where, values, "une liste est attendue")
    return tuple(one(value, where) for value in values)


def _date(value: Any, where: str) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise _fault(where, value, "une date AAAA-MM-JJ est attendue")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _fault(where, value, "cette date n’existe pas") from None


def _member(kind: type[Enum], value: Any, where: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(member) for member in kind)
        raise _fault(where, value, f"valeurs possibles : {known}") from None


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _fault(where, value, "un texte est attendu")
    return value


def _yes_no(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _fault(where, value, "vrai ou faux est attendu")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _fault(where, value, "un nombre est attendu")
    return float(value)


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _fault(where, value, "un nombre entier est attendu")
    return value


_PLAIN: dict[Any, Callable[[Any, str], Any]] = {
    str: _text,
    bool: _yes_no,
    float: _number,
    int: _whole,
}


def _fault(where: str, value: Any, why: str) -> DataError:
    received = "" if value is None else f" (reçu : « {str(value)[:80]} »)"
    return DataError(f"Fiche d’un lieu, champ « {where.rstrip('.') or '?'} » : {why}{received}.")


# -- paths ----------------------------------------------------------------------------------------


def value_at(content: Mapping[str, Any], path: str) -> Any:
    """Return what JSON content tells at a path, ``None`` when it tells nothing."""
    first, *rest = path.split(".")
    if first != SERVICES or not rest:
        return content.get(first)
    service = next((s for s in content.get(SERVICES, ()) if s["key"] == rest[0]), None)
    if service is None or len(rest) == 1:
        return service
    return service.get(rest[1])


def paths_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of every value told, services one by one."""
    own = [name for name in content if name not in {"id", "source", "updated", SERVICES}]
    of_services = [
        f"{SERVICES}.{service['key']}.{name}"
        for service in content.get(SERVICES, ())
        for name in service
        if name not in {"key", "block"}
    ]
    return (*own, *of_services)


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Return what two states of a place tell otherwise: path → (before, after).

    A service that appears or goes is one change, at ``services.<key>``.
    """
    whole = {f"{SERVICES}.{key}" for key in _keys(before) ^ _keys(after)}
    paths = dict.fromkeys((*paths_of(before), *paths_of(after)))
    single = [path for path in paths if path.rsplit(".", 1)[0] not in whole]
    pairs = {path: (value_at(before, path), value_at(after, path)) for path in (*single, *whole)}
    return {path: pair for path, pair in sorted(pairs.items()) if pair[0] != pair[1]}


def _keys(content: Mapping[str, Any]) -> set[str]:
    return {service["key"] for service in content.get(SERVICES, ())}


def _refuse_unwritable(path: str, value: Any) -> None:
    """Refuse what no database keeps: the NUL character and halves of characters."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError):  # half of a character is a ValueError
        raise _fault(path, repr(value), "cette valeur ne peut pas être écrite") from None
    if "\\u0000" in text:
        raise _fault(path, text, "un caractère nul est dans le texte")


def check_value(path: str, value: Any) -> Any:
    """Return a value as the record takes it at a path (JSON form), or raise :class:`DataError`.

    ``None``, an empty text and an empty list are all « nothing » and give ``None``.
    """
    field = field_of(path)
    if value in (None, "", [], ()):
        return None
    _refuse_unwritable(path, value)
    if field.kind == "service":
        return _encode(_decode(Service, value, f"{path}."))
    slot = _slots(Service if field.of_service else Place)[field.name]
    told = slot.decode(value, path)
    return told if slot.encode is None else slot.encode(told)
