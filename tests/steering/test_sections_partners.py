"""Coordination and partners in the portrait: bodies and counts, no person, no word of theirs."""

from __future__ import annotations

from dataclasses import replace

from portrea.steering.network import Actor, Link, LinkKind, Network
from portrea.steering.sections_answers import Answers
from portrea.steering.sections_partners import Circle, Coordination, partners_sections
from portrea.surveys.showing import Bar, Shown

COMMITTEE = Coordination(
    {"Caf": ("Caf d’Ille-et-Vilaine",), "Association": ("Ti-Internet", "Emmaüs")}, 2,
    ("2026-06-12", "2025-12-05"), {"À faire": 2, "En cours": 0, "Faite": 3}, 1, "2026-11-23",
)  # fmt: skip
PAIR = Network.of(
    [Actor("a", "Mairie"), Actor("b", "CCAS")], [Link("a", "b", LinkKind.PARTNERSHIP)]
)


def test_the_comite_is_told_by_its_bodies_and_its_counts() -> None:
    (made,) = partners_sections(COMMITTEE, None, [], None)
    assert made.lead.text == (
        "Le comité de pilotage s’est réuni 2 fois\u00a0; 5 décisions sont suivies."
    )
    assert made.paragraphs == ("Dernière réunion\u00a0: 12\u00a0juin\u00a02026.",)
    seats, decisions = made.tables
    assert [[cell.text for cell in row] for row in seats.rows] == [
        ["Caf", "1", "Caf d’Ille-et-Vilaine"],
        ["Association", "2", "Ti-Internet et Emmaüs"],
        ["Personnes concernées", "2", "nul n’est nommé"],
    ]
    assert [[cell.text for cell in row] for row in decisions.rows] == [
        ["À faire", "2"], ["Faite", "3"], ["dont en retard", "1"],
    ]  # fmt: skip


def test_a_comite_that_never_met_says_so() -> None:
    (made,) = partners_sections(replace(COMMITTEE, held=(), decisions={}), None, [], None)
    assert "ne s’est pas encore réuni" in made.lead.text
    assert [table.id for table in made.tables] == ["partenaires-sieges"]
    once = replace(COMMITTEE, held=("2026-06-12",), decisions={"Faite": 1}, late=0)
    assert (
        "une fois\u00a0; 1 décision est suivie"
        in partners_sections(once, None, [], None)[0].lead.text
    )


def test_sections_appear_when_their_data_exist() -> None:
    nobody = Network.of([Actor("a", "Mairie")], [])
    circle = Circle("Aidants", "Être aidé pour une démarche", ("Mairie", "CCAS"), "2026-12-10")
    bar = Bar("Commune", 20, 0.5, None, None, "50 %")
    asked = Shown("financeurs", "Qui finance cette aide ?", "40 réponses.", bars=(bar,))
    answers = Answers("Qui aide ?", "CC de Brocéliande", 40, "2026-11-20", (asked,))
    assert partners_sections(None, nobody, [], replace(answers, blocks=())) == ()
    made = partners_sections(COMMITTEE, PAIR, [circle], answers)
    assert [one.id for one in made] == [
        "partenaires-comite", "partenaires-reseau", "partenaires-communautes",
        "partenaires-reponses",
    ]  # fmt: skip
    assert made[2].tables[0].rows[0][4].text == "10\u00a0décembre\u00a02026"
    assert made[3].parts[0].tables[0].rows[0][0].text == "Commune"
