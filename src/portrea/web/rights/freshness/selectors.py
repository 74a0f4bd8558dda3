"""The parameters as pages and files show them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.rights.catalogue import rights
from portrea.rights.freshness import BENEFITS, card_of, table
from portrea.web.rights.freshness.wording import rhythm_of, value_of

if TYPE_CHECKING:
    from datetime import date

    from portrea.rights.catalogue import Right
    from portrea.rights.freshness import Parameter

COLUMNS = (
    "parametre", "description", "valeur", "unite", "depuis", "verifie", "renouvele_en_mois",
    "a_verifier", "droits", "texte", "lien",
)  # fmt: skip
FORMULAS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter as a table shows it."""

    parameter: Parameter
    value: str
    rhythm: str
    stale: bool


@dataclass(frozen=True, slots=True)
class OfRight:
    """A right: what leads it, how many parameters it reads, those to look at again."""

    right: Right
    leading: list[Line]
    read: int
    stale: int
    is_stale: bool


def lines(found: list[Parameter], day: date) -> list[Line]:
    """Return parameters as tables show them."""
    return [Line(one, value_of(one), rhythm_of(one), one.is_stale(day)) for one in found]


def overview(day: date) -> list[OfRight]:
    """Return every right, with what leads it."""
    told = []
    for right in rights().values():
        read = table().of(right.name)
        stale = sum(one.is_stale(day) for one in read)
        latest = [one for one in table().leading(right) if one.since == right.since]
        old = right.is_stale(day) or bool(right.doubt)
        told.append(OfRight(right, lines(latest[:2], day), len(read), stale, old))
    return told


def of_right(right: Right, day: date) -> tuple[list[Line], list[Line], list[Line]]:
    """Return what leads a right, what is to be looked at again, then all the others."""
    leading = table().leading(right)
    rest = [one for one in table().of(right.name) if one not in leading]
    stale = [one for one in rest if one.is_stale(day)]
    others = [one for one in rest if not one.is_stale(day)]
    return lines(leading, day), lines(stale, day), lines(others, day)


def as_csv(day: date) -> str:
    """Return every parameter as a CSV that a spreadsheet opens (semicolons, BOM)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in table().parameters.values():
        writer.writerow([_plain(cell) for cell in _cells(one, day)])
    return "\ufeff" + out.getvalue()


def as_json(day: date) -> str:
    """Return every parameter as JSON, with the version and the month of the table."""
    told = table()
    cards = [
        {"name": one.name, **card_of(one), "renews": one.renews, "stale": one.is_stale(day)}
        for one in told.parameters.values()
    ]
    head = {"engine": told.engine, "version": told.version, "month": told.month}
    head |= {"written": told.written.isoformat(), "judged": day.isoformat()}
    return json.dumps({**head, "parameters": cards}, ensure_ascii=False, indent=1)


def is_benefit(one: Parameter) -> bool:
    """Whether it is a parameter of benefits: the others are taxes, wages and contributions."""
    return one.name.startswith(BENEFITS)


def _cells(one: Parameter, day: date) -> list[Any]:
    value = json.dumps(one.value) if isinstance(one.value, list) else one.value
    text = one.references[0] if one.references else None
    return [
        one.name, one.description, value, one.unit, one.since, one.verified, one.renews,
        "oui" if one.is_stale(day) else "non", " ".join(one.rights),
        text.title if text else "", text.href if text else "",
    ]  # fmt: skip


def _plain(cell: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
