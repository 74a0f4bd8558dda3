"""Published versus estimated: every target kept, errors by hand, a benchmarked version refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.steering.settings import Benchmark, Settings
from portrea.steering.validation import (
    GROUPS,
    VALIDATION,
    compare_with,
    refuse_benchmark,
    summarise,
    targets,
)
from portrea.steering.validation_lookup import Lookup, rule_a2, zone_members, zones

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "steering" / "validation.yaml").read_text("utf-8")
)


def rows_of(case: dict[str, Any], group: str) -> pl.DataFrame:
    blank = [None] * len(case["published"])
    low, high = case.get("low", blank), case.get("high", blank)
    rows = [
        {
            "id": str(i),
            "group": group,
            **dict.fromkeys(("code", "name", "year", "indicator", "unit", "published"), ""),
            "value": value,
            "estimated": estimated,
            "low": low[i],
            "high": high[i],
            "error": estimated - value,
            "inside": None if low[i] is None else low[i] <= value <= high[i],
            "note": "",
            "source": "",
        }
        for i, (value, estimated) in enumerate(
            zip(case["published"], case["estimated"], strict=True)
        )
    ]
    return VALIDATION.conform(pl.DataFrame(rows))


def lookup(areas: dict[Any, Any] | None = None, crosstab: pl.DataFrame | None = None) -> Lookup:
    empty = pl.DataFrame(schema={"level": pl.String, "code": pl.String, "age": pl.String,
                                 "diploma": pl.String, "persons": pl.Float64})  # fmt: skip
    return Lookup(areas or {}, {}, {}, empty if crosstab is None else crosstab)


# -- the committed targets -------------------------------------------------------------------------


def test_every_target_is_sourced() -> None:
    assert len(targets()) >= 80
    assert len({t["id"] for t in targets()}) == len(targets())
    for target in targets():
        assert target["source"], target
        assert target["group"] in GROUPS
        assert target["year"].isdigit()
        assert not target["page"] or target["page"].startswith("http")


def test_numbers_say_what_the_words_say() -> None:
    for target in targets():
        words = target["published"].replace("\u202f", "").replace(",", ".")
        if target["value"]:
            number = float(words.rstrip("%"))
            number = number / 100 if words.endswith("%") else number
            assert number == pytest.approx(float(target["value"]), rel=1e-9), target


@pytest.mark.shared
def test_no_public_target_is_forgotten(shared_reference: Path) -> None:
    """The 80 rows of the reference table, value by value, and nothing more but two derived."""
    table = pl.read_csv(
        shared_reference / "method" / "validation_targets_public.csv", infer_schema_length=0
    )
    assert table.height == 80
    ours = [t for t in targets() if t["id"].startswith("cible-")]
    for row, target in zip(table.iter_rows(named=True), ours, strict=True):
        assert target["name"] == row["territory"]
        assert target["year"] == row["year"]
        if target["value"]:
            scale = 100 if row["unit"] == "%" else 1
            assert float(target["value"]) * scale == pytest.approx(float(row["value"]))


def test_zones_of_the_past_are_declared_with_a_source() -> None:
    for card in zones()["zones"].values():
        assert card["source"]
        assert card["note"]
    codes = {target["code"] for target in targets()}
    assert set(zones()["zones"]) <= codes


# -- figures by hand -------------------------------------------------------------------------------


def test_summary_by_hand() -> None:
    case = CASES["summary"]
    found = summarise(rows_of(case, "regions")).row(0, named=True)
    for name, value in case["expected"].items():
        assert found[name] == pytest.approx(value, abs=1e-6), name


def test_errors_of_counts_are_relative() -> None:
    case = CASES["persons"]
    found = summarise(rows_of(case, "effectifs")).row(0, named=True)
    assert found["mae"] == pytest.approx(case["expected"]["mae"])
    assert found["bias"] == pytest.approx(case["expected"]["bias"])
    assert found["coverage"] is None


def test_a_group_is_the_sum_of_its_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["regions"]
    monkeypatch.setitem(zones()["groups"]["FM"], "regions", ["11", "24"])
    names = ("n", "n_low", "n_high", "population")
    areas = {
        ("region", code, "a1"): {name: float(case[name][i]) for name in names}
        for i, code in enumerate(("11", "24"))
    }
    target = next(t for t in targets() if t["code"] == "FM")
    answer = lookup(areas).find(target)
    assert [answer.value, answer.low, answer.high] == pytest.approx(case["expected"])
    del areas["region", "24", "a1"]
    assert lookup(areas).find(target).value is None


def test_the_rule_counts_each_person_once() -> None:
    cells = pl.DataFrame(
        CASES["for2"]["cells"], schema=["age", "diploma", "persons"], orient="row"
    ).with_columns(level=pl.lit("region"), code=pl.lit("83"))
    assert rule_a2(cells) == CASES["for2"]["a2"]
    target = next(t for t in targets() if t["quantity"] == "crosstab")
    assert lookup(crosstab=cells).find(target).value == CASES["for2"]["a2"]
    assert "portrea data add" in lookup().find(target).note


def test_nothing_is_dropped_and_absences_say_why() -> None:
    found = compare_with(lookup())
    assert found.height == len(targets())
    assert found["estimated"].null_count() == found.height
    assert found.filter(pl.col("note") == "").height == 0


# -- refusals and zones ----------------------------------------------------------------------------


def test_a_benchmarked_version_is_refused() -> None:
    settings = Settings.make(benchmark=Benchmark("regions-2019", pl.DataFrame()))
    with pytest.raises(ParameterError, match="regions-2019"):
        refuse_benchmark(settings)
    refuse_benchmark(Settings.make())


def area(level: str, code: str, epci: str, region: str) -> dict[str, str]:
    return {"level": level, "code": code, "name": code, "commune": code, "epci": epci,
            "departement": code[:2], "region": region, "kind": "Z"}  # fmt: skip


def test_only_the_named_part_of_a_zone_is_kept() -> None:
    table = pl.DataFrame(
        [
            area("commune", "80518", "200069722", "32"),
            area("commune", "76028", "200069722", "28"),
            area("commune", "59350", "200093201", "32"),
            area("commune", "59005", "200093201", "32"),
        ]
    )
    assert zone_members(table, "200069722") == ("commune", ["80518"])
    assert zone_members(table, "200093201") == ("commune", ["59350"])
    assert zone_members(table, "245901061")[1] == [], "four of its five communes are not there"
    assert zone_members(table, "246201149")[1] == []
    calais = pl.concat([table, pl.DataFrame([area("commune", "62193", "200090751", "32")])])
    assert zone_members(calais, "246201149") == ("epci", ["200090751"])


def test_a_zone_of_communes_has_no_interval() -> None:
    case = CASES["regions"]
    names = ("n", "n_low", "n_high", "population")
    areas = {
        ("commune", code, "a1"): {name: float(case[name][i]) for name in names}
        for i, code in enumerate(("59005", "59011"))
    }
    target = next(t for t in targets() if t["code"] == "245901061")
    answer = Lookup(areas, {"245901061": ("commune", ["59005", "59011"])}, {}, pl.DataFrame()).find(
        target
    )
    assert answer.value == pytest.approx(case["expected"][0])
    assert (answer.low, answer.high) == (None, None)
    assert "Haute-Deûle" in answer.note
