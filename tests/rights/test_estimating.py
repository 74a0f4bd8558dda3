"""What is said over the missing answers, and that it only narrows as they are given."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.rights.answers import questions, read
from portrea.rights.estimating import ORDER, estimate
from portrea.rights.hints import Saying
from portrea.rights.households import Adult, Household, Housing
from portrea.rights.questions import amounts, question
from portrea.rights.scenarios import MOST, scenarios_of
from portrea.sources.openfisca import Process, process

CASES = Path(__file__).parents[1] / "cases/rights"
CHANGES = yaml.safe_load((CASES / "changes.yaml").read_text("utf-8"))
DAY = date(2026, 11, 23)
FULL = {
    "commune": "35238", "age": "36", "partner": "seul", "children": "8, 5", "housing": "prive",
    "rent": "450", "situation": "travail", "income": "900", "before": "non",
    "disability": "aucun", "residence": "eee",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Any:
    made = process()
    yield made
    made.stop()


def patient(engine: Process) -> Any:
    """Ask with the time that a machine busy with other tests takes."""
    return partial(engine.ask, seconds=120)


def without(*names: str, **changed: str) -> Any:
    return read({name: text for name, text in (FULL | changed).items() if name not in names})


def pretend(asked: dict[str, Any]) -> dict[str, list[float]]:
    """Answer as an engine would, by a rule that depends on every input: quick and repeatable."""
    persons, households = asked["persons"]["household"], max(asked["persons"]["household"]) + 1
    told = [0.0] * len(persons)
    shared = [0.0] * households
    for given_ in asked["inputs"]:
        values = given_["values"]
        if given_["variable"] in {"salaire_net", "chomage_net", "taux_incapacite"}:
            told = [a + b for a, b in zip(told, values, strict=True)]
        if given_["variable"] == "loyer":
            shared = [a + b for a, b in zip(shared, values, strict=True)]
    for rank, value in zip(persons, told, strict=True):
        shared[rank] += value
    whole = [max(0.0, 1_500 - value) for value in shared]
    own = [max(0.0, 900 - value) for value in told]
    return {
        one["variable"]: own if one["variable"] in {"asi", "aah"} else whole
        for one in asked["asked"]
    }


def ranges(told: Any) -> dict[str, tuple[float, float, Saying]]:
    return {hint.right.name: (hint.low, hint.high, hint.saying) for hint in told.hints}


def test_nothing_missing_is_one_scenario() -> None:
    found = estimate(without(), day=DAY, ask=pretend)
    assert (found.scenarios, found.worth, found.month) == (1, (), "2026-11")
    assert len(found.hints) == 15


def test_hints_go_from_the_surest_to_what_is_not_open() -> None:
    found = estimate(without("rent", "residence"), day=DAY, ask=pretend).hints
    ranks = [ORDER.index(hint.saying) for hint in found]
    assert ranks == sorted(ranks)


def test_a_question_that_changes_nothing_is_not_worth_answering() -> None:
    found = estimate(without("rent", "residence"), day=DAY, ask=pretend)
    assert found.worth == ("rent",)
    assert found.scenarios == 6


def test_households_that_cannot_be_are_left_out() -> None:
    tried = scenarios_of(without("age", situation="retraite"))
    assert {one.adults[0].age for one in tried.households} == {68}


def test_a_rent_is_tried_only_where_one_may_be_paid() -> None:
    tried = scenarios_of(without("housing", "rent"))
    assert {(one.housing, one.rent) for one in tried.households} == {
        (Housing.LODGED, 0), (Housing.PRIVATE, 250), (Housing.PRIVATE, 450), (Housing.PRIVATE, 900),
    }  # fmt: skip
    assert not any(one.rent for one in scenarios_of(without("rent", housing="heberge")).households)


def test_two_ages_are_a_couple_whatever_is_skipped() -> None:
    tried = scenarios_of(without("partner", age="36, 34"))
    assert {len(one.adults) for one in tried.households} == {2}


def test_work_and_unemployment_are_shared_in_two_ways_and_it_is_said() -> None:
    told = without(situation="travail_chomage", income="1000")
    wages = {one.adults[0].earnings for one in scenarios_of(told).households}
    assert wages == {300, 700}
    assert any("deux partages" in said for said in estimate(told, day=DAY, ask=pretend).assumed)


def test_nothing_answered_says_nothing_for_sure() -> None:
    found = estimate(read({}), day=DAY, ask=pretend)
    assert found.scenarios <= MOST
    of_money = [hint for hint in found.hints if hint.cover is None]
    assert {hint.saying for hint in of_money} <= {Saying.POSSIBLE, Saying.UNSURE}
    assert any("Trop de réponses manquent" in said for said in found.assumed)
    assert {"income", "situation"} <= set(found.worth)


def test_a_held_answer_leaves_sure_what_it_does_not_change() -> None:
    """Of the six that miss, residence and commune are held; the engine here reads neither."""
    told = without("income", "rent", "before", "disability", "residence", "commune")
    tried = scenarios_of(told)
    assert {"commune", "residence"} <= {one.name for one in tried.held}
    assert len(tried.households) <= MOST
    found = ranges(estimate(told, day=DAY, ask=lambda asked: constant(asked, 100.0)))
    assert {saying for name, (_low, _high, saying) in found.items() if name == "rsa"} == {
        Saying.PROBABLE
    }


def test_a_held_answer_makes_unsure_what_it_changes() -> None:
    told = without("income", "rent", "before", "disability", "residence", "commune")

    def ask(asked: dict[str, Any]) -> dict[str, list[float]]:
        foreign = next(one for one in asked["inputs"] if one["variable"] == "nationalite")["values"]
        paid = [100.0] * (max(asked["persons"]["household"]) + 1)
        for rank, value in zip(asked["persons"]["household"], foreign, strict=True):
            paid[rank] += 50 * (value == "DZ")
        return constant(asked, 100.0) | {"rsa": paid}

    found = ranges(estimate(told, day=DAY, ask=ask))
    assert found["rsa"] == (100, 150, Saying.POSSIBLE)
    assert found["ppa"][2] == Saying.PROBABLE


def constant(asked: dict[str, Any], value: float) -> dict[str, list[float]]:
    """Answer the same amount to all."""
    persons = asked["persons"]["household"]
    sizes = {"asi": len(persons), "aah": len(persons)}
    return {
        one["variable"]: [value] * sizes.get(one["variable"], max(persons) + 1)
        for one in asked["asked"]
    }


def test_a_month_whose_amounts_are_not_known_is_refused() -> None:
    """The trap of future dates: OpenFisca would run on its last parameters, in silence."""
    with pytest.raises(ParameterError, match="2027-06"):
        estimate(without(), day=date(2027, 6, 1), ask=pretend)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from([one.name for one in questions()])), st.data())
def test_answering_a_question_never_widens_what_is_said(skipped, data) -> None:
    """The law: an answer among those tried, where all were tried, only narrows."""
    wide = without(*skipped)
    tried = scenarios_of(wide)
    if tried.held or tried.fewer or not tried.rows[0]:
        return
    row = data.draw(st.sampled_from(tried.rows))
    name = data.draw(st.sampled_from(sorted(row)))
    narrow = replace(wide, **{name: row[name]})
    before = ranges(estimate(wide, day=DAY, ask=pretend))
    after = ranges(estimate(narrow, day=DAY, ask=pretend))
    for right, (low, high, saying) in after.items():
        assert low >= before[right][0]
        assert high <= before[right][1]
        assert saying == before[right][2] or before[right][2] in {Saying.POSSIBLE, Saying.UNSURE}


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from([one.name for one in questions()])))
def test_scenarios_are_bounded_and_distinct(skipped) -> None:
    tried = scenarios_of(without(*skipped))
    assert 1 <= len(tried.households) <= MOST
    assert len(set(tried.households)) == len(tried.households)
    reached = {*tried.ranks, *(rank for _name, _base, rank in tried.probes)}
    assert reached == set(range(len(tried.households)))


@pytest.mark.slow
def test_an_amount_lies_in_the_range_of_fewer_answers(engine) -> None:
    """Whatever two answers are skipped, with values that are tried."""
    tried = FULL | {"income": "900", "rent": "450", "children": "8", "commune": "35238"}
    known = ranges(estimate(read(tried), day=DAY, ask=patient(engine)))
    for pair in combinations(("income", "rent", "before", "residence"), 2):
        part = read({name: text for name, text in tried.items() if name not in pair})
        wide = ranges(estimate(part, day=DAY, ask=patient(engine)))
        for right, (low, high, _saying) in known.items():
            assert wide[right][0] <= low, (pair, right)
            assert high <= wide[right][1], (pair, right)


# -- traps of OpenFisca ------------------------------------------------------------------------


def household(told: dict[str, Any]) -> Household:
    return Household(
        commune=told["commune"],
        housing=Housing(told["housing"]),
        rent=told.get("rent", 0),
        adults=tuple(Adult(**adult) for adult in told["adults"]),
    )


def computed(engine: Process, one: Household, *names: str, month: str = "2026-11") -> list[float]:
    asked = question([one], month=month, names=names)
    found = amounts(patient(engine)(asked), asked)
    return [values[0] for values in found.values()]


@pytest.mark.slow
@pytest.mark.parametrize("case", CHANGES["cases"], ids=lambda case: case["name"])
def test_the_income_counted_is_of_four_to_two_months_ago(engine, case) -> None:
    """The trap of the quarter: since March 2025, RSA and prime look at M-4 to M-2."""
    found = computed(
        engine, household(case["household"]), *case["expected"], month=CHANGES["month"]
    )
    assert found == pytest.approx(list(case["expected"].values()), abs=case.get("tolerance", 1))


@pytest.mark.slow
def test_the_months_that_count_are_those_told(engine) -> None:
    """A wage in each month alone: only July, August and September of 2026 change November."""
    one = Household(commune="76540", housing=Housing.HOMELESS, adults=(Adult(age=36),))
    asked = question([one], month=CHANGES["month"], names=["rsa"])
    asked["inputs"] = [given_ for given_ in asked["inputs"] if "salaire" not in given_["variable"]]
    base, counted = patient(engine)(asked)["rsa"][0], set()
    for rank in range(5, 12):
        wage = {"periods": [f"2026-{rank:02d}", "2026-11"], "values": [300]}
        wages = [{"variable": name} | wage for name in ("salaire_net", "salaire_imposable")]
        alone = patient(engine)(asked | {"inputs": [*asked["inputs"], *wages]})["rsa"][0]
        if alone < base - 50:
            counted.add(f"2026-{rank:02d}")
    assert counted == set(CHANGES["periods"]["counted"])


@pytest.mark.slow
def test_what_must_fall_with_an_income_falls(engine) -> None:
    """RSA, housing aid and Aspa never rise with an income, the rest equal."""
    wages = [Adult(age=36, earnings=float(step)) for step in range(0, 2_001, 100)]
    pensions = [Adult(age=70, pension=float(step)) for step in range(0, 1_201, 100)]
    made = [
        Household(commune="35238", housing=Housing.PRIVATE, rent=450, adults=(adult,))
        for adult in (*wages, *pensions)
    ]
    asked = question(made, month="2026-11", names=["rsa", "logement", "aspa"])
    found = amounts(patient(engine)(asked), asked)
    rsa, housing = found["rsa"][: len(wages)], found["aide_logement"][: len(wages)]
    aspa = found["aspa"][len(wages) :]
    for told in (rsa, housing, aspa):
        assert told == sorted(told, reverse=True)
        assert told[0] > 300
        assert told[-1] == 0


@pytest.mark.slow
def test_a_role_that_is_not_precise_projects_nothing(engine) -> None:
    """The trap of roles: ours are the sub-roles, so that a couple is a couple everywhere."""
    pair = Household(
        commune="76540", housing=Housing.HOMELESS, adults=(Adult(age=36), Adult(age=34))
    )
    assert computed(engine, pair, "rsa") == pytest.approx([1.5 * 651.69], abs=1)


@pytest.mark.slow
@pytest.mark.parametrize("left", ["statut_occupation_logement", "depcom"])
def test_what_is_missing_is_taken_for_something_else(engine, left) -> None:
    """The trap of missing months and status: nothing is said by OpenFisca, so all is given."""
    one = Household(commune="75112", housing=Housing.PRIVATE, rent=700, adults=(Adult(age=36),))
    asked = question([one], month="2026-11", names=["logement"])
    whole = patient(engine)(asked)["aide_logement"][0]
    part = [given_ for given_ in asked["inputs"] if given_["variable"] != left]
    assert whole > 340
    assert patient(engine)(asked | {"inputs": part})["aide_logement"][0] < whole - 20


def test_every_month_of_every_input_is_given() -> None:
    """And no yearly input, that OpenFisca would divide by twelve."""
    for adult in (Adult(age=36, earnings=900), Adult(age=36, earnings=900, before=300)):
        one = Household(commune="75112", housing=Housing.PRIVATE, rent=700, adults=(adult,))
        given_: dict[str, list[str]] = {}
        for told in question([one], month="2026-11")["inputs"]:
            given_.setdefault(told["variable"], []).extend(told["periods"])
        assert given_.pop("date_naissance") == ["ETERNITY"]
        for months in given_.values():
            assert len(months) == len(set(months)) == 35
            assert all(len(month) == 7 for month in months)


@pytest.mark.slow
def test_under_twenty_five_and_nationality_are_a_rule_not_a_silence(engine) -> None:
    """The traps of age and residence: said « non », and the missing answers named."""
    young = estimate(without(age="22", children="aucun", income="0"), day=DAY, ask=patient(engine))
    assert ranges(young)["rsa"][2] == Saying.NO
    unknown = estimate(
        without("residence", income="0", children="aucun"), day=DAY, ask=patient(engine)
    )
    assert ranges(unknown)["rsa"][2] == Saying.POSSIBLE
    assert "residence" in unknown.worth


@pytest.mark.slow
def test_memory_of_the_process_does_not_grow(engine) -> None:
    """Two hundred questions: what a question took is given back."""
    asked = question(
        [household(CHANGES["cases"][0]["household"])], month="2026-11", names=["af", "paje"]
    )
    for _round in range(20):
        patient(engine)(asked)
    before = resident(engine)
    for _round in range(200):
        patient(engine)(asked)
    assert resident(engine) < 1.2 * before


@pytest.mark.slow
def test_the_process_writes_nothing(tmp_path, monkeypatch) -> None:
    """No file in its folder, its home or the temporary one, and no file open to be written."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    own = Process(process().python)
    asked = question([household(CHANGES["cases"][0]["household"])], month="2026-11", names=["af"])
    patient(own)(asked)
    written = to_be_written(own)
    own.stop()
    assert list(tmp_path.iterdir()) == []
    assert [name for name in written if name != "/dev/null" and "pipe:" not in name] == []


def to_be_written(engine: Process) -> list[str]:
    """Return the files that the process holds open in order to write them."""
    opened = Path(f"/proc/{engine.pid}")
    if not opened.exists():
        pytest.skip("what a process holds open is read in /proc")
    modes = {
        entry.name: int(entry.read_text("ascii").split("flags:")[1].split()[0], 8) & os.O_ACCMODE
        for entry in (opened / "fdinfo").iterdir()
    }
    return [str((opened / "fd" / name).readlink()) for name, mode in modes.items() if mode]


def resident(engine: Process) -> int:
    """Return the resident memory of the process, in kibibytes."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the memory of a process is read in /proc")
    status = Path(f"/proc/{engine.pid}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
