"""What is said before a portrait is published: empty parts, old data, nobody in charge, names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portrea.steering.complete import chapters
from portrea.steering.document import Cell, Column, Comment, Section, Sentence, Source, Table
from portrea.steering.readiness import Gravity, parts_of, remarks_on
from steering.test_editions import portrait

TODAY = date(2026, 11, 23)
TITLES = ("Action", "Pourquoi", "Qui", "Pour quand")


def section(name: str, **told: Any) -> Section:
    return Section(name, name.capitalize(), Sentence("Une phrase."), **told)


def actions(*owners: str) -> Section:
    rows = tuple(
        tuple(map(Cell, (f"Action {rank}", "parce que", owner, "2027")))
        for rank, owner in enumerate(owners, 1)
    )
    table = Table("t", "Actions", tuple(map(Column, TITLES)), rows)
    return section("partie-actions", parts=(section("actions", tables=(table,)),))


def said(**told: Any) -> list[str]:
    whole = {"foreword": Comment(("Bonjour.",), "2026-11-01"), "computed_on": "2026-11-01"} | told
    return [one.text.replace("\u00a0", " ") for one in remarks_on(portrait(**whole), today=TODAY)]


def test_a_portrait_that_lacks_nothing_calls_for_nothing() -> None:
    parts = [section(c.anchor) for c in chapters() if c.id != "actions"]
    assert said(sections=(*parts, actions("CCAS"))) == []


def test_the_parts_without_anything_are_named() -> None:
    found = parts_of(portrait(sections=(section("partie-besoins", parts=(section("besoins"),)),)))
    assert [part.chapter.id for part in found if part.ready] == ["besoins"]
    assert found[1].counts == (1, 0, 0)
    assert said(sections=(actions("CCAS"),))[0].startswith("9 parties sont vides : ")


def test_an_action_without_anyone_in_charge_is_named() -> None:
    texts = said(sections=(actions("CCAS", "à décider", "–", ""),))
    assert "Personne n’est désigné pour : « Action 2 », « Action 3 » et « Action 4 »." in texts
    assert "Aucune action n’est proposée." in said(sections=(section("partie-besoins"),))


def test_old_data_are_dated() -> None:
    """A year and a day: the 21st of November 2025 is old, the 23rd is not."""
    assert "Le calcul date du 21 novembre 2025." in said(computed_on="2025-11-21")
    assert not any("date du" in text for text in said(computed_on="2025-11-23"))
    source = Source("s", "Essai", "Une liste", "2024", "", None, "2025-01-05", verified=True)
    old = replace(portrait(), sources=(source,), foreword=Comment(("x",), "2026-11-01"))
    texts = [one.text for one in remarks_on(old, today=TODAY)]
    assert any("plus d’un an" in text and "Une liste" in text for text in texts)


def test_what_names_somebody_is_read_again_wherever_it_is_written() -> None:
    comment = Comment(("Voir Mme Durand.", "• 06 12 34 56 78"), "2026-11-01")
    inside = section("zones", comment=comment)
    made = portrait(
        sections=(section("partie-besoins", parts=(inside,)),),
        foreword=Comment(("Écrire à lou@exemple.org.",), "2026-11-01"),
    )
    again = [one for one in remarks_on(made, today=TODAY) if one.gravity is Gravity.READ_AGAIN]
    assert [one.section for one in again] == ["avant-propos", "zones"]
    assert "« lou@exemple.org » (courriel)" in again[0].text
    assert "« Durand » (nom)" in again[1].text
    assert "« 06 12 34 56 78 » (téléphone)" in again[1].text


def test_a_portrait_without_foreword_says_it() -> None:
    assert "L’avant-propos est vide." in said(foreword=None)
