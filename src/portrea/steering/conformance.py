"""Who refuses what in a file: the validators of others and our own checks, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.offer.exchange import capacity, checks
from portrea.sources.conformance import anct, inclusion, table_schema
from portrea.sources.conformance.reading import (
    CAPACITY,
    FORMER,
    INCLUSION,
    MEDNUM,
    Document,
    read_document,
)
from portrea.sources.conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from portrea.base.errors import Diagnostic

LABELS = {
    MEDNUM: "Lieux de médiation numérique 1.0.2",
    FORMER: "Lieux de médiation numérique 0.1",
    CAPACITY: "Capacité des services (extension de Portrea)",
    INCLUSION: "data·inclusion, version 1",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two validators that disagree; ``read_as`` is the other's spelling of the value."""

    kind: str
    field: str
    value: str
    refused_by: str
    accepted_by: str
    reason: str
    read_as: str | None = None


@cache
def conflicts() -> tuple[Conflict, ...]:
    """Return the disagreements known between validators."""
    text = files("portrea.offer.exchange").joinpath("params/conflicts.yaml").read_text("utf-8")
    return tuple(Conflict(**card) for card in yaml.safe_load(text)["conflicts"])


@dataclass(frozen=True, slots=True)
class Conformance:
    """What every validator says of a file, and the known conflicts met in it (with how often)."""

    standard: str
    lines: int
    verdicts: tuple[Verdict, ...]
    met: tuple[tuple[Conflict, int], ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a validator refuses something, known conflicts set aside."""
        return any(verdict.refused for verdict in self.verdicts)

    @property
    def label(self) -> str:
        """Name of the standard."""
        return LABELS[self.standard]


def check_file(path: Path, *, today: date) -> Conformance:
    """Judge a file by every validator of the standard it follows.

    Raises
    ------
    DataError
        When it cannot be read or follows no standard known here.
    """
    return judge(read_document(path), today=today)


def judge(document: Document, *, today: date) -> Conformance:
    """Judge a document already read."""
    if document.standard == INCLUSION:
        return _inclusion(document)
    if document.standard == CAPACITY:
        schema = _schema(document, capacity.schema())
        found = checks.check_capacity(document.rows, document.numbers)
        return _result(document, (schema, _ours(document, found)))
    return _places(document, today)


def _places(document: Document, today: date) -> Conformance:
    former = document.standard == FORMER
    schema = _schema(document, table_schema.official_schema("0.1.1" if former else "1.0.2"))
    found = checks.check_lines(document.rows, document.numbers, today=today, former=former)
    ours = _ours(document, found)
    if former:
        silent = "sans objet : elle ne lit que la version 1"
        return _result(document, (schema, Verdict(validator=anct.NAME, silent=silent), ours))
    parser, met = _parser(document)
    return _result(document, (schema, parser, ours), met)


def _schema(document: Document, schema: Mapping[str, Any]) -> Verdict:
    rows = [[row.get(name, "") for name in document.columns] for row in document.rows]
    return table_schema.judge(document.columns, rows, schema, numbers=document.numbers)


def _parser(document: Document) -> tuple[Verdict, tuple[tuple[Conflict, int], ...]]:
    """Return the ANCT parser's verdict, values in conflict read with its own spelling."""
    known = [c for c in conflicts() if c.kind == "conflit" and c.refused_by == "anct"]
    rows = document.rows
    met = []
    for conflict in known:
        count = sum(conflict.value in _parts(row, conflict.field) for row in rows)
        if count:
            met.append((conflict, count))
            rows = tuple(_respelled(row, conflict) for row in rows)
    return anct.judge(rows, numbers=document.numbers), tuple(met)


def _parts(row: Mapping[str, str], field: str) -> list[str]:
    return row.get(field, "").split("|")


def _respelled(row: Mapping[str, str], conflict: Conflict) -> Mapping[str, str]:
    parts = _parts(row, conflict.field)
    if conflict.value not in parts:
        return row
    written = [conflict.read_as or p if p == conflict.value else p for p in parts]
    return {**row, conflict.field: "|".join(written)}


def _inclusion(document: Document) -> Conformance:
    found = checks.check_sheets(document.structures, document.services)
    schema = inclusion.judge(document.structures, document.services)
    return _result(document, (schema, _ours(document, found)))


def _ours(document: Document, found: tuple[Sequence[Diagnostic], Sequence[Diagnostic]]) -> Verdict:
    mark = tuple(fault for fault in document.faults if fault.code == "form-mark")
    form = tuple(fault for fault in document.faults if fault.code != "form-mark")
    return Verdict(validator=checks.NAME, refused=(*form, *found[0]), remarked=(*mark, *found[1]))


def _result(
    document: Document,
    verdicts: tuple[Verdict, ...],
    met: tuple[tuple[Conflict, int], ...] = (),
) -> Conformance:
    lines = len(document.rows) + len(document.structures) + len(document.services)
    ordered = tuple(replace(v, refused=tuple(sorted(v.refused, key=_order))) for v in verdicts)
    return Conformance(document.standard, lines, ordered, met)


def _order(fault: Diagnostic) -> tuple[int, str]:
    return fault.row or 0, fault.field or ""
