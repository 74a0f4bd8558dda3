"""Help that places give: hand-worked hours, what is told and what is assumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.base.errors import DataError, ParameterError
from portrea.reach.supply import SERVICES, Supply, When, parameters, supply_of

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/supply.yaml").read_text("utf-8"))[
    "cases"
]
NAMES = ("hours_day", "hours_evening", "hours_weekend")


def services(*rows: dict) -> pl.DataFrame:
    filled = []
    for rank, told in enumerate(rows):
        row = dict(told)
        hours = row.pop("hours", None) or (None, None, None)
        base = {"place": f"p{rank}", "own_hours": False, "declared": True}
        filled.append(base | dict(zip(NAMES, hours, strict=True)) | row)
    return SERVICES.conform(pl.DataFrame(filled, schema_overrides=SERVICES.schema))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_hand_worked(case):
    table = services(case["service"])
    for when in When:
        if str(when) in case:
            found = supply_of(table, need=case["service"]["need"], when=str(when))
            told = [found.hours[0], found.declared[0], found.firm[0]]
            assert told == pytest.approx(case[str(when)], abs=1e-12), when


def test_the_parts_of_the_week_make_the_week():
    table = services(*(case["service"] for case in CASES))
    for need in ("aide", "equipement", "formation"):
        whole = supply_of(table, need=need)
        parts = [supply_of(table, need=need, when=str(w)) for w in When if w is not When.WEEK]
        assert sum(part.hours for part in parts) == pytest.approx(whole.hours)
        assert sum(part.declared for part in parts) == pytest.approx(whole.declared)


def test_services_of_one_place_add_up_and_say_what_is_assumed():
    table = services(
        {"place": "x", "need": "aide", "kind": "ASSO", "capacity_hours": 4.0},
        {"place": "x", "need": "aide", "kind": "MUNI"},
        {"place": "y", "need": "aide", "kind": "ASSO", "capacity_hours": 4.0},
    )
    found = supply_of(table, need="aide")
    assert found.places.tolist() == ["x", "y"]
    assert found.hours == pytest.approx([8.8, 4])
    assert found.declared == pytest.approx([4, 4])
    assert found.imputed.tolist() == [True, False]


def test_other_places_have_none():
    found = supply_of(services({"need": "aide", "kind": "RFS"}), need="aide").at(["z", "p0"])
    assert found.hours.tolist() == [0, 48]
    assert found.imputed.tolist() == [False, True]
    nothing = supply_of(SERVICES.empty(), need="aide").at(["z"])
    assert nothing.hours.tolist() == [0]


@pytest.mark.parametrize(("name", "value"), [("need", "magie"), ("when", "minuit")])
def test_unknown_choices_are_refused_with_the_right_ones(name, value):
    with pytest.raises(ParameterError, match="Choisissez parmi"):
        supply_of(SERVICES.empty(), **({"need": "aide"} | {name: value}))


def test_missing_negative_or_impossible_hours_are_refused():
    one = np.array([1.0])
    with pytest.raises(DataError, match="absente"):
        Supply(np.array(["p"]), "aide", np.array([np.nan]), one, one)
    with pytest.raises(DataError, match="plus d’heures déclarées"):
        Supply(np.array(["p"]), "aide", one, 2 * one, one)


def test_every_assumption_is_dated_and_sourced():
    def walk(card, path):
        if isinstance(card, dict):
            if "value" in card or "default" in card:
                assert card.get("source"), path
            for name, inner in card.items():
                walk(inner, f"{path}.{name}")

    walk(parameters(), "")
    for name, card in parameters().items():
        leaves = card.values() if name == "windows" else [card]
        assert all("date" in leaf and "source" in leaf for leaf in leaves), name
