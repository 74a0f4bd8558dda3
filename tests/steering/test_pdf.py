"""The PDF: tagged, titled, in French, and saying the same numbers as the portrait."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import build_portrait

if TYPE_CHECKING:
    from portrea.steering.document import Table


@pytest.fixture(scope="module")
def portrait(mini_store):
    from portrea.steering.reading import Reader

    reader = Reader(mini_store)
    return build_portrait(reader, reader.gazetteer.resolve("epci:243500618"))


@pytest.fixture(scope="module")
def written(portrait) -> bytes:
    return portrait_pdf(portrait)


@pytest.fixture
def pdf(written):
    with pikepdf.open(io.BytesIO(written)) as document:
        yield document


def elements(node):
    """Yield structure elements in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\ufffe\u00ad\u2011-]+", "", text)


@pytest.fixture(scope="module")
def text(written) -> str:
    return said_by(written)


def said_by(written: bytes) -> str:
    with pypdfium2.PdfDocument(written) as document:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))


def test_document_is_declared_accessible(pdf, portrait):
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang).casefold().startswith("fr")
    assert "/StructTreeRoot" in root
    assert root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == f"Portrait {portrait.of_name}"
        assert str(metadata["pdfuaid:part"]) == "1"


def test_headings_follow_each_other(pdf, portrait):
    tags = [str(element.S) for element in elements(pdf.Root.StructTreeRoot.K)]
    levels = [int(tag[2]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert levels.count(2) == len(portrait.sections) + 3  # l’essentiel, en images, références


def test_figures_have_alternatives_and_tables_have_headers(pdf, portrait):
    found = list(elements(pdf.Root.StructTreeRoot.K))
    figures = [element for element in found if element.S == "/Figure"]
    assert len(figures) == len(list(portrait.figures()))
    alternatives = [str(element.Alt) for element in figures]
    assert all(figure.description in " ".join(alternatives) for figure in portrait.figures())
    tables = [element for element in found if element.S == "/Table"]
    assert len(tables) == len(list(portrait.tables()))
    for element in tables:
        assert any(child.S == "/TH" for child in elements(element.K))


def test_every_text_and_number_of_the_portrait_is_in_the_pdf(text, portrait):
    assert squeezed(portrait.headline.text) in text
    assert squeezed(portrait.subtitle) in text
    for figure in portrait.key_figures:
        assert squeezed(figure.number.text) in text
    for section in portrait.sections:
        assert squeezed(section.lead.text) in text
    for table in portrait.tables():
        assert_cells(table, text)


def assert_cells(table: Table, text: str) -> None:
    for row in table.rows:
        for cell in row:
            assert squeezed(cell.text) in text, (table.id, cell.text)


def test_summary_holds_on_two_pages(written, portrait):
    with pypdfium2.PdfDocument(written) as document:
        pages = [squeezed(page.get_textpage().get_text_range()) for page in document]
    assert squeezed(portrait.headline.text) in pages[0]
    assert squeezed("L’essentiel") in pages[0]
    assert squeezed("En images") in pages[1]
    assert pages[2].startswith(squeezed(portrait.sections[0].title))
    assert all(f"page{i + 1}/{len(pages)}" in page for i, page in enumerate(pages))


def test_same_portrait_gives_the_same_bytes(portrait, written):
    assert portrait_pdf(portrait) == written
    other = replace(portrait, computation_id="ffffffffffffffff")
    assert portrait_pdf(other) != written


def test_every_page_is_bookmarked_and_the_file_is_light(pdf, written, portrait):
    with pdf.open_outline() as outline:
        titles = [item.title for top in outline.root for item in (top, *top.children)]
    assert {section.title for section in portrait.sections} <= set(titles)
    assert len(written) < 1_000_000


def test_signs_of_typst_in_a_name_are_only_text(portrait):
    odd = replace(portrait, title="#panic() *x* $y$ <z> @a", of_name="d’*Essai*")
    with pypdfium2.PdfDocument(portrait_pdf(odd)) as document:
        assert "#panic()*x*$y$<z>@a" in squeezed(document[0].get_textpage().get_text_range())


@pytest.mark.parametrize("key", ["commune:35001", "iris:350030101", "france", "departement:35"])
def test_every_level_is_written(reader, key):
    assert portrait_pdf(build_portrait(reader, reader.gazetteer.resolve(key))).startswith(b"%PDF")


def test_a_windows_sign_in_an_address_does_not_stop_the_document(portrait):
    """Two town halls of 2025 have one: their EPCI had no PDF."""
    mended = portrait_pdf(replace(portrait, subtitle="19 rue des S\x9curs"))
    with pikepdf.open(io.BytesIO(mended)) as opened:
        assert opened.Root.MarkInfo.Marked
    assert squeezed("19 rue des Sœurs") in squeezed(said_by(mended))
