"""The log of a territoire zéro non-recours: twelve cases by hand, published examples, laws."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.action.activity import UNKNOWN
from portrea.action.activity import words as words_of_action
from portrea.base.errors import DataError
from portrea.rights.outcome_sharing import (
    REST,
    WHOLE,
    compared,
    gathered,
    safe_quartiles,
    shown,
)
from portrea.rights.outcome_tables import codes, is_table, read_row, titles, write_row
from portrea.rights.outcome_times import Life, life_of, times
from portrea.rights.outcomes import (
    ENDS,
    STAGES,
    Case,
    Marks,
    faults,
    funnel,
    moved,
    next_stages,
    pending,
    right_names,
    words,
)
from portrea.stats.suppression import attack

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "rights" / "outcomes.yaml").read_text("utf-8")
)
TODAY: date = CASES["today"]


def case_of(told: dict[str, Any]) -> Case:
    fields = {name: value for name, value in told.items() if name != "n"}
    for name in ("monthly", "back_pay"):
        if name in told:
            fields[name] = Decimal(str(told[name]))
    return Case(**fields)


TWELVE = [case_of(told) for told in CASES["cases"]]


def by_right(cases: list[Case]) -> dict[str, Counter[Marks]]:
    found: dict[str, Counter[Marks]] = {}
    for case in cases:
        found.setdefault(case.right, Counter())[case.marks] += 1
    return found


# -- funnel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", CASES["funnel"])
def test_the_funnel_counted_by_hand(right: str) -> None:
    kept = [case for case in TWELVE if right in ("all", case.right)]
    steps = funnel(Counter(case.marks for case in kept))
    told = {stage: [step.reached, step.noted] for stage, step in steps.items()}
    assert told | {"pending": pending(steps)} == CASES["funnel"][right]
    assert steps["opened"].share == pytest.approx(steps["opened"].reached / len(kept))


def test_a_funnel_of_nothing_has_no_share() -> None:
    steps = funnel({})
    assert {step.share for step in steps.values()} == {None}
    assert pending(steps) == 0


ANY_MARKS = st.builds(
    Marks, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(("", *ENDS))
)


@given(st.dictionaries(ANY_MARKS, st.integers(0, 50)))
def test_nobody_reaches_a_stage_without_the_former(counts: dict[Marks, int]) -> None:
    steps = funnel(counts)
    chain = [steps[stage].reached for stage in ("detected", "informed", "applied")]
    assert chain == sorted(chain, reverse=True)
    assert steps["opened"].reached + steps["refused"].reached <= chain[-1]
    assert all(step.noted <= step.reached for step in steps.values())
    assert pending(steps) >= 0


# -- time to a right -------------------------------------------------------------------------------


@pytest.mark.parametrize(("told", "right"), [("time", ""), ("time_rsa", "rsa")])
def test_the_time_to_a_right_by_hand(told: str, right: str) -> None:
    found = times(life_of(one, today=TODAY) for one in TWELVE if one.right == right or not right)
    assert list(found.quartiles) == CASES[told]["quartiles"]
    if not right:
        steps = CASES["time"]["steps"]
        assert list(found.steps) == [(day, Fraction(up, down)) for day, up, down in steps]
        assert (found.opened, found.pending) == (CASES[told]["opened"], CASES[told]["pending"])
        assert found.median == 100


def test_without_another_end_it_is_kaplan_and_meier_as_published() -> None:
    told = CASES["kaplan_meier"]
    lives = [Life(days, "opened") for days in told["events"]]
    lives += [Life(days, "") for days in told["pending"]]
    found = times(lives)
    assert [(day, round(float(1 - share), 3)) for day, share in found.steps] == [
        tuple(pair) for pair in told["survival"]
    ]
    assert list(found.quartiles) == told["quartiles"]


LIVES = st.lists(st.builds(Life, st.integers(0, 40), st.sampled_from(("", *ENDS))), max_size=40)


@given(LIVES)
def test_the_share_opened_grows_and_stays_a_share(lives: list[Life]) -> None:
    found = times(lives)
    shares = [share for _day, share in found.steps]
    assert all(before <= after for before, after in pairwise(shares))
    assert all(0 <= share <= 1 for share in shares)
    if not any(life.end == "" for life in lives):  # nothing unknown: it is the plain share
        opened = sum(life.end == "opened" for life in lives)
        assert float(shares[-1] if shares else 0) == pytest.approx(
            opened / len(lives) if lives else 0
        )


@given(LIVES)
def test_the_order_of_the_cases_changes_nothing(lives: list[Life]) -> None:
    assert times(lives) == times(lives[::-1])


# -- comparing, sharing ----------------------------------------------------------------------------


@pytest.mark.parametrize("told", CASES["comparison"])
def test_outreach_is_compared_with_intervals(told: dict[str, Any]) -> None:
    found = compared(told["detected"], told["opened"], told["hours"])
    for name, span in (("share", found.share), ("per_ten_hours", found.rate)):
        if told[name] is None:
            assert span is None
        else:
            assert span == pytest.approx(tuple(told[name]), abs=5e-4)


def test_twelve_cases_outside_show_no_small_count() -> None:
    told = shown(by_right(TWELVE))
    assert told[WHOLE]["detected"] == 12
    assert told["aspa"]["detected"] is None
    assert told["c2s"]["accompanied"] == 0
    assert told["c2s"]["opened"] is None
    assert not [n for cells in told.values() for n in cells.values() if n and n < 5]


@settings(max_examples=8, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(ANY_MARKS, st.integers(1, 12),
                       min_size=1, max_size=4), min_size=1))  # fmt: skip
def test_no_small_count_can_be_found_by_subtracting(groups: dict[str, dict[Marks, int]]) -> None:
    told = shown(groups)
    atoms = {f"{name}|{marks.reached}": 0 for name in groups for marks in groups[name]}
    zones = []
    for name, counts in groups.items():
        for marks, number in counts.items():
            atoms[f"{name}|{marks.reached}"] += number
            zones += [
                (f"{one}|{stage}", f"{name}|{marks.reached}")
                for stage in marks.reached
                for one in (WHOLE, name)
            ]
    cells = pl.DataFrame(sorted(set(zones)), schema=["zone", "atom"], orient="row")
    pieces = pl.DataFrame(list(atoms.items()), schema=["atom", "persons"], orient="row")
    seen = {f"{name}|{stage}" for name, row in told.items() for stage, n in row.items() if n}
    for cell, (low, high) in attack(cells, pieces, seen).items():
        name, stage = cell.split("|")
        count = sum(n for zone, atom in set(zones) if zone == cell for n in [atoms[atom]])
        assert (told[name][stage] is not None) == (cell in seen)
        if 0 < count < 5:
            assert high - low >= 5 - 1e-6


def test_the_rights_opened_are_told_before_the_other_stages() -> None:
    """12 opened, 1 refused: with 13 applied for, the 1 would be found; 12 and 25 are told alone."""
    end = {one: Marks(True, False, True, one) for one in ENDS}
    groups = {
        "rsa": {end["opened"]: 12, end["refused"]: 1, Marks(True, False, False, ""): 12},
    }
    told = shown(groups)
    assert (told[WHOLE]["detected"], told[WHOLE]["opened"]) == (25, 12)
    assert told[WHOLE]["refused"] is None
    assert told[WHOLE]["applied"] is None


def test_a_quartile_amid_few_rights_opened_is_not_told() -> None:
    days = [10] * 6 + [20] * 6 + [90]
    lives = Counter(Life(day, "opened") for day in days)
    found = times(lives)
    assert found.quartiles == (10, 20, 20)
    assert safe_quartiles(found, lives) == (True, True, True)
    fewer = Counter({Life(10, "opened"): 6, Life(20, "opened"): 1, Life(90, "opened"): 2})
    assert times(fewer).quartiles == (10, 10, 20)
    assert safe_quartiles(times(fewer), fewer) == (True, True, False)
    waiting = Counter({Life(10, ""): 9})
    assert safe_quartiles(times(waiting), waiting) == (True, True, True)


def test_groups_with_few_cases_are_counted_together() -> None:
    one = Marks(False, False, False, "")
    groups = {f"droit {number:02}": {one: 30 - number} for number in range(11)}
    told = gathered(groups)
    assert list(told)[:2] == ["droit 00", "droit 01"]
    assert list(told)[-1] == REST
    assert told[REST] == {one: 22 + 21 + 20}
    assert sum(sum(counts.values()) for counts in told.values()) == sum(range(20, 31))


# -- cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", CASES["faults"], ids=lambda told: str(told["case"]))
def test_what_cannot_be_is_told_at_its_field(told: dict[str, Any]) -> None:
    found = faults(case_of(told["case"]), today=TODAY)
    assert sorted(found) == told["fields"]
    assert all(words.endswith((".", "?")) for words in found.values())


def test_the_twelve_cases_can_be() -> None:
    assert [faults(case, today=TODAY) for case in TWELVE] == [{}] * 12


@pytest.mark.parametrize("told", CASES["next"], ids=lambda told: str(told["steps"]))
def test_the_next_stage(told: dict[str, Any]) -> None:
    case = case_of(told["case"])
    assert list(next_stages(case)) == told["steps"]
    for stage in next_stages(case):
        after = moved(case, stage, TODAY, reason="autre")
        assert getattr(after, stage) == TODAY
        assert faults(after, today=TODAY) == {}, stage


def test_profiles_are_said_as_in_the_records_of_activity() -> None:
    for listed in ("ages", "statuses", "genders"):
        theirs = {code: name for code, name in words_of_action()[listed].items() if code != UNKNOWN}
        assert words()[listed] == theirs


def test_every_stage_has_its_words() -> None:
    assert tuple(words()["stages"]) == STAGES
    assert set(words()["definitions"]) == set(STAGES)


# -- tables ----------------------------------------------------------------------------------------

DAYS = st.dates(date(2025, 1, 1), date(2026, 10, 1))
ANY_CASE = st.builds(
    Case,
    right=st.sampled_from(sorted(right_names())),
    detected=DAYS,
    informed=st.none() | DAYS,
    opened=st.none() | DAYS,
    refusal=st.sampled_from(["", *words()["refusals"]]),
    origin=st.sampled_from(["", *words()["origins"]]),
    age=st.sampled_from(["", *words()["ages"]]),
    procedure=st.sampled_from(["", "carte de transport"]),
    monthly=st.none() | st.decimals("0.01", 9999, places=2),
)


@given(ANY_CASE)
def test_a_line_written_is_read_back_the_same(case: Case) -> None:
    assert read_row(write_row(case, "abc")) == case


def test_a_cell_is_read_as_people_write_it() -> None:
    told = read_row(
        {
            "DROIT": "Prime d'activite",
            "repere le": "04/05/2026",
            "Montant par mois (€)": "1 607,5 €",
            "Ouvert le": "2026-06-01 00:00:00",
            "âge": "70 ans et plus",
        }
    )
    assert (told.right, told.detected, told.monthly) == (
        "ppa", date(2026, 5, 4), Decimal("1607.5"),
    )  # fmt: skip
    assert (told.opened, told.age, told.status) == (date(2026, 6, 1), "SoixanteDixPlus", "")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Droit": "rsa"}, "« Repéré le » : cette colonne ne peut pas être vide"),
        ({"Droit": "lune", "Repéré le": "2026-05-04"}, "« Droit » : on attend : RSA"),
        ({"Droit": "rsa", "Repéré le": "31/02/2026"}, "ce n’est pas un jour"),
        ({"Droit": "rsa", "Repéré le": "2026-05-04", "Rappel versé (€)": "beaucoup"}, "un montant"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told(row: dict[str, str], said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_row(row)
    assert said in caught.value.message


def test_a_table_is_known_by_its_columns() -> None:
    assert is_table(titles())
    assert not is_table(["Droit"])
    assert ("Motif du refus", "dossier", "Dossier incomplet") in codes()


def test_days_are_counted_from_the_detection() -> None:
    case = Case(right="rsa", detected=TODAY - timedelta(days=30))
    assert life_of(case, today=TODAY) == Life(30, "")
