"""The offer of the complete portrait: tables counted by hand, lessons, answers as published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from portrea.offer.content import from_dict
from portrea.steering.display import parameters
from portrea.steering.sections_answers import Answers, answer_lessons, answer_parts
from portrea.steering.sections_offer_census import (
    MOST_COMMUNES,
    Census,
    appeal_section,
    coverage_section,
)
from portrea.steering.sections_offer_told import census_lessons, lessons_section, offer_sections
from portrea.surveys.models import models
from portrea.surveys.showing import Bar, Shown

if TYPE_CHECKING:
    from portrea.steering.document import Section

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/offer_portrait.yaml").read_text("utf-8")
)
CENSUS = Census(
    tuple(map(from_dict, CASES["places"])), CASES["communes"], "dans l’intercommunalité",
    "Recensement du 23 novembre 2026.",
)  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def tables(*sections: Section) -> dict[str, list[list[str]]]:
    found = (table for section in sections for one in section.walk() for table in one.tables)
    return {one.id: [[plain(cell.text) for cell in row] for row in one.rows] for one in found}


def shown(question: str, shares: dict[str, float | None]) -> Shown:
    bars = [
        Bar(label, None if share is None else round(40 * share), share, None, None, "mots")
        for label, share in shares.items()
    ]
    return Shown(question, f"Question {question} ?", "40 réponses.", bars=tuple(bars))


def answers(*blocks: Shown) -> Answers:
    return Answers("Qui aide ?", "CC de Brocéliande", 40, "2026-11-20", blocks)


@pytest.mark.parametrize("name", CASES["tables"])
def test_tables_counted_by_hand(name: str) -> None:
    found = tables(coverage_section(CENSUS), appeal_section(CENSUS))
    assert found[name] == CASES["tables"][name]


def test_the_lead_names_the_communes_without_help() -> None:
    assert plain(coverage_section(CENSUS).lead.text) == CASES["lead"]
    everywhere = replace(CENSUS, communes={"35001": "Aubigny", "35003": "Iffendic"})
    assert "Chaque commune" in coverage_section(everywhere).lead.text


def test_lessons_of_the_census_worked_by_hand() -> None:
    found = [{"id": name, "text": plain(text)} for name, text in census_lessons(CENSUS)]
    assert found == CASES["lessons"]


def test_nothing_opens_on_saturday_is_said() -> None:
    monday = [one for one in CENSUS.places if one.id != "p2"]
    twice = replace(CENSUS, places=(*monday, replace(CENSUS.places[0], id="p9")))
    found = {name: plain(text) for name, text in census_lessons(twice)}
    assert found["samedi"] == "Aucun lieu sur les 2 aux horaires connus n’ouvre le samedi."
    assert found["soir"] == "Aucun lieu sur les 2 aux horaires connus ne reste ouvert après 18 h."


@pytest.mark.parametrize("case", CASES["answers"])
def test_lessons_of_answers(case: dict[str, Any]) -> None:
    found = [plain(one) for one in answer_lessons([shown(case["question"], case["shares"])])]
    assert found == ([case["lesson"]] if case["lesson"] else [])


def test_rules_and_themes_name_questions_and_choices_of_the_questionnaire() -> None:
    form = models()["acteurs"].form
    asked = {one.name: one for one in form.questions()}
    card = parameters("offer_answers")
    for name, rule in card["answers"].items():
        labels = {next(iter(c.label.values())) for c in form.lists[asked[name].choices]}
        assert set(rule["choices"]) <= labels, name
    themed = [name for names in card["themes"].values() for name in names]
    assert set(themed) <= asked.keys()
    assert len(set(themed)) == len(themed)


def test_answers_stand_beside_the_census_and_alone_without_it() -> None:
    told = answers(
        shown("connait", {"Oui, la plupart": 0.2, "Quelques-uns": 0.5, "Non": 0.3}),
        shown("prix", {"Oui, toujours": 0.8, "En partie": 0.2}),
        shown("aidants", {"Bénévoles": 0.5}),
    )
    both = offer_sections(CENSUS, told)
    ids = ["offre-enseignements", "offre-maillage", "offre-visibilite", "offre-attractivite"]
    assert [one.id for one in both] == ids
    assert [one.id for one in both[1].parts] == ["reponses-prix"]
    assert [one.id for one in offer_sections(None, told)] == ids
    assert [one.id for one in offer_sections(CENSUS, None)] == [ids[0], ids[1], ids[3]]
    assert offer_sections(None, None) == ()
    sources = {row[1].text for row in both[0].tables[0].rows}
    assert sources == {CENSUS.told, told.short}
    assert "40 structures" in told.source


def test_every_figure_has_its_table() -> None:
    told = answers(shown("connait", {"Non": 0.3}), shown("savoir", {"Non": None}))
    for section in offer_sections(CENSUS, told):
        for one in section.walk():
            assert {figure.table for figure in one.figures} <= {table.id for table in one.tables}


def test_a_count_withheld_is_not_told() -> None:
    (part,) = answer_parts(answers(shown("savoir", {"Non": None, "Oui": 0.5})), "offre-visibilite")
    assert [cell.text for cell in part.tables[0].rows[0]] == ["Non", "retiré", "mots", "–"]


def test_only_the_first_communes_are_listed_and_it_is_said() -> None:
    many = {f"{code:05}": f"Commune {code}" for code in range(1, MOST_COMMUNES + 21)}
    table = coverage_section(replace(CENSUS, communes=many)).tables[0]
    assert len(table.rows) == MOST_COMMUNES
    assert "80" in table.note


def test_nothing_to_retain_is_no_section() -> None:
    empty = Census((), {"35001": "Aubigny"}, "ici", "Recensement.")
    assert lessons_section(replace(empty, communes={}), None) is None


def test_choices_that_nobody_gave_are_named_below_the_table() -> None:
    (part,) = answer_parts(answers(shown("savoir", {"Oui": 1.0, "Non": 0.0})), "offre-visibilite")
    table = part.tables[0]
    assert [row[0].text for row in table.rows] == ["Oui"]
    assert table.note == "40 réponses. Personne n’a répondu\u00a0: «\u00a0Non\u00a0»."
    assert ">Non<" not in part.figures[0].svg
