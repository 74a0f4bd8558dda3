"""The table of priority areas to download: the numbers of the page, rounded by the same rules."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from portrea.base.estimates import Estimate, Quality
from portrea.reach.causes import causes
from portrea.reach.priority_tables import Status
from portrea.steering import priorities
from portrea.steering.display import shown_count, shown_share
from portrea.steering.priority_words import SAID, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portrea.reach.priority_rules import Rule
    from portrea.steering.priority_ground import Ground
    from portrea.steering.reading import AreaEstimate

COLUMNS = (
    "level", "code", "name", "situation", "measure", "profile", "decay", "order", "first",
    "rank_low", "rank_high", "p_first", "p_first_low", "p_first_high", "status", "status_words",
    "uncovered", "uncovered_low", "uncovered_high", "persons", "persons_low", "persons_high",
    "share", "share_low", "share_high", "access_hours", "access_hours_low", "access_hours_high",
    "threshold_hours", "minutes", "imputed_share", "first_without_imputed", "quality",
)  # fmt: skip
"""Columns before the causes; then, for each cause: its value, its year, its grade, its dataset."""
CAUSE_COLUMNS = ("", "_year", "_level", "_quality", "_state", "_dataset")


def priority_rows(ground: Ground, rule: Rule) -> list[dict[str, Any]]:
    """Return one row per area, in the order of ranks: what the page shows, and nothing finer."""
    table = priorities.table_of(ground, rule)
    keys = [(ground.level, code) for code in table["code"].to_list()]
    estimates = ground.reader.estimates_of(keys)
    beside = {
        (row["code"], row["cause"]): row
        for row in priorities.causes_beside(ground).iter_rows(named=True)
    }
    names = dict(
        ground.reader.snapshot.territories.filter(level=ground.level)
        .select("code", "name")
        .iter_rows()
    )
    asked = _asked(ground, rule)
    measure = ground.question.measure
    return [
        {"level": ground.level, "code": row["code"], "name": names.get(row["code"], "")}
        | asked
        | _figures(row, estimates.get((ground.level, row["code"], measure)), ground.level)
        | dict(_causes(row["code"], beside))
        for row in table.iter_rows(named=True)
    ]


def priority_csv(ground: Ground, rule: Rule) -> str:
    """Return the same rows as CSV."""
    rows = priority_rows(ground, rule)
    text = io.StringIO()
    writer = csv.DictWriter(text, priority_names(), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def priority_names() -> list[str]:
    """Return the names of the columns: figures first, then the causes."""
    return [*COLUMNS, *(f"{name}{end}" for name in causes() for end in CAUSE_COLUMNS)]


def _asked(ground: Ground, rule: Rule) -> dict[str, Any]:
    question = ground.question
    return {
        "situation": question.situation,
        "measure": question.measure,
        "profile": question.profile,
        "decay": ground.scores.decay.name,
        "order": rule.order,
        "first": rule.first,
    }


def _figures(row: Mapping[str, Any], estimate: AreaEstimate | None, level: str) -> dict[str, Any]:
    known = row["status"] != Status.UNKNOWN
    ranked = known and row["status"] not in (Status.UNRANKABLE, Status.COVERED)
    return {
        **{name: row[name] if ranked else None for name in ("rank_low", "rank_high")},
        **{name: _round(row[name], 2) for name in ("p_first", "p_first_low", "p_first_high")},
        "status": row["status"],
        "status_words": SAID[Status(row["status"])],
        **_uncovered(row, estimate, level),
        **_need(estimate, level),
        **{f"access_hours{end}": _round(row[f"access{end}"], 1) for end in ("", "_low", "_high")},
        "threshold_hours": _round(row["threshold"], 1),
        "minutes": _round(row["minutes"], 0),
        "imputed_share": _round(row["imputed_share"], 2),
        "first_without_imputed": row["first_known"] if known else None,
        "quality": estimate.quality.value if estimate else Quality.N.value,
    }


def _uncovered(row: Mapping[str, Any], estimate: AreaEstimate | None, level: str) -> dict[str, Any]:
    value, low, high = row["uncovered"], row["uncovered_low"], row["uncovered_high"]
    if value is None:
        return dict.fromkeys(("uncovered", "uncovered_low", "uncovered_high"))
    bounds = (value, value) if low is None or high is None else (low, high)
    whole = is_whole(row) and estimate is not None and estimate.available
    counted = estimate.count if whole and estimate else Estimate(value, *bounds, Quality.B)
    shown = shown_count(counted, level)
    return {
        "uncovered": shown.value,
        "uncovered_low": shown.low,
        "uncovered_high": shown.high,
    }


def _need(estimate: AreaEstimate | None, level: str) -> dict[str, Any]:
    if estimate is None or not estimate.available:
        return {}
    count, share = shown_count(estimate.count, level), shown_share(estimate.share)
    return {
        "persons": count.value,
        "persons_low": count.low,
        "persons_high": count.high,
        "share": share.value,
        "share_low": share.low,
        "share_high": share.high,
    }


def _causes(
    code: str, beside: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[tuple[str, Any]]:
    for name in causes():
        row = beside.get((code, name))
        if row is None:
            continue
        fields = (
            _round(row["value"], 3), row["vintage"], row["from_level"], row["quality"],
            row["state"], row["dataset"],
        )  # fmt: skip
        yield from zip((f"{name}{end}" for end in CAUSE_COLUMNS), fields, strict=True)


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
