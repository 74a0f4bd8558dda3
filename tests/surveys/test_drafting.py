"""Edits of a questionnaire: what the editor understands, writes and keeps, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.surveys import comparing, conditions, editing, proofreading, translating
from portrea.surveys.form import Choice, Form, Group, Kind, Question
from portrea.surveys.models import models
from portrea.surveys.plain_kinds import as_kind, plain_kind, said_kind
from portrea.surveys.xlsform import read_sheets, write_sheets

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/drafting.yaml").read_text("utf-8")
)
KINDS = {"age": Kind.INTEGER, "jour": Kind.DATE, "aide": Kind.ONE, "motifs": Kind.SEVERAL}
FRENCH = "Français (fr)"


def form_of(told) -> Form:
    settings_ = [{"form_id": "essai", "default_language": FRENCH}]
    return read_sheets({"choices": [], "settings": settings_, **told}).form


# -- conditions and limits -------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["conditions"]["understood"], ids=lambda case: case["says"])
def test_a_condition_is_understood_and_written_again_the_same(case):
    found = conditions.condition_understood(case["says"])
    assert found is not None
    told = [[one.question, one.operator, one.value] for one in found.tests]
    assert (found.every, told) == (case["every"], case["tests"])
    assert conditions.condition_written(found, KINDS) == case["says"]


@pytest.mark.parametrize("text", CASES["conditions"]["too_complex"])
def test_what_the_builder_cannot_say_is_left_as_written(text):
    assert conditions.condition_understood(text) is None


def test_no_word_closes_its_own_quotation_mark():
    for case in CASES["conditions"]["words"]:
        condition = conditions.Condition((conditions.Comparison(*case["test"]),))
        written = conditions.condition_written(condition, KINDS)
        assert written == case["says"]
        assert conditions.condition_understood(written) is not None


@pytest.mark.parametrize("case", CASES["limits"]["understood"], ids=lambda case: case["says"])
def test_limits_are_understood_and_written_again_the_same(case):
    expected = conditions.Limits(**{key: text for key, text in case.items() if key != "says"})
    assert conditions.limits_understood(case["says"]) == expected
    assert conditions.limits_written(expected) == case["says"]


@pytest.mark.parametrize("text", CASES["limits"]["too_complex"])
def test_limits_that_are_a_formula_stay_a_formula(text):
    assert conditions.limits_understood(text) is None


# -- names, choices, outline -----------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["names"], ids=lambda case: case["name"])
def test_a_name_is_made_of_the_wording(case):
    assert editing.name_for(case["words"], case.get("taken", [])) == case["name"]


@pytest.mark.parametrize("case", CASES["choices"], ids=lambda case: case["why"])
def test_choices_keep_their_names(case):
    before = [
        Choice(name, {FRENCH: label, "en": f"{name}!"}, {"dep": name})
        for name, label in case["before"]
    ]
    after = editing.choices_from(case["lines"], before, FRENCH)
    assert [[one.name, one.label[FRENCH]] for one in after] == case["after"]
    old = {choice.name: choice for choice in before}
    for one in after:
        if one.name in old:
            assert one.columns == old[one.name].columns
            assert one.label["en"] == old[one.name].label["en"]


def outlined(text: str) -> Form:
    """« a [b c] d »: letters in their order, a group « g » in brackets."""
    items: list = []
    row = items
    for mark in text.replace("[", "[ ").replace("]", " ]").split():
        if mark == "[":
            row = []
        elif mark == "]":
            items.append(Group(name="g", items=tuple(row)))
            row = items
        else:
            row.append(Question(name=mark, kind=Kind.TEXT, label={"": mark}))
    return Form(name="f", version="1", title="f", languages=("",), items=tuple(items))


def drawn(form: Form) -> str:
    words = []
    for item in form.items:
        inner = " ".join(one.name for one in item.items) if isinstance(item, Group) else ""
        words.append(f"[{inner}]" if isinstance(item, Group) else item.name)
    return " ".join(words)


@pytest.mark.parametrize(
    "case", CASES["outline"], ids=lambda case: f"{case['start']} {case['move']}"
)
def test_one_step_up_or_down(case):
    assert drawn(editing.moved(outlined(case["start"]), *case["move"])) == case["end"]


@settings(max_examples=60)
@given(moves=st.lists(st.tuples(st.sampled_from("abcdg"), st.sampled_from(["up", "down"]))))
def test_nothing_is_lost_by_moving(moves):
    form = outlined("a [b c] d")
    for name, way in moves:
        form = editing.moved(form, name, way)
    assert sorted(item.name for item in form.every()) == list("abcdg")


def test_a_section_does_not_go_into_itself():
    with pytest.raises(DataError, match="elle-même"):
        editing.placed(outlined("a [b c] d"), "g", "b", "after")


DEPENDS = {
    "survey": [
        {"type": "integer", "name": "age", "label": "Âge"},
        {"type": "text", "name": "a", "label": "A", "relevant": "${age} > 60 and ${b} = 'x'"},
        {"type": "text", "name": "b", "label": "Vous avez ${age} ans"},
        {"type": "text", "name": "c", "label": "C", "relevant": "${age} > 60 or ${b} = 'x'"},
    ]
}


def test_what_others_depend_on_is_not_removed_unseen():
    form = form_of(DEPENDS)
    assert [one.name for one in editing.used_by(form, "age")] == ["a", "b", "c"]
    with pytest.raises(DataError, match="« a », « b », « c »"):
        editing.removed(form, "age")
    left = editing.removed(form, "age", loosen=True)
    assert left.item("a").relevant == "${b} = 'x'"
    assert left.item("b").label == {FRENCH: "Vous avez … ans"}
    assert left.item("c").relevant == ""
    assert read_sheets(write_sheets(left)).form == left


def test_a_copy_reads_its_own_answers():
    told = {
        "survey": [
            {"type": "begin_repeat", "name": "service", "label": "Service"},
            {"type": "integer", "name": "duree", "label": "Durée"},
            {"type": "text", "name": "long", "label": "L", "relevant": "${duree} > 60"},
            {"type": "end_repeat"},
        ]
    }
    form, name = editing.duplicated(form_of(told), "service")
    assert name == "service_2"
    assert [one.name for one in form.item(name).items] == ["duree_2", "long_2"]
    assert form.item("long_2").relevant == "${duree_2} > 60"
    assert form.item("long").relevant == "${duree} > 60"


@pytest.mark.parametrize("name", models())
def test_kinds_have_everyday_words_and_change_only_the_kind(name):
    for question in models()[name].form.questions():
        assert said_kind(question)
        assert plain_kind(as_kind(question, "long")) == "long"
        if plain_kind(question) == "long":
            assert as_kind(as_kind(question, "integer"), "long") == question


# -- compared, translated, read over ---------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["compared"], ids=lambda case: case["why"])
def test_what_changed_is_said(case):
    found = comparing.compare(form_of(case["before"]), form_of(case["after"]))
    told = {one.name: " ".join([one.kind, *one.details, one.on_answers]) for one in found}
    assert set(told) == set(case["says"])
    for name, parts in case["says"].items():
        assert all(part in told[name] for part in parts), told[name]


def test_another_order_is_said():
    assert comparing.reordered(outlined("a b"), outlined("b a"))
    assert not comparing.reordered(outlined("a b"), outlined("a c b"))


TWO = {
    "survey": [
        {
            "type": "select_one l",
            "name": "a",
            f"label::{FRENCH}": "Un",
            "label::English (en)": "One",
        },
        {"type": "text", "name": "b", f"label::{FRENCH}": "Deux", f"hint::{FRENCH}": "Ici"},
    ],
    "choices": [{"list_name": "l", "name": "x", f"label::{FRENCH}": "Oui"}],
}


def test_each_text_has_its_line_and_its_translation():
    form = form_of(TWO)
    told = {
        one.path: (one.original, one.translation) for one in translating.lines(form, "English (en)")
    }
    assert told == {
        "q/a/label": ("Un", "One"),
        "c/l/x": ("Oui", ""),
        "q/b/label": ("Deux", ""),
        "q/b/hint": ("Ici", ""),
    }
    done = translating.translated(form, "English (en)", {"c/l/x": "Yes ", "q/a/label": ""})
    assert done.lists["l"][0].label == {FRENCH: "Oui", "English (en)": "Yes"}
    assert done.item("a").label == {FRENCH: "Un"}
    new = translating.translated(form, "Türkçe (tr)", {"q/b/label": "İki"})
    assert read_sheets(write_sheets(new)).form.languages == (FRENCH, "English (en)", "Türkçe (tr)")


def test_a_translation_whose_original_changed_is_to_be_read_again():
    form = form_of(TWO)
    item = form.item("a")
    other = editing.changed(
        form, "a", Question(**{**_fields(item), "label": {**item.label, FRENCH: "Une"}})
    )
    assert translating.to_reread(form, other, []) == ["English (en)|q/a/label"]
    assert translating.to_reread(other, other, ["English (en)|q/a/label"])
    both = translating.translated(other, "English (en)", {"q/a/label": "A one"})
    assert translating.to_reread(other, both, ["English (en)|q/a/label"]) == []


def _fields(item):
    return {name: getattr(item, name) for name in item.__slots__}


def test_converters_find_every_text_in_every_language():
    whole = translating.whole(form_of(TWO))
    assert whole.item("b").label == {FRENCH: "Deux", "English (en)": "Deux"}
    assert whole.lists["l"][0].label["English (en)"] == "Oui"


@pytest.mark.parametrize("case", CASES["proofread"], ids=lambda case: case["label"][:40])
def test_what_is_hard_to_read_or_tells_somebody_is_said(case):
    row = {key: text for key, text in case.items() if key != "says"}
    told = {"survey": [row], "choices": [{"list_name": "l", "name": "x", "label": "Oui"}]}
    found = [hint.message for hint in proofreading.hints(form_of(told), FRENCH)]
    assert all(any(part in one for one in found) for part in case["says"]), found
    assert case["says"] or not found, found


@pytest.mark.parametrize("name", ["habitants", "personnes_agees", "satisfaction"])
def test_the_time_said_by_a_ready_model_is_near_the_time_counted(name):
    """Of those that people fill alone: an interview is spoken, the grid is filled by habit."""
    model = models()[name]
    counted = proofreading.minutes(model.form, model.form.languages[0])
    assert model.minutes / 2 <= counted <= model.minutes * 2, counted


@pytest.mark.parametrize("name", models())
def test_no_ready_model_asks_who_somebody_is(name):
    found = {one.name for one in proofreading.hints(models()[name].form, FRENCH) if one.identity}
    of_a_service = {"telephone", "demarche_nom"} if name == "administrations" else set()
    assert found == of_a_service
