"""Periods of indicators, worked by hand: what is offered, how it is read, why it is refused."""

from __future__ import annotations

from datetime import date

import pytest

from portrea.base.errors import ParameterError
from portrea.steering.periods import (
    Period,
    last_whole,
    month_of,
    offered,
    period_of,
    quarters,
    usual,
)

WHOLE = last_whole(date(2026, 11, 23))
"""September 2026: the third quarter is the last one over."""


def test_what_is_offered_is_over() -> None:
    assert offered(WHOLE) == {
        "4t": "Quatre derniers trimestres (octobre 2025 à septembre 2026)",
        "2025": "2025", "2024": "2024", "2023": "2023", "2022": "2022", "2021": "2021",
        "2026-T3": "3e trimestre 2026", "2026-T2": "2e trimestre 2026",
        "2026-T1": "1er trimestre 2026", "2025-T4": "4e trimestre 2025",
        "2025-T3": "3e trimestre 2025", "2025-T2": "2e trimestre 2025",
        "2025-T1": "1er trimestre 2025", "2024-T4": "4e trimestre 2024",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "newest"),
    [(date(2026, 12, 31), "2025"), (date(2027, 1, 1), "2026"), (date(2027, 3, 31), "2026")],
)
def test_a_year_is_offered_the_day_after_its_end(day: date, newest: str) -> None:
    assert list(offered(last_whole(day)))[1] == newest


def test_quarters_go_back_from_the_last_one() -> None:
    assert [one.code for one in quarters(WHOLE, 5)] == [
        "2026-T3", "2026-T2", "2026-T1", "2025-T4", "2025-T3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("", "2025-10", "2026-09"), ("4t", "2025-10", "2026-09"), ("2025", "2025-01", "2025-12"),
        ("2026-T2", "2026-04", "2026-06"), ("2025-T4_2026-T1", "2025-10", "2026-03"),
        ("2025-04_2026-09", "2025-04", "2026-09"), ("2024_2025", "2024-01", "2025-12"),
    ],
)  # fmt: skip
def test_a_code_is_read(code: str, first: str, last: str) -> None:
    period = period_of(code, WHOLE)
    assert period == Period(month_of(first), month_of(last))
    assert period_of(period.code, WHOLE) == period


@pytest.mark.parametrize(
    ("code", "why", "remedy"),
    [
        ("hier", "La période « hier » n’existe pas.", "Choisissez une année (2025) ou un"),
        ("2026-T3_2026-T1", "La période finit avant de commencer.", "Échangez son début et sa"),
        ("2026-02", "coupe un trimestre : février 2026.", "Choisissez des trimestres entiers"),
        ("2026-01_2026-04", "coupe un trimestre : janvier 2026 à avril 2026.", "Choisissez des"),
        ("2026-T4", "le dernier trimestre entier est le 3e trimestre 2026.", "Choisissez un tr"),
        ("2026-13", "« 2026-13 » n’est pas un mois.", "Écrivez une année et un mois : 2026-11."),
    ],
)
def test_a_period_that_cannot_be_says_why(code: str, why: str, remedy: str) -> None:
    with pytest.raises(ParameterError) as refused:
        period_of(code, WHOLE)
    assert why in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert str(refused.value.remedy).startswith(remedy)


@pytest.mark.parametrize("text", ["novembre", "2025", "2025-T1", "2025-00", "1825-01", ""])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match=f"« {text} » n’est pas un mois"):
        month_of(text)
    assert month_of(" 2026-11 ") == 2026 * 12 + 10


def test_the_usual_period_waits_for_no_end_of_year() -> None:
    assert str(usual(WHOLE)) == "octobre 2025 à septembre 2026"
    assert str(Period(WHOLE, WHOLE)) == "septembre 2026"
    assert str(usual(last_whole(date(2027, 2, 1)))) == "2026"
