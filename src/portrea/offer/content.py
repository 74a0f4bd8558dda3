"""The record of a place as plain JSON, and path by path (rows: :mod:`portrea.offer.rows`).

A *path* names one thing that a list may tell and a person may fix: ``phone``, or
``services.<key>.<field>`` for one service, or ``services.<key>`` for the service as a whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portrea.offer.codec import Content, decode, decode_field, encode, fault, slots_of
from portrea.offer.fields import ANY_SERVICE, FIELDS, KEY, SERVICES, Field, field_of
from portrea.offer.record import Place, Service
from portrea.offer.rows import block_of, frame_of, of_row, situations, to_row

if TYPE_CHECKING:
    from collections.abc import Mapping

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

# -- JSON -----------------------------------------------------------------------------------------


def to_dict(place: Place) -> Content:
    """Return a place as JSON: a field at its default is left out, so ``{}`` tells nothing."""
    return encode(place)


def from_dict(content: Mapping[str, Any]) -> Place:
    """Return the place told by JSON.

    Raises
    ------
    DataError
        When a field does not exist, is missing or is not of its type: nothing is dropped silently.
    """
    place: Place = decode(Place, content)
    return place


def card_content(place: Place) -> Content:
    """Return what one list tells of a place: its identifier and its date stand beside."""
    content = encode(place)
    del content["id"]
    content.pop("updated", None)
    return content


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
        raise fault(path, repr(value), "cette valeur ne peut pas être écrite") from None
    if "\\u0000" in text:
        raise fault(path, text, "un caractère nul est dans le texte")


def check_value(path: str, value: Any) -> Any:
    """Return a value as the record takes it at a path (JSON form), or raise :class:`DataError`.

    ``None``, an empty text and an empty list are all « nothing » and give ``None``.
    """
    field = field_of(path)
    if value in (None, "", [], ()):
        return None
    _refuse_unwritable(path, value)
    if field.kind == "service":
        return encode(decode(Service, value, path))
    slot = slots_of(Service if field.of_service else Place)[field.name]
    told = decode_field(slot, value, path)
    return told if slot.encode is None else slot.encode(told)
