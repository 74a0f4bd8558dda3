"""The chapter of an Analyse des Besoins Sociaux: its headings, the sections of the portrait."""

from __future__ import annotations

from portrea.steering.abs_chapter import ABS, abs_chapter, headings
from portrea.steering.complete import chapters, complete
from portrea.steering.document import Portrait, Section, Sentence

EXPECTED = ("contexte", "besoins", "offre", "ecarts", "activite", "moyens", "preconisations",
            "methode")  # fmt: skip
NOTHING = Portrait("epci:1", "Ici", "d’ici", "", Sentence(""), (), (), (), (), (), "c", "")
MEANS = Section("moyens", "Les moyens, 2026", Sentence("64 500 € pour 3 actions."))


def section(name: str) -> Section:
    return Section(name, name.capitalize(), Sentence("Une idée."))


def test_every_part_of_the_portrait_has_its_heading() -> None:
    assert tuple(one.id for one in headings()) == EXPECTED
    taken = [name for one in headings() for name in one.takes]
    assert sorted(taken) == sorted(chapter.id for chapter in chapters())


def test_sections_are_taken_as_they_are() -> None:
    given = {chapter.id: [section(f"s-{chapter.id}")] for chapter in chapters()}
    whole = complete(NOTHING, given)
    found = abs_chapter(whole, {"moyens": (MEANS,), "activite": (section("aides"),)})
    assert found.kind is ABS
    assert found.full_title == "Analyse des besoins sociaux, accès aux droits et numérique d’ici"
    assert [one.title for one in found.sections] == [
        f"{rank}. {one.title}" for rank, one in enumerate(headings(), start=1)
    ]
    inside = {part.id: part for one in found.sections for part in one.parts}
    assert set(inside) == {*(f"s-{chapter.id}" for chapter in chapters()), "moyens", "aides"}
    for chapter in whole.sections:
        assert all(inside[part.id] is part for part in chapter.parts)


def test_what_a_ccas_expects_and_is_not_known_is_said() -> None:
    found = abs_chapter(NOTHING, {})
    assert [one.id for one in found.sections] == [
        "partie-activite", "partie-moyens", "partie-preconisations",
    ]  # fmt: skip
    assert all(one.paragraphs and not one.parts for one in found.sections)
