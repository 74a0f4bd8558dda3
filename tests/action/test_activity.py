"""Records of activity, against lines read by hand and the real ones."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.activity import UNKNOWN, Activity, band_of, faults, with_unknown, words
from portrea.action.activity_records import read_coop, read_former, write_coop
from portrea.base.errors import DataError

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/activities.yaml").read_text("utf-8")
)


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def check(found: Activity, kept: dict[str, Any]) -> None:
    assert {name: plain(getattr(found, name)) for name in kept} == kept


@pytest.mark.parametrize("case", CASES["cra_v1"], ids=lambda case: case["name"])
def test_the_first_log_read_by_hand(case: dict[str, Any]) -> None:
    check(read_former(case["row"]), case["kept"])


@pytest.mark.parametrize("case", CASES["coop"], ids=lambda case: case["name"])
def test_the_coop_read_by_hand_and_written_the_same(case: dict[str, Any]) -> None:
    found = read_coop(case["attributes"])
    check(found, case["kept"])
    written = write_coop(found)
    assert {key: case["attributes"][key] for key in written} == written


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_what_cannot_be_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        read_former(CASES["cra_v1"][0]["row"] | case["change"])
    assert case["why"] in refused.value.message


@pytest.mark.parametrize("case", CASES["told"], ids=lambda case: case["name"])
def test_what_is_told_holds_together(case: dict[str, Any]) -> None:
    today = date(2026, 5, 4)
    told = Activity(**({"kind": "individuel", "where": "autre", "day": today} | case["told"]))
    assert list(faults(told, today=today)) == case["faults"]


def test_reasons_are_those_of_the_observation_grid() -> None:
    grid = yaml.safe_load(
        (files("portrea.surveys") / "models/20_grille_observation.yaml").read_text("utf-8")
    )
    assert words()["reasons"] == grid["choices"]["motif"]
    assert words()["results"] == grid["choices"]["issue"]


@pytest.mark.shared
def test_every_real_record_is_read_and_nobody_is_added(shared_data: Path) -> None:
    (path,) = (shared_data / "activity").glob("*.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    read = [read_former(row) for row in rows]
    assert len(read) == 514
    assert sum(one.people for one in read) == sum(int(row["nb_participants"]) for row in rows)
    assert all(sum(one.ages.values()) == one.people for one in read)
    assert sum(one.minutes is None for one in read) == 120 + 174
    known = set(words()["themes"])
    themes = Counter(theme for one in read for theme in one.themes)
    assert set(themes) <= known
    assert themes["aide_aux_demarches_administratives"] == 172
    assert not any(one.other_themes for one in read)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)), st.integers(1, 40))
def test_who_is_not_known_stays_unknown(counts: dict[str, int], people: int) -> None:
    told = with_unknown(counts, people)
    assert sum(told.values()) == max(people, sum(counts.values()))
    assert all(told[name] == count for name, count in counts.items() if count)
    assert told.get(UNKNOWN, 0) == max(0, people - sum(counts.values()))


@given(st.integers(1, 600))
def test_a_duration_has_one_band(minutes: int) -> None:
    assert band_of(minutes) in words()["bands"]


def test_a_word_that_does_not_exist_says_those_that_do() -> None:
    wrong = Activity(kind="individuel", where="lune", day=read_day(), equipment=("minitel",))
    found = faults(wrong)
    assert set(found) == {"where", "equipment"}
    assert "a_distance" in found["where"]


def read_day() -> Any:
    return read_former(CASES["cra_v1"][0]["row"]).day
