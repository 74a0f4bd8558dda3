"""Records of activity for tests: a year and a half of a commune of Brocéliande."""

from __future__ import annotations

from datetime import date
from typing import Any

from portrea.web.action.models import Record
from portrea.web.action.services.tallies import recount

EPCI = "epci:243500618"
COMMUNES = ("35211", "35169")
"""Paimpont and Maxent, of this EPCI in the demo."""


def noted(day: date, number: int, commune: str = "35211", **told: Any) -> None:
    """Note as many records, all alike."""
    row = {
        "day": day, "kind": "individuel", "where": "lieu_activite", "commune": commune,
        "themes": ["email"], "result": "oui", "minutes": 30, "ages": {"SoixanteDixPlus": 1},
    } | told  # fmt: skip
    Record.objects.bulk_create(Record(level="commune", code=commune, **row) for _ in range(number))


def a_year_and_a_half() -> None:
    """Note six quarters, from the first of 2025: 30 answered and 10 not in each, one month each."""
    from django.db.models import Q

    for quarter in range(7):
        year, month = 2025 + quarter // 4, 3 * (quarter % 4) + 2
        for commune in COMMUNES:
            noted(date(year, month, 5), 30, commune)
            noted(date(year, month, 6), 10, commune, result="non", reason="panne",
                  themes=["sante"], oriented=True)  # fmt: skip
            noted(date(year, month, 7), 8, commune, kind="collectif", people=6, result="",
                  ages={}, where="autre")  # fmt: skip
    recount(Q())
