"""What a place shows when several lists tell it and people fixed it: pure, order-independent.

Each list is a layer (:mod:`portrea.offer.telling`). A person's fix lies above, and stays until a
list tells, after the fix, something else than what the fix replaced and than the fix itself: then a
question is raised, the fix still shown, and a person answers (:mod:`portrea.offer.revision`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.offer.content import Content, from_dict, paths_of
from portrea.offer.reliability import CensusParameters, census_parameters
from portrea.offer.revision import (
    ACTIVE,
    PERSON,
    WITHDRAWN,
    Fix,
    Question,
    fixed,
    last_active,
    questions,
    with_tied,
)
from portrea.offer.telling import Evidence, Layer, rank, tied, told_by_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.offer.record import Place

__all__ = [
    "ACTIVE",
    "PERSON",
    "WITHDRAWN",
    "Evidence",
    "Fix",
    "Layer",
    "Question",
    "Resolved",
    "evidence_from_json",
    "evidence_to_json",
    "resolve",
    "resolve_alone",
    "tied",
    "with_tied",
]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a place shows, why, and what a person must answer."""

    content: Content
    evidence: Mapping[str, Evidence]
    questions: tuple[Question, ...]
    unfixed: Content
    """What the lists alone say: the « replaced » of the next fix."""

    @property
    def place(self) -> Place:
        """Return the record."""
        return from_dict(self.content)


def resolve(
    layers: Iterable[Layer],
    fixes: Iterable[Fix] = (),
    *,
    place_id: str,
    parameters: CensusParameters | None = None,
) -> Resolved:
    """Return what a place shows. The order of layers and of fixes changes nothing.

    Raises
    ------
    ValueError
        Without any layer: a place is always told by someone.
    """
    parameters = parameters or census_parameters()
    ranked = sorted(layers, key=rank)
    if not ranked:
        raise ValueError(f"Place {place_id} has no layer.")
    unfixed, evidence = told_by_lists(ranked, parameters)
    active = last_active(fixes)
    content = fixed(unfixed, active, evidence, parameters)
    asked = tuple(questions(unfixed, active, ranked, parameters))
    days = [layer.updated for layer in ranked if layer.updated]
    days += [fix.at.date() for fix in active.values()]
    first = ranked[0]
    content = {
        "id": place_id,
        **content,
        **({"updated": max(days).isoformat()} if days else {}),
        "source": first.content.get("source") or first.source,
    }
    return Resolved(content, evidence, asked, unfixed)


def resolve_alone(layer: Layer, *, place_id: str) -> tuple[Content, dict[str, list[Any]]]:
    """Return content and evidence (JSON) of a place that one list tells and nobody fixed.

    The same as :func:`resolve`, for loading many places fast.
    """
    content = {"id": place_id, **layer.content}
    if layer.updated:
        content["updated"] = layer.updated.isoformat()
    content["source"] = layer.content.get("source") or layer.source
    day = layer.updated.isoformat() if layer.updated else None
    return content, {"": [layer.source, day, layer.reliability]}


# -- evidence in the database ---------------------------------------------------------------------


def evidence_to_json(evidence: Mapping[str, Evidence]) -> dict[str, list[Any]]:
    """Return evidence as JSON, the commonest told once under the empty path."""
    rows = {path: _row_of(mark) for path, mark in evidence.items()}
    counts: dict[str, int] = {}
    for row in rows.values():
        counts[str(row)] = counts.get(str(row), 0) + 1
    usual = max(counts, key=lambda text: (counts[text], text), default="")
    found = {path: row for path, row in rows.items() if str(row) != usual}
    first = next((row for row in rows.values() if str(row) == usual), None)
    return ({"": first} if first else {}) | found


def evidence_from_json(told: Mapping[str, list[Any]], content: Content) -> dict[str, Evidence]:
    """Return the evidence of each path told by ``content``, and of each path emptied by a fix."""
    paths = dict.fromkeys((*paths_of(content), *(path for path in told if path)))
    marks = {path: told.get(path, told.get("")) for path in paths}
    return {path: _mark_of(row) for path, row in marks.items() if row}


def _row_of(mark: Evidence) -> list[Any]:
    day = mark.date.isoformat() if mark.date else None
    return [mark.source, day, mark.reliability, *([1] if mark.fixed else [])]


def _mark_of(row: list[Any]) -> Evidence:
    source, day, reliability, *fixed_ = row
    return Evidence(source, date.fromisoformat(day) if day else None, reliability, bool(fixed_))
