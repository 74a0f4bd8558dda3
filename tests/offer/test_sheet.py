"""The short sheet: answers become fields, and a fuller sheet loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from portrea.offer.content import changes_between, check_value, from_dict, to_dict
from portrea.offer.sheet import answers_of, values_of

ANSWERS: dict[str, Any] = {
    "name": "CCAS",
    "phone": "+33299000000",
    "blocks": ["aide", "equipement"],
    "cost": ["Gratuit"],
    "hours": "Mo 09:00-12:00",
    "hours_week": 10.0,
}


def record(values: dict[str, Any]) -> dict[str, Any]:
    """The place that the values make."""
    own = {path: v for path, v in values.items() if "." not in path and v is not None}
    services = [v for path, v in values.items() if path.startswith("services.") and v]
    return to_dict(from_dict({"id": "1", "name": "x", **own, "services": services}))


def test_a_new_place() -> None:
    values = values_of(ANSWERS)
    assert values["services.aide"] == {
        "block": "aide",
        "key": "aide",
        "cost": ["Gratuit"],
        "capacity": {"hours_week": 10.0},
    }
    assert values["hours"] == "Mo 09:00-12:00"
    assert {path: check_value(path, value) for path, value in values.items()} == values
    assert record(values)["services"][1]["key"] == "equipement"


def test_one_week_in_two_is_a_presence_of_each_service_not_hours_of_the_place() -> None:
    values = values_of(ANSWERS | {"every_weeks": 2, "first": "2026-11-24", "by_appointment": True})
    assert "hours" not in values
    assert values["services.aide"]["presences"] == [
        {
            "kind": "permanence",
            "hours": "Mo 09:00-12:00",
            "hours_confirmed": True,
            "every_weeks": 2,
            "first": "2026-11-24",
            "by_appointment": True,
        }
    ]
    check_value("services.aide", values["services.aide"])


def test_hours_not_understood_keep_their_words_and_withdraw_the_old_ones() -> None:
    told = {"hours_text": "quand il fait beau"}
    assert values_of(told, {"hours": "Mo 09:00-12:00"}) == {"hours": None, **told}
    assert values_of(told, {}) == told


def test_a_sheet_read_over_and_left_as_it_is_proposes_nothing() -> None:
    for extra in ({}, {"every_weeks": 2, "first": "2026-11-24"}, {"by_appointment": True}):
        content = record(values_of(ANSWERS | extra))
        assert values_of(answers_of(content), content) == {}, extra


def test_what_the_short_sheet_does_not_ask_stays() -> None:
    content = record(values_of(ANSWERS)) | {"siret": "13002526500013"}
    content["services"][0]["languages"] = ["arabe"]
    values = values_of(ANSWERS | {"cost": ["Payant"]}, content)
    assert values == {"services.aide.cost": ["Payant"], "services.equipement.cost": ["Payant"]}


def test_a_kind_of_help_no_longer_ticked_goes_a_new_one_comes() -> None:
    content = record(values_of(ANSWERS))
    values = values_of(answers_of(content) | {"blocks": ["aide", "formation"]}, content)
    assert values["services.equipement"] is None
    assert values["services.formation"]["block"] == "formation"
    assert set(values) == {"services.equipement", "services.formation"}
    assert changes_between(content, content) == {}


@pytest.mark.parametrize("empty", [{}, {"phone": ""}, {"emails": []}])
def test_nothing_answered_is_nothing_said(empty: dict[str, Any]) -> None:
    assert values_of(empty, {"phone": "+33299000000"}) == {}
