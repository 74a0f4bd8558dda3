"""PDF/UA: the structure of our documents, read as a screen reader reads it.

A second opinion is that of veraPDF, where it is on the machine: ``scripts/verapdf.py``.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
import yaml

from pdf_structure import Tagged, opened, squeezed
from portrea.base.errors import DataError
from portrea.steering.document import COMPLETE, PACK, Comment, Portrait
from portrea.steering.flow import Grid, Heading, Line, Picture, flow
from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader
from portrea.steering.slides_pdf import slides_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.sources.store import Store

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/documents.yaml").read_text("utf-8")
)
KINDS = ("portrait", "pack", "complete", "small")
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


@pytest.fixture(scope="module")
def documents(mini_store: Store) -> dict[str, Portrait]:
    reader = Reader(mini_store)
    portrait = build_portrait(reader, reader.gazetteer.resolve("epci:243500618"))
    small = replace(Portrait.from_dict(CASES["portrait"]), kind=COMPLETE)
    whole = replace(small.sections[0], title="2. Tout", parts=portrait.sections)
    parts = (small.sections[0], whole)
    said = Comment(("Un mot du président.",), "2026-11-19")
    return {
        "portrait": portrait,
        "pack": replace(portrait, kind=PACK),
        "complete": replace(portrait, kind=COMPLETE, sections=parts, foreword=said),
        "small": small,
    }


@pytest.fixture(scope="module")
def files(documents: dict[str, Portrait]) -> dict[str, bytes]:
    made = {kind: portrait_pdf(document) for kind, document in documents.items()}
    return made | {"slides": slides_pdf(documents["pack"])}


@pytest.fixture(scope="module")
def read(files: dict[str, bytes]) -> Iterator[dict[str, Tagged]]:
    found = {kind: opened(content) for kind, content in files.items()}
    yield found
    for one in found.values():
        one.document.close()


@pytest.mark.parametrize("kind", [*KINDS, "slides"])
def test_document_says_what_it_is(kind: str, read: dict[str, Tagged]) -> None:
    root = read[kind].document.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang).casefold().startswith("fr")
    assert root.ViewerPreferences.DisplayDocTitle
    assert all(str(page.get("/Tabs")) == "/S" for page in read[kind].document.pages)
    with read[kind].document.open_metadata() as card:
        assert card["dc:title"]
        assert str(card["pdfuaid:part"]) == "1"


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_those_of_the_document_in_order(
    kind: str, read: dict[str, Tagged], documents: dict[str, Portrait]
) -> None:
    found = read[kind].root.of(*HEADINGS)
    levels = [int(one.role[1]) for one in found]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    told = [
        (b.level + 1, squeezed(b.text)) for b in flow(documents[kind]) if isinstance(b, Heading)
    ]
    here = [(int(one.role[1]), squeezed(one.text)) for one in found]
    assert [one for one in told if one in here] == [
        one for one in told if one[1] != squeezed("Lire les lettres de qualité")
    ]
    assert [one for one in here if one in told] == [one for one in told if one in here]


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_told_in_the_order_of_the_document(
    kind: str, read: dict[str, Tagged], documents: dict[str, Portrait]
) -> None:
    """Each sentence, note and caption comes after the one before it: columns are not mixed."""
    told = squeezed(read[kind].root.inside[0].text)
    place = 0
    document = replace(documents[kind], kind=replace(documents[kind].kind, front=()))
    for block in flow(document):
        text = squeezed(block.text) if isinstance(block, Line) else ""
        if text and block.style in ("lead", "comment", "body"):
            assert text in told[place:], (kind, block)
            place = told.index(text, place)


@pytest.mark.parametrize("kind", KINDS)
def test_every_drawing_has_its_alternative_and_its_table_its_headers(
    kind: str, read: dict[str, Tagged], documents: dict[str, Portrait]
) -> None:
    blocks = flow(documents[kind])
    drawn = read[kind].root.of("Figure")
    assert sorted(str(one.card.Alt) for one in drawn) == sorted(
        block.alternative for block in blocks if isinstance(block, Picture)
    )
    tables = [b.table for b in blocks if isinstance(b, Grid) and b.table.id != "reperes"]
    found = read[kind].root.of("Table")
    assert len(found) == len(tables)
    heads = [[squeezed(head.text) for head in one.of("TH")] for one in found]
    assert sorted(heads) == sorted([squeezed(c.title) for c in t.columns] for t in tables)
    for one in found:
        cards = [card for head in one.of("TH") for card in head.card.A]
        assert {str(card.Scope) for card in cards if "/Scope" in card} == {"/Column"}
        assert len(one.of("THead")) == 1


@pytest.mark.parametrize("kind", [*KINDS, "slides"])
def test_only_the_decoration_of_pages_is_left_out(kind: str, read: dict[str, Tagged]) -> None:
    """The foot and the running head are artifacts; nothing is neither told nor an artifact."""
    tagged = read[kind]
    assert not any(text.strip() for text in tagged.unmarked)
    pages = len(tagged.document.pages)
    for number, aside in enumerate(tagged.artifacts, start=1):
        foot = squeezed(aside)
        assert foot.endswith((f"page{number}/{pages}", f"{number}/{pages}")), aside
    assert f"page1/{pages}" not in squeezed(tagged.root.inside[0].text)


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_bookmarks_say_where_they_lead(
    kind: str, read: dict[str, Tagged], documents: dict[str, Portrait]
) -> None:
    tagged = read[kind]
    links = tagged.root.of("Link")
    assert links
    assert all(one.text.strip() for one in links)
    notes = [n for page in tagged.document.pages for n in page.get("/Annots", ())]
    assert all(str(n.get("/Contents", "")).strip() for n in notes)
    with tagged.document.open_outline() as outline:
        titles = [squeezed(item.title) for item in _bookmarks(outline.root)]
    assert titles == [squeezed(one.text) for one in tagged.root.of(*HEADINGS)]


def _bookmarks(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _bookmarks(item.children)


def test_no_heading_stays_alone_at_the_foot_of_a_page(
    files: dict[str, bytes], documents: dict[str, Portrait]
) -> None:
    for kind in KINDS:
        titles = {squeezed(b.text) for b in flow(documents[kind]) if isinstance(b, Heading)}
        with pypdfium2.PdfDocument(files[kind]) as document:
            for page in document:
                text = page.get_textpage().get_text_range()
                lines = [squeezed(line) for line in text.splitlines() if line.strip()]
                last = lines[lines.index(next(x for x in lines if x.startswith("Portrea·"))) - 1]
                assert last not in titles, (kind, last)


def test_a_drawing_that_cannot_be_read_is_told_in_french(documents: dict[str, Portrait]) -> None:
    small = documents["small"]
    part = small.sections[0].parts[0]
    broken = replace(part.figures[0], svg='<svg viewBox="0 0 40 20"><rect')
    section = replace(small.sections[0], parts=(replace(part, figures=(broken,)),))
    with pytest.raises(DataError, match="n’a pas pu être mis en page") as refused:
        portrait_pdf(replace(small, sections=(section,)))
    assert "DOCX" in refused.value.remedy


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [("", 0, "veraPDF : non exécuté"), ("PASS", 0, "PASS"), ("FAIL", 1, "FAIL")],
)
def test_verapdf_is_asked_where_it_is_and_its_absence_is_said(
    tmp_path: Path, answer: str, code: int, said: str
) -> None:
    """veraPDF itself is in none of the registries of this project: here, one that answers."""
    if answer:
        program = tmp_path / "verapdf"
        program.write_text(f"#!/bin/sh\necho {answer} $5\n")
        program.chmod(0o755)
    script = Path(__file__).parents[2] / "scripts" / "verapdf.py"
    done = subprocess.run(
        [sys.executable, script, "un.pdf", "deux.pdf"],
        env={"PATH": str(tmp_path)}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stdout.startswith(said)
