"""Give away what is told of non-take-up: CSV and JSON, with sources, bounds and warnings."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from portrea.rights.catalogue import parameters
from portrea.steering import take_up_words as words
from portrea.steering.sections_take_up import CAVEATS, WARNING

if TYPE_CHECKING:
    from portrea.rights.take_up import Range
    from portrea.steering.take_up import Report, Row

RANGES = ("beneficiaries", "eligible_rate", "unclaimed_rate", "eligible_model", "gap_model")
COLUMNS = (
    "level", "code", "name", "benefit", "label", "unit", "year", "says",
    *(f"{name}{end}" for name in RANGES for end in ("", "_low", "_high")),
    "rate", "rate_low", "rate_high", "rate_source",
    "model_unit", "model_mc_error", "model_flag", "model_month", "model_vintages",
)  # fmt: skip
"""Columns of the CSV. Counts are in ``unit`` (``model_unit`` for ``eligible_model``), rates in
[0, 1]; an empty cell is not known or not published: ``says`` tells which."""


def rows_of(report: Report) -> list[dict[str, Any]]:
    """Return one row by benefit, columns :data:`COLUMNS`, numbers rounded as they are shown."""
    return [_row(report, row) for row in report.rows]


def _row(report: Report, row: Row) -> dict[str, Any]:
    told, line, model = row.told, row.told.line, row.simulated
    area = report.territory
    given = line.rate is not None
    found = dict.fromkeys(COLUMNS) | {
        "level": area.level.value,
        "code": area.code,
        "name": area.name,
        "benefit": line.name,
        "label": line.label,
        "unit": line.unit,
        "year": row.figure.year if row.figure else None,
        "says": str(told.saying),
        "rate": None if line.ceiling else line.rate,
        "rate_low": _plain(line.rates[0]) if given else None,
        "rate_high": _plain(line.rates[1]) if given else None,
        "rate_source": line.source or None,
    }
    count = told.beneficiaries
    if count is not None:
        found |= _bounds("beneficiaries", count.value, count.low, count.high)
    eligible = model.eligible if model else None
    ranges = (told.eligible, told.unclaimed, eligible, row.gap)
    for name, one in zip(RANGES[1:], ranges, strict=True):
        found |= _rounded(name, one, area.level.value)
    if model is not None:
        found |= {
            "model_unit": model.unit, "model_mc_error": model.error, "model_flag": model.flag,
            "model_month": model.month, "model_vintages": model.vintages,
        }  # fmt: skip
    return found


def _rounded(name: str, found: Range | None, level: str) -> dict[str, float | None]:
    number = words.shown(found, level)
    return _bounds(name, number.value, number.low, number.high)


def _bounds(
    name: str, value: float | None, low: float | None, high: float | None
) -> dict[str, float | None]:
    numbers = zip((name, f"{name}_low", f"{name}_high"), (value, low, high), strict=True)
    return {key: None if n is None else _plain(n) for key, n in numbers}


def _plain(number: float) -> float:
    """Write a whole number without decimals."""
    return int(number) if number == int(number) else round(number, 4)


def to_csv(report: Report) -> str:
    """Return the rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows_of(report))
    return text.getvalue()


def to_json(report: Report) -> str:
    """Return the rows with what must be read with them: warning, caveats, sources."""
    content = {
        "territory": report.territory.key,
        "name": report.territory.name,
        "warning": WARNING,
        "caveats": CAVEATS,
        "engine": parameters()["engine"],
        "benefits": rows_of(report),
        "sources": [
            {"title": p.title, "producer": p.producer, "vintage": p.vintage, "licence": p.licence}
            for p in (dataset.provenance for dataset in report.datasets)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)
