"""Every measure has its method note, with the same seven headings, and the site can show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portrea.needs.tables import MEASURES
from portrea.steering import measures, notes

FOLDER = Path(__file__).parents[2] / "docs" / "methode"
TRANSVERSAL = ("cellules", "intervalles", "calage", "secret", "evenements", "comparaison-ifn")


def headings(name: str) -> list[str]:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_its_note(measure):
    assert measures.words(measure).note in notes.note_ids()
    assert measure in measures.SHOWN


@pytest.mark.parametrize("name", notes.note_ids())
def test_a_note_has_the_seven_headings_in_order(name):
    found = headings(name)
    assert [title for title in found if title in notes.HEADINGS] == list(notes.HEADINGS)


def test_what_is_shared_by_the_measures_has_its_note_too():
    assert set(TRANSVERSAL) <= set(notes.note_ids())


@pytest.mark.parametrize("name", notes.note_ids())
def test_a_note_becomes_safe_html(name):
    note = notes.read_note(name)
    assert note is not None
    assert not note.title.startswith("#")
    for heading in notes.HEADINGS:
        assert f"<h2>{heading}</h2>" in note.html
    assert "<script" not in note.html
    assert "<h1" not in note.html
    for target in re.findall(r'href="([^"]+)"', note.html):
        assert re.match(r"(/methode/[a-z0-9-]+/|https://)", target), target
        if target.startswith("/methode/"):
            assert notes.read_note(target.split("/")[2]) is not None
    assert note.html.count("<table") == note.html.count('role="region"')


def test_raw_html_is_never_passed_on():
    assert "<b>" not in notes._markdown().render("<b>gras</b> & <script>1</script>", {})


def test_an_unknown_note_is_unknown():
    assert notes.read_note("../secret") is None
    assert notes.read_note("index") is None
