"""The ten parts: their order, what enters them, what is left out, what people wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portrea.steering.complete import FOREWORD, chapters, complete
from portrea.steering.document import Comment, Portrait, Section, Sentence

NOTHING = Portrait("epci:1", "Ici", "d’ici", "", Sentence(""), (), (), (), (), (), "c", "")


def section(name: str, lead: str = "Une idée.") -> Section:
    return Section(name, name.capitalize(), Sentence(lead))


BASE = replace(NOTHING, sections=tuple(map(section, ("besoins", "comparaison", "acces"))))


def test_there_are_ten_parts_each_with_its_question() -> None:
    assert [chapter.number for chapter in chapters()] == list(range(1, 11))
    assert all(chapter.about.endswith("?") for chapter in chapters())


def test_sections_enter_their_part_in_the_order_of_the_parts() -> None:
    made = complete(BASE, {"droits": [section("non-recours")], "besoins": [section("ages")]})
    assert [(s.id, [p.id for p in s.parts]) for s in made.sections] == [
        ("partie-besoins", ["besoins", "comparaison", "ages"]),
        ("partie-face-a-face", ["acces"]),
        ("partie-droits", ["non-recours"]),
    ]
    assert made.sections[0].title == "2. Les besoins"


def test_a_namesake_stands_in_the_place_of_the_section_of_the_portrait() -> None:
    made = complete(
        BASE, {"face-a-face": [section("priorites"), section("acces", "D’aujourd’hui.")]}
    )
    found = made.section("partie-face-a-face")
    assert found is not None
    assert [(p.id, p.lead.text) for p in found.parts] == [
        ("acces", "D’aujourd’hui."),
        ("priorites", "Une idée."),
    ]


def test_what_is_hidden_is_left_out_and_an_empty_part_too() -> None:
    made = complete(BASE, {}, hidden=frozenset({"acces", "comparaison"}))
    assert [(s.id, [p.id for p in s.parts]) for s in made.sections] == [
        ("partie-besoins", ["besoins"])
    ]
    assert (
        complete(BASE, {}, hidden=frozenset({"partie-besoins", "partie-face-a-face"})).sections
        == ()
    )


def test_comments_stand_where_they_were_written() -> None:
    whole, inside = Comment(("Merci.",), "2026-11-20"), Comment(("Chez nous…",), "2026-11-21")
    made = complete(BASE, {}, comments={FOREWORD: whole, "besoins": inside, "rien": whole})
    assert made.foreword == whole
    assert [s.id for s in made.walk() if s.comment] == ["besoins"]


def test_an_unknown_part_is_a_fault() -> None:
    with pytest.raises(KeyError, match="droit"):
        complete(BASE, {"droit": []})
