"""Tables and sentences of a survey: hand-worked cases, laws, and what may not be published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from portrea.base.errors import DataError
from portrea.surveys.analysis import crossed, frequencies, gap_between_groups, missing, publishable
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample
from portrea.surveys.form import Choice, Form, Kind, Question
from portrea.surveys.several import Cell, hidden_of
from portrea.surveys.wording import say_share

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/analysis.yaml").read_text("utf-8")
)
LISTS = {
    name: tuple(Choice(choice, {"": label}) for choice, label in choices.items())
    for name, choices in WORKED["lists"].items()
}
FORM = Form(
    name="essai",
    version="1",
    title="Essai",
    languages=("",),
    lists=LISTS,
    items=(
        *(
            Question(name=name, kind=Kind.SEVERAL if name == "motifs" else Kind.ONE, choices=name)
            for name in LISTS
        ),
        Question(name="avis", kind=Kind.TEXT),
    ),
)
ANSWERS = pl.DataFrame(WORKED["answers"]).with_columns(avis=pl.lit("libre"))
ALL = Sample.of(12)


@pytest.mark.parametrize("case", WORKED["frequencies"], ids=lambda case: case["question"])
def test_frequencies_as_worked_by_hand(case):
    found = frequencies(ANSWERS, FORM, case["question"], ALL)
    assert found["base"].unique().to_list() == [case["base"]]
    assert missing(ANSWERS, case["question"]) == case["missing"]
    for row in found.iter_rows(named=True):
        expected = case["rows"][row["choice"]]
        assert row["answers"] == expected["answers"]
        assert row["share"] == pytest.approx(expected["share"], abs=1e-6)
        assert row["low"] < row["share"] < row["high"]
        assert row["label"] == WORKED["lists"][case["question"]][row["choice"]]


@pytest.mark.parametrize("case", WORKED["weighted"])
def test_weights_move_shares_and_not_counts(case):
    found = frequencies(ANSWERS, FORM, case["question"], Sample.of(12, weights=case["weights"]))
    row = found.filter(choice=case["choice"]).row(0, named=True)
    assert row["answers"] == case["answers"]
    assert row["share"] == pytest.approx(case["share"], abs=1e-6)


@pytest.mark.parametrize("case", WORKED["crossed"])
def test_crossed_as_worked_by_hand(case):
    found = crossed(ANSWERS, FORM, case["question"], case["by"], ALL)
    for group, shares in case["shares"].items():
        rows = found.filter(group=group)
        assert rows["base"].unique().to_list() == [case["bases"][group]]
        told = dict(rows.select("choice", "share").iter_rows())
        assert told == pytest.approx(shares, abs=1e-6)
    assert gap_between_groups(found).method == "trop peu de réponses"


@pytest.mark.parametrize("case", WORKED["published"], ids=lambda case: case["why"])
def test_small_counts_do_not_leave_the_server(case):
    counts = case["counts"]
    lists = {"q": tuple(Choice(name, {"": name}) for name in counts)}
    form = Form(
        name="f", version="", title="f", languages=("",), lists=lists,
        items=(Question(name="q", kind=Kind.ONE, choices="q"),),
    )  # fmt: skip
    told = [name for name, count in counts.items() for _one in range(count)]
    found = publishable(frequencies(pl.DataFrame({"q": told}), form, "q", Sample.of(len(told))))
    assert sorted(found.filter("hidden")["choice"]) == case["hidden"]
    blank = found.filter("hidden").select("answers", "share", "low", "high")
    assert blank.null_count().row(0) == (blank.height,) * 4


def table_of(groups: list[list[int]], unsaid: list[int]) -> pl.DataFrame:
    """A crossed table: one row of counts per group, and those who told no group."""
    whole = [sum(column) for column in zip(*groups, unsaid, strict=True)]
    rows = [
        {"group": group, "choice": f"c{rank}", "answers": count, "base": sum(counts)}
        for group, counts in [("", whole), *((f"g{at}", one) for at, one in enumerate(groups))]
        for rank, count in enumerate(counts)
    ]
    return pl.DataFrame(rows).with_columns(share=0.5, low=0.1, high=0.9)


COUNTS = st.lists(st.integers(0, 12), min_size=3, max_size=3)


@settings(max_examples=8, deadline=None)
@given(groups=st.lists(COUNTS, max_size=3), unsaid=COUNTS)
def test_no_small_count_is_found_by_subtraction(groups, unsaid):
    table = table_of(groups, unsaid)
    found = publishable(table)
    bounds = deduced(found, len(groups))
    for group, choice, count in table.select("group", "choice", "answers").iter_rows():
        low, high = bounds[group, choice]
        assert not 0 < count < 5 or high - low >= 5 - 1e-6, (group, choice)
    shown = found.filter(~pl.col("hidden")).join(table, on=["group", "choice"], suffix="_true")
    assert (shown["answers"] == shown["answers_true"]).all()


def deduced(found: pl.DataFrame, groups: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Least and greatest count of each cell that what is shown allows (linear programs)."""
    names = [f"g{at}" for at in range(groups)] + ["sans"]
    atoms = [(group, f"c{rank}") for group in names for rank in range(3)]
    equal, to = [], []
    for row in found.iter_rows(named=True):
        own = [row["group"] in {"", group} for group, _choice in atoms]
        this = [
            yes and choice == row["choice"] for yes, (_g, choice) in zip(own, atoms, strict=True)
        ]
        for members, told in ((this, row["answers"]), (own, row["base"])):
            if told is not None:
                equal.append([float(member) for member in members])
                to.append(told)
    bounds = {}
    for group, choice in found.select("group", "choice").iter_rows():
        cost = np.array([float(group in {"", g} and c == choice) for g, c in atoms])
        low, high = (
            sign * linprog(sign * cost, A_eq=equal or None, b_eq=to or None, bounds=(0, 1_000)).fun
            for sign in (1, -1)
        )
        bounds[group, choice] = (low, high)
    return bounds


