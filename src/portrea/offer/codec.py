"""Records as plain JSON, field by field: each class is studied once, then read at full speed.

What is said wrongly is told with the whole path of the field, built only when there is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = dict[str, Any]
"""A record as JSON tells it: dates in ISO form, tuples as lists, what is not told left out."""
Told = Callable[[Any], Any]
"""From one form of a value to the other."""


class _WrongError(Exception):
    """A value refused; each record crossed on the way up adds its field."""

    def __init__(self, value: Any, why: str, *path: str) -> None:
        super().__init__(why)
        self.value, self.why, self.path = value, why, list(path)


@dataclass(frozen=True, slots=True)
class Slot:
    """How one field is written and read; ``encode`` is ``None`` when it is JSON already."""

    name: str
    default: Any
    encode: Told | None
    decode: Told


@dataclass(frozen=True, slots=True)
class _Plan:
    slots: Mapping[str, Slot]
    decoders: Mapping[str, Told]
    exact: Mapping[str, type | None]
    """Field → type of the values that are kept as they are, without any call."""
    required: tuple[str, ...]
    encoded: tuple[tuple[str, Any, Told | None], ...]


@cache
def _plan(cls: Any) -> _Plan:
    hints = get_type_hints(cls, localns={"date": date})
    kinds = {field.name: _bare_type(hints[field.name]) for field in fields(cls)}
    slots = {
        field.name: Slot(
            field.name, field.default, _encoder(kinds[field.name]), _decoder(kinds[field.name])
        )
        for field in fields(cls)
    }
    return _Plan(
        slots=slots,
        decoders={name: slot.decode for name, slot in slots.items()},
        exact={name: kind if kind in (str, bool) else None for name, kind in kinds.items()},
        required=tuple(name for name, slot in slots.items() if slot.default is MISSING),
        encoded=tuple((slot.name, slot.default, slot.encode) for slot in slots.values()),
    )


def slots_of(cls: Any) -> Mapping[str, Slot]:
    """Return the fields of a record."""
    return _plan(cls).slots


def _bare_type(hint: Any) -> Any:
    """Return the type told when it is told: ``str | None`` is ``str``."""
    if get_origin(hint) in {UnionType, Union}:
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint


# -- to JSON --------------------------------------------------------------------------------------


def encode(record: Any) -> Content:
    """Return a record as JSON, fields at their default left out."""
    found: Content = {}
    for name, default, told in _plan(record.__class__).encoded:
        value = getattr(record, name)
        if value is default or (value == default and default is not MISSING):
            continue
        found[name] = value if told is None else told(value)
    return found


def _encoder(kind: Any) -> Told | None:
    """Return what makes a value JSON; ``None`` when it is JSON already."""
    if get_origin(kind) is tuple:
        one = _encoder(get_args(kind)[0])
        return list if one is None else lambda values: [one(value) for value in values]
    if kind is date:
        return date.isoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str
    return encode if is_dataclass(kind) else None


# -- from JSON ------------------------------------------------------------------------------------


def decode(cls: Any, content: Mapping[str, Any], where: str = "") -> Any:
    """Return the record told by JSON.

    Parameters
    ----------
    where
        Path of the record, for messages.

    Raises
    ------
    DataError
        When a field does not exist, is missing or is not of its type: nothing is dropped silently.
    """
    try:
        return _record(cls, content)
    except _WrongError as wrong:
        path = ".".join((*filter(None, (where,)), *reversed(wrong.path)))
        raise fault(path, wrong.value, wrong.why) from None


def decode_field(slot: Slot, value: Any, where: str) -> Any:
    """Return the value of one field told by JSON; :class:`DataError` when it is not of its type."""
    try:
        return slot.decode(value)
    except _WrongError as wrong:
        raise fault(".".join((where, *reversed(wrong.path))), wrong.value, wrong.why) from None


def _record(cls: Any, content: Any) -> Any:
    if not isinstance(content, dict):
        raise _WrongError(content, "un ensemble de champs est attendu")
    plan = _plan(cls)
    exact, decoders = plan.exact, plan.decoders
    told = {}
    name = ""
    try:
        for name, value in content.items():
            if value is None and name in exact:
                continue
            told[name] = value if value.__class__ is exact[name] else decoders[name](value)
    except KeyError:
        raise _WrongError(content[name], "ce champ n’existe pas", name) from None
    except _WrongError as wrong:
        wrong.path.append(name)
        raise
    for name in plan.required:
        if name not in told:
            raise _WrongError(None, "ce champ est obligatoire", name)
    return cls(**told)


def _decoder(kind: Any) -> Told:
    if get_origin(kind) is tuple:
        (one, *_) = get_args(kind)
        return _texts if one is str else _listing(_decoder(one))
    if kind is date:
        return _date
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _membership(kind)
    if is_dataclass(kind):
        return lambda value: _record(kind, value)
    return _PLAIN[kind]


def _listing(one: Told) -> Told:
    def read(values: Any) -> tuple[Any, ...]:
        return tuple([one(value) for value in _listed(values)])

    return read


def _listed(values: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(values, (list, tuple)):
        raise _WrongError(values, "une liste est attendue")
    return values


def _texts(values: Any) -> tuple[str, ...]:
    for value in _listed(values):
        if value.__class__ is not str:
            _text(value)
    return tuple(values)


def _date(value: Any) -> date:
    if not isinstance(value, str):
        raise _WrongError(value, "une date AAAA-MM-JJ est attendue")
    return _day(value)


@lru_cache(maxsize=4096)
def _day(value: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise _WrongError(value, "une date AAAA-MM-JJ est attendue")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _WrongError(value, "cette date n’existe pas") from None


def _membership(kind: type[Enum]) -> Told:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Enum:
        try:
            return members[value]
        except (KeyError, TypeError):
            known = ", ".join(members)
            raise _WrongError(value, f"valeurs possibles : {known}") from None

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError(value, "un texte est attendu")
    return value


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(value, "vrai ou faux est attendu")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _WrongError(value, "un nombre est attendu")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongError(value, "un nombre entier est attendu")
    return value


_PLAIN: dict[Any, Told] = {str: _text, bool: _yes_no, float: _number, int: _whole}


def fault(where: str, value: Any, why: str) -> DataError:
    """Return what is wrong with a field, in French."""
    received = "" if value is None else f" (reçu : « {str(value)[:80]} »)"
    return DataError(f"Fiche d’un lieu, champ « {where.rstrip('.') or '?'} » : {why}{received}.")
