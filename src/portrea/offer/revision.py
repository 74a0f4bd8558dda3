"""A person's fixes over what the lists say, and the questions that newer facts raise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.offer.content import SERVICES, Content, field_of, value_at
from portrea.offer.telling import (
    ORDER,
    SERVICE_ORDER,
    SILENT,
    UNITED,
    Evidence,
    Layer,
    alike,
    chosen,
    in_order,
    telling_of,
    tied,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from portrea.offer.reliability import CensusParameters

ACTIVE = "active"
WITHDRAWN = "withdrawn"
PERSON = "*"
"""Source of a field that a person fixed."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A person's word on one path; ``replaced`` is what the lists said then (``None``: nothing)."""

    path: str
    value: Any
    replaced: Any
    by: str
    at: datetime
    reason: str = ""
    state: str = ACTIVE


@dataclass(frozen=True, slots=True)
class Question:
    """A newer word against a fix. For fields that go together, ``told`` and ``fixed`` are dicts."""

    path: str
    told: Any
    fixed: Any
    source: str
    date: date | None


def with_tied(changes: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a person's changes with what goes together.

    New hours drop the text that told the old ones and count as read by a person; one coordinate
    keeps the other as shown, and the point is then declared; an address alone keeps its complement.
    """
    changes = dict(changes)
    if "hours" in changes:
        changes.setdefault("hours_text", None)
        changes.setdefault("hours_confirmed", True if changes["hours"] else None)
    if {"longitude", "latitude"} & set(changes):
        for name in ("longitude", "latitude"):
            changes.setdefault(name, content.get(name))
        changes.setdefault("position", "declared" if changes["longitude"] is not None else None)
    return changes


# -- fixes ----------------------------------------------------------------------------------------


def last_active(fixes: Iterable[Fix]) -> dict[str, Fix]:
    """Return the last active fix of each path, whole services before their fields."""
    active: dict[str, Fix] = {}
    for fix in sorted(fixes, key=lambda fix: fix.at):
        if fix.state == ACTIVE:
            active[fix.path] = fix
    wholes = {p: fix for p, fix in active.items() if p.count(".") == 1}

    def counts(fix: Fix) -> bool:
        whole = wholes.get(fix.path.rsplit(".", 1)[0])
        return whole is None or whole.at <= fix.at

    kept = {path: fix for path, fix in active.items() if counts(fix)}
    return dict(sorted(kept.items(), key=lambda item: (item[0].count("."), item[0])))


def fixed(
    unfixed: Content,
    active: Mapping[str, Fix],
    evidence: dict[str, Evidence],
    parameters: CensusParameters,
) -> Content:
    """Lay fixes over what the lists say; note each in the evidence."""
    if not active:
        return unfixed
    content = dict(unfixed)
    services = {service["key"]: service for service in content.pop(SERVICES, ())}
    for path, fix in active.items():
        mark = Evidence(PERSON, fix.at.date(), parameters.fix, fixed=True)
        _, *inside = path.split(".")
        if not inside:
            _put(content, path, fix.value)
        elif len(inside) == 1:
            for old in [p for p in evidence if p.startswith(f"{path}.")]:
                del evidence[old]
            _put(services, inside[0], fix.value)
            for name in fix.value or ():
                evidence[f"{path}.{name}"] = mark
        elif inside[0] in services:
            services[inside[0]] = dict(services[inside[0]])
            _put(services[inside[0]], inside[1], fix.value)
        else:
            continue
        evidence[path] = mark
    content = in_order(content, ORDER)
    if services:
        content[SERVICES] = [in_order(s, SERVICE_ORDER) for s in services.values()]
    return content


def _put(content: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        content.pop(name, None)
    else:
        content[name] = value


# -- questions ------------------------------------------------------------------------------------


def questions(
    unfixed: Content,
    active: Mapping[str, Fix],
    ranked: Sequence[Layer],
    parameters: CensusParameters,
) -> Iterable[Question]:
    """Yield what a newer word asks about each fix, once for fields that go together."""
    asked: set[str] = set()
    for path, fix in active.items():
        head = tied(path)[0]
        told = value_at(unfixed, path)
        if head in asked or path in SILENT or not _is_news(told, fix):
            continue
        if path == "hours_text" and unfixed.get("hours"):
            continue
        teller = _teller(ranked, path, fix, parameters)
        if teller is None or not _after(teller, fix):
            continue
        asked.add(head)
        yield Question(
            head,
            _as_asked(head, unfixed),
            _as_asked(head, {p: f.value for p, f in active.items()}, flat=True),
            teller.source,
            teller.learned,
        )


def _is_news(told: Any, fix: Fix) -> bool:
    return told is not None and not _same(told, fix.replaced) and not _same(told, fix.value)


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same: the order of a list changes nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return {alike(v) for v in one} == {alike(v) for v in other}
    return bool(one == other)


def _teller(
    ranked: Sequence[Layer], path: str, fix: Fix, parameters: CensusParameters
) -> Layer | None:
    """Return the layer that tells the news: for a list, the newest with a value never seen."""
    cards = [(layer, value_at(layer.content, path)) for layer in ranked]
    cards = [(layer, value) for layer, value in cards if value is not None]
    if not cards:
        return None
    field = field_of(path)
    if field.name in UNITED:
        seen = {alike(v) for v in (*(fix.replaced or ()), *(fix.value or ()))}
        fresh = [layer for layer, values in cards if any(alike(v) not in seen for v in values)]
        return _latest(fresh or [layer for layer, _ in cards])
    if field.kind == "service":
        return _latest([layer for layer, _ in cards])
    whole = [(layer, layer.content) for layer, _ in cards]
    if field.of_service:
        return chosen(whole, field.name, parameters)[0]
    head = tied(path)[0]
    return chosen(telling_of(whole, head, ""), head, parameters)[0]


def _latest(layers: Sequence[Layer]) -> Layer:
    """Return the layer learned last; one of unknown day is taken as the last."""
    return max(layers, key=lambda layer: (layer.learned is None, layer.learned or date.min))


def _after(layer: Layer, fix: Fix) -> bool:
    return layer.learned is None or layer.learned >= fix.at.date()


def _as_asked(head: str, content: Mapping[str, Any], *, flat: bool = False) -> Any:
    members = tied(head)
    if len(members) == 1:
        return content.get(head) if flat else value_at(content, head)
    return {name: content[name] for name in members if content.get(name) is not None}
