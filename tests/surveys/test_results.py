"""Results question by question: hand-worked cases, and every table at once as one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.surveys.analysis import crossed, frequencies
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample
from portrea.surveys.form import Choice, Form, Kind, Question
from portrea.surveys.frames import merged
from portrea.surveys.references import questions_compared, references
from portrea.surveys.release import gives_back, release
from portrea.surveys.results import Survey, numbers_of
from portrea.surveys.voice import voice_of
from portrea.surveys.wording import say_share, say_tenths

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/results.yaml").read_text("utf-8")
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FORM = Form(
    name="essai", version="1", title="Essai", languages=("",),
    lists={
        name: tuple(Choice(key, {"": label}) for key, label in listed.items())
        for name, listed in WORKED["lists"].items()
    },
    items=tuple(
        Question(**{**one, "kind": Kind(one["kind"]), "label": {"": one["label"]}})
        for one in WORKED["questions"]
    ),
)  # fmt: skip
ANSWERS = pl.DataFrame(WORKED["answers"])


def survey(**told) -> Survey:
    return Survey.of(FORM, ANSWERS, Sample.of(10, **told), now=NOW)


def test_who_was_asked_and_who_answered():
    found = {one.question.name: [one.asked, one.answered] for one in survey().results()}
    assert {name: found[name] for name in WORKED["asked"]} == WORKED["asked"]


@pytest.mark.parametrize("case", WORKED["numbers"], ids=lambda case: str(case["values"]))
def test_numbers_as_worked_by_hand(case):
    told = pl.Series([str(value) for value in case["values"]])
    found = numbers_of(told, Sample.of(len(told), weights=case["weights"]))
    got = (found.first, found.median, found.third, found.least, found.most)
    assert got == tuple(case[key] for key in ("first", "median", "third", "least", "most"))
    assert found.mean.value == pytest.approx(case["mean"], abs=1e-6)


def test_days_are_counted_by_month():
    found = survey().result(FORM.item("jour"))
    assert dict(found.months) == WORKED["months"]


@pytest.mark.parametrize("case", WORKED["together"], ids=lambda case: case["question"])
def test_choices_put_together(case):
    found = survey().together(case["question"], case["choices"])
    assert found.answers == case["base"]
    assert round(found.value * found.answers) == case["answers"]
    assert found.value == pytest.approx(case["share"], abs=1e-6)


@pytest.mark.parametrize("design", list(Design))
@pytest.mark.parametrize("population", [None, 600, 400])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_table_at_once_is_each_table_alone(design, population, weighted):
    rng = np.random.default_rng(7)
    size = 400
    told = pl.DataFrame(
        {
            "renonce": rng.choice(["oui", "non", "inconnu", ""], size, p=[0.55, 0.3, 0.03, 0.12]),
            "motif": rng.choice(["", "peur", "peur temps", "temps"], size),
        }
    )
    weights = rng.uniform(0.5, 3, size) if weighted else None
    sample = Sample.of(size, design=design, population=population, weights=weights)
    found = Survey.of(FORM, told.with_columns(
        heures=pl.lit(""), jour=pl.lit(""), avis=pl.lit("")), sample, now=NOW)  # fmt: skip
    for name in ("renonce", "motif"):
        alone = frequencies(told, FORM, name, sample)
        same(found.result(FORM.item(name)).table.drop("question", "by"), alone)
    both = crossed(told, FORM, "motif", "renonce", sample)
    same(found.crossed("motif", "renonce").drop("question", "by"), both)


def same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    exact = ["group", "choice", "label", "answers", "base", "saying"]
    assert one.select(exact).equals(other.select(exact))
    for name in ("share", "low", "high"):
        assert one[name].to_list() == pytest.approx(other[name].to_list(), abs=1e-9, nan_ok=True)


def test_those_of_one_group_alone():
    found = survey().only("renonce", "oui").result(FORM.item("motif"))
    assert (found.asked, found.answered) == (6, 5)


def test_answers_to_an_older_version_are_read_with_the_others():
    older = Form(
        name="essai", version="0", title="Essai", languages=("",),
        lists={"oui_non": (Choice("peut_etre", {"": "Peut-être"}),)},
        items=(
            Question(name="renonce", kind=Kind.ONE, choices="oui_non"),
            Question(name="ancienne", kind=Kind.TEXT),
        ),
    )  # fmt: skip
    both = merged([FORM, older])
    assert [one.name for one in both.questions()][-1] == "ancienne"
    assert [one.name for one in both.lists["oui_non"]] == ["oui", "non", "inconnu", "peut_etre"]


@pytest.mark.parametrize("case", WORKED["sentences"], ids=lambda case: case["says"])
def test_tenths_as_worked_by_hand(case):
    assert say_tenths(case["share"]) == case["says"]


def test_what_is_counted_is_named():
    assert say_share(2 / 3, 109, who="demande").startswith("deux demandes sur trois")


def test_national_figures_stand_beside_questions_that_exist():
    from portrea.surveys.models import models

    told = 0
    for model, ready in models().items():
        for name in questions_compared(model):
            question = ready.form.item(name)
            listed = {choice.name for choice in ready.form.lists[question.choices]}
            for one in references(model, name):
                told += 1
                assert set(one.choices) <= listed
                assert 0 < one.share < 1
                assert one.page.startswith("https://")
                assert one.same_universe or one.differs
    assert told >= 8


@pytest.mark.parametrize("case", WORKED["followed"], ids=lambda case: case["why"])
def test_what_follows_does_not_give_back_what_was_hidden(case):
    found = gives_back(case["before"], case["hidden"], case["asking"], case["base"])
    assert found is case["rough"]


def test_a_question_that_follows_a_hidden_count_is_said_in_tenths():
    told = pl.DataFrame(
        {
            "renonce": ["oui"] * 20 + ["non"] * 30 + ["inconnu"] * 3,
            "motif": ["peur"] * 12 + ["temps"] * 8 + [""] * 33,
        }
    ).with_columns(heures=pl.lit(""), jour=pl.lit(""), avis=pl.lit(""))
    one = Survey.of(FORM, told, Sample.of(53), now=NOW)
    found = {item.result.question.name: item for item in release(one, one.results())}
    assert found["renonce"].table.filter("hidden")["choice"].to_list() == ["oui", "inconnu"]
    assert (found["motif"].rough, found["motif"].base) == (True, None)
    assert found["renonce"].base == 53


def test_a_portrait_says_what_was_said_and_nothing_synthetic():
    block = {"sentences": ["Six sur dix.", "Ensuite."]}
    content = {
        "title": "Enquête", "answers": 60, "synthetic": False, "cite": "« Enquête »",
        "blocks": [block, {"sentences": []}, block], "method": [["Comment", "Par quotas."]],
    }  # fmt: skip
    found = voice_of(content)
    assert found.sentences == ("Six sur dix.", "Six sur dix.")
    assert (found.title, found.how) == ("Enquête (60 réponses)", "Par quotas.")
    assert voice_of(content | {"synthetic": True}) is None
    assert voice_of(content | {"blocks": []}) is None