@settings(max_examples=15, deadline=None)
@given(
    groups=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4),
    unsaid=st.tuples(st.integers(0, 8), st.integers(0, 8)),
)
def test_no_small_count_of_several_answers_is_found_by_subtraction(groups, unsaid):
    """Whoever knows every base and what is shown bounds no small count within less than five."""
    parts = [*groups, unsaid]
    cells = [Cell(f"g{at}", yes, yes + no) for at, (yes, no) in enumerate(groups)]
    whole = Cell("", sum(yes for yes, _no in parts), sum(map(sum, parts)))
    hidden = hidden_of(whole, cells, 5)
    shown = [cell for cell in cells if cell.group not in hidden]
    told = [[float(cell == one) for one in cells] + [0.0] for cell in shown]
    known = [float(cell.yes) for cell in shown]
    if "" not in hidden:
        told.append([1.0] * len(parts))
        known.append(float(whole.yes))
    limits = [(0, sum(part) if sum(part) >= 5 else None) for part in parts]
    for at, (yes, no) in enumerate(parts):
        if 0 < yes < 5 or 0 < no < 5:
            cost = np.eye(len(parts))[at]
            ends = [linprog(sign * cost, A_eq=told or None, b_eq=known or None, bounds=limits)
                    for sign in (1, -1)]  # fmt: skip
            wide = ends[1].status == 3 or -ends[1].fun - ends[0].fun >= min(5, yes + no) - 1e-6
            assert wide, (at, hidden)


def test_a_hidden_base_is_not_found_by_dividing_a_count_by_its_share():
    groups = [[20, 30, 0], [3, 0, 0]]
    found = publishable(table_of(groups, [0, 0, 0]))
    bare = found.filter(pl.col("base").is_null())
    assert bare.height
    assert bare["share"].null_count() == bare["low"].null_count() == bare.height


def test_what_was_not_chosen_is_a_count_too():
    told = ["peur"] * 20 + ["peur temps"] * 2
    answers = pl.DataFrame({"motifs": told})
    found = publishable(frequencies(answers, FORM, "motifs", Sample.of(22)), several=True)
    assert found.filter("hidden")["choice"].to_list() == ["temps"]
    told = ["peur"] * 20 + ["temps"] * 2
    found = publishable(
        frequencies(pl.DataFrame({"motifs": told}), FORM, "motifs", Sample.of(22)), several=True
    )
    assert found.filter("hidden")["choice"].to_list() == ["peur", "temps"]


@pytest.mark.parametrize("case", WORKED["sentences"], ids=lambda case: case["says"])
def test_sentences_as_worked_by_hand(case):
    told = say_share(case["share"], case["n"], case.get("low"), case.get("high"))
    assert told.replace("\u202f", " ") == case["says"]


def test_volunteers_have_shares_without_interval():
    found = frequencies(ANSWERS, FORM, "aide", Sample.of(12, design=Design.CONVENIENCE))
    assert found["low"].null_count() == found["high"].null_count() == found.height


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: frequencies(ANSWERS, FORM, "avis", ALL), "avis"),
        (lambda: frequencies(ANSWERS.drop("aide"), FORM, "aide", ALL), "aide"),
        (lambda: crossed(ANSWERS, FORM, "aide", "motifs", ALL), "motifs"),
    ],
)
def test_impossible_tables_are_refused(make, says):
    with pytest.raises(DataError, match=says):
        make()


def test_nobody_answered_is_said():
    nobody = ANSWERS.with_columns(aide=pl.lit(""))
    found = frequencies(nobody, FORM, "aide", ALL)
    assert found["share"].null_count() == found.height
    assert set(found["saying"]) == {"pas assez de réponses pour le dire"}
