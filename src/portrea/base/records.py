"""Read frozen dataclasses again from the plain values that ``dataclasses.asdict`` gave."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from portrea.base.errors import DataError

_UNIONS = (Union, UnionType)
Record = TypeVar("Record")


def built(kind: type[Record], value: Any) -> Record:
    """Return a record of ``kind`` with everything inside it, from plain values.

    What a later version added takes its default; what it no longer knows is left out, so that a
    document written long ago is still read.

    Raises
    ------
    DataError
        A value that has no default is missing.
    """
    known = {}
    asked: Any = kind
    for name, (annotation, required) in _fields(asked).items():
        if name in value:
            known[name] = _read(annotation, value[name])
        elif required:
            raise DataError(
                f"Il manque « {name} » dans ce document.",
                remedy="Il vient d’une autre version de Portrea, ou il est abîmé.",
            )
    return kind(**known)


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return, by field, its type and whether a value is required."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _read(annotation: Any, value: Any) -> Any:
    origin = get_origin(annotation)
    if value is None:
        return None
    if origin is None:
        record: Any = annotation
        return built(record, value) if is_dataclass(annotation) else value
    inside = get_args(annotation)
    if origin in _UNIONS:
        return _read(next(one for one in inside if one is not NoneType), value)
    if inside[-1] is Ellipsis:
        return tuple(_read(inside[0], one) for one in value)
    return tuple(_read(one, part) for one, part in zip(inside, value, strict=True))
