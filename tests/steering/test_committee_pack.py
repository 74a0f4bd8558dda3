"""The pack of a meeting: its chapters first, then the pack of the territory; its slides."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from portrea.sources.store import Store
from portrea.steering.committee import Point
from portrea.steering.committee_sections import Action, Sitting, with_sitting
from portrea.steering.downloads import document_file
from portrea.steering.pack import build_pack
from portrea.steering.reading import Reader
from portrea.steering.slides_pdf import MOST_ROWS, slides, slides_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.steering.document import Portrait

ACTIONS = (
    Action("Ouvrir un matin à Paimpont", "Mairie", "2026-10-01", "À faire", late=True),
    Action("Former les agents", "", "", "En cours", told="Illectronisme : valeur inconnue."),
)
SITTING = Sitting(
    when="24 mai 2027, 14 h, Montfort",
    seats=("Mairie", "Caf", "Lou"),
    points=tuple(Point("needs", f"Point {rank}", f"Pourquoi {rank}.") for rank in range(1, 8)),
    followed=ACTIONS,
    taken=(),
    voices=(("Lou", "On me renvoie d’un guichet à l’autre."), ("", "Je n’ai pas internet.")),
)


@pytest.fixture(scope="module")
def usual(demo_home: Path) -> Portrait:
    reader = Reader(Store(demo_home))
    return build_pack(reader, reader.gazetteer.resolve("epci:243500618"))


@pytest.fixture(scope="module")
def made(usual: Portrait) -> Portrait:
    return with_sitting(usual, SITTING)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\ufffe\u00ad\u2011-]+", "", text)


def read(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return squeezed("".join(page.get_textpage().get_text_range() for page in pages))


def test_chapters_of_the_meeting_come_first_and_the_rest_is_the_usual_pack(
    usual: Portrait, made: Portrait
) -> None:
    names = [section.id for section in made.sections]
    assert names[:4] == ["ordre-du-jour", "suivi", "decisions", "paroles"]
    assert made.sections[4:] == usual.sections
    assert made.key_figures == usual.key_figures
    assert "24 mai 2027" in made.subtitle


def test_late_actions_are_told_and_nobody_is_invented(made: Portrait) -> None:
    section = made.section("suivi")
    assert section is not None
    assert section.lead.text == "2 actions sont en cours, dont 1 en retard."
    first, second = section.tables[0].rows
    assert "en retard" in first[2].text
    assert [cell.text for cell in second[1:3]] == ["tout le comité", "sans date"]


def test_the_pdf_of_the_meeting_says_everything(made: Portrait) -> None:
    said = read(document_file(made, "pdf"))
    for words in ("Point7", "enretard", "On me renvoie", "Lou", "Ouvrir un matin"):
        assert squeezed(words) in said


def test_without_a_parole_none_is_told(usual: Portrait) -> None:
    section = with_sitting(usual, replace(SITTING, voices=())).section("paroles")
    assert section is not None
    assert section.lead.text == "Aucune parole n’a été confiée au comité."
    assert not section.paragraphs


def test_slides_are_wide_tagged_and_say_the_same_numbers(made: Portrait, tmp_path: Path) -> None:
    content = slides_pdf(made)
    assert slides_pdf(made) == content
    said = read(content)
    for figure in made.key_figures:
        assert squeezed(figure.number.text) in said
    for words in ("Point1", "Point7", "On me renvoie", made.sections[4].lead.text):
        assert squeezed(words) in said
    path = tmp_path / "slides.pdf"
    path.write_bytes(content)
    with pikepdf.open(path) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("fr")
        for page in document.pages:
            _, _, width, height = (float(side) for side in page.mediabox)
            assert width / height == pytest.approx(16 / 9, rel=0.01)
        assert 8 <= len(document.pages) <= 30
    assert len(content) < 5_000_000


def test_a_long_agenda_is_told_whole_on_several_slides(made: Portrait) -> None:
    section = made.section("ordre-du-jour")
    assert section is not None
    tables = [slide["table"] for slide in slides(section) if slide["table"]]
    told = [row[1]["text"] for table in tables for row in table["rows"]]
    assert told == [point.title for point in SITTING.points]
    assert all(len(table["rows"]) <= MOST_ROWS for table in tables)
