"""DOCX and ODT: what the page says, in order, and nothing else; read again by other programs."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import docx
import odfdo
import pytest
import yaml
from docx.oxml.ns import qn

from portrea.steering.document import Portrait
from portrea.steering.docx import portrait_docx
from portrea.steering.flow import (
    Bullets,
    Contents,
    Grid,
    Heading,
    Line,
    Picture,
    flow,
    footer,
)
from portrea.steering.odt import portrait_odt
from portrea.steering.portrait import build_portrait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.reading import Reader

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/documents.yaml").read_text("utf-8")
)
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@pytest.fixture(scope="module")
def small() -> Portrait:
    return Portrait.from_dict(CASES["portrait"])


@pytest.fixture(scope="module")
def portrait(mini_store: Any) -> Portrait:
    from portrea.steering.reading import Reader

    reader = Reader(mini_store)
    return build_portrait(reader, reader.gazetteer.resolve("epci:243500618"))


def lines(portrait: Portrait) -> Iterator[list[str]]:
    """Tell a flow as the cases do."""
    for block in flow(portrait):
        match block:
            case Line(style, text):
                yield [style, text]
            case Heading(level, text, _):
                yield [f"heading {level}", text]
            case Bullets(items):
                yield from (["bullet", "".join(run.text for run in item)] for item in items)
            case Contents(entries):
                yield ["contents", " / ".join("– " * (e.level - 1) + e.text for e in entries)]
            case Grid(table):
                rows = (
                    [c.title for c in table.columns],
                    *([c.text for c in r] for r in table.rows),
                )
                yield from (["table", " | ".join(row)] for row in rows)
            case Picture():
                yield ["picture", block.alternative]


def spaced(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def test_flow_is_what_was_written_by_hand(small: Portrait) -> None:
    told = [[style, spaced(text)] for style, text in lines(small)]
    assert told == CASES["lines"]
    assert spaced(footer(small)) == CASES["footer"]


# -- DOCX, read by python-docx ---------------------------------------------------------------------

STYLES = {
    "above": "Surtitre", "title": "Title", "subtitle": "Subtitle", "headline": "Phrase clé",
    "lead": "Idée", "body": "Body Text", "comment": "Quote", "signed": "Signature",
    "caption": "Caption", "note": "Note", "bullet": "List Bullet",
    "heading 1": "Heading 1", "heading 2": "Heading 2", "heading 3": "Heading 3",
}  # fmt: skip


def read_docx(content: bytes) -> Iterator[list[str]]:
    """Tell a DOCX file as the cases do."""
    opened = docx.Document(io.BytesIO(content))
    known = {name: style for style, name in STYLES.items()}
    for element in opened.element.body:
        if element.tag == qn("w:sdt"):
            paragraphs = element.iter(qn("w:p"))
            texts = [(p.find(".//" + qn("w:pStyle")), p) for p in paragraphs]
            entries = [
                "– " * (int(style.get(qn("w:val"))[-1]) - 1)
                + "".join(t.text for t in p.iter(qn("w:t")))
                for style, p in texts
                if style is not None and style.get(qn("w:val")) != "TOCHeading"
            ]
            yield ["contents", " / ".join(entries)]
        elif element.tag == qn("w:tbl"):
            for row in docx.table.Table(element, opened).rows:
                yield ["table", " | ".join(cell.text for cell in row.cells)]
        elif element.tag == qn("w:p"):
            paragraph = docx.text.paragraph.Paragraph(element, opened)
            drawn = [d.get("descr") for d in element.iter(DRAWING)]
            if drawn:
                yield ["picture", drawn[0]]
            elif paragraph.style.name != "Après un tableau":
                yield [known[paragraph.style.name], paragraph.text]


def test_docx_says_everything_in_order_and_nothing_else(
    small: Portrait, portrait: Portrait
) -> None:
    for one in (small, portrait):
        assert list(read_docx(portrait_docx(one))) == list(lines(one))


def test_docx_can_be_read_aloud(portrait: Portrait) -> None:
    opened = docx.Document(io.BytesIO(portrait_docx(portrait)))
    assert opened.core_properties.title == portrait.full_title
    assert opened.core_properties.language == "fr-FR"
    language = opened.styles.element.find(".//" + qn("w:lang"))
    assert language.get(qn("w:val")) == "fr-FR"
    for table in opened.tables:
        first, *others = table.rows
        assert first._tr.find(".//" + qn("w:tblHeader")) is not None
        assert not any(row._tr.findall(".//" + qn("w:tblHeader")) for row in others)
        assert table._tbl.find(".//" + qn("w:tblCaption")).get(qn("w:val"))
    pictures = [d.get("descr") for d in opened.element.body.iter(DRAWING)]
    assert [d.split(". ", 1)[0] for d in pictures] == [f.title for f in portrait.figures()]
    foot = opened.sections[0].footer.paragraphs[0]
    assert {f.get(qn("w:instr")).strip() for f in foot._p.iter(qn("w:fldSimple"))} == {
        "PAGE", "NUMPAGES",
    }  # fmt: skip


def test_docx_contents_lead_to_its_headings(portrait: Portrait) -> None:
    body = docx.Document(io.BytesIO(portrait_docx(portrait))).element.body
    marks = [m.get(qn("w:name")) for m in body.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len(set(marks))
    targets = [h.get(qn("w:anchor")) for h in body.iter(qn("w:hyperlink"))]
    wanted = [target for target in targets if target]
    assert wanted == [mark for mark in marks if mark in wanted]
    assert "TOC" in "".join(i.text for i in body.iter(qn("w:instrText")))


def test_docx_draws_twice_each_picture_and_cites_addresses(small: Portrait) -> None:
    with zipfile.ZipFile(io.BytesIO(portrait_docx(small))) as archive:
        kinds = sorted(name for name in archive.namelist() if "media/" in name)
        assert kinds == ["word/media/figure1.png", "word/media/figure1.svg"]
        assert archive.read(kinds[0]).startswith(b"\x89PNG")
        assert archive.read(kinds[1]).decode() == next(small.figures()).svg
        related = archive.read("word/_rels/document.xml.rels").decode()
    assert 'Target="https://www.insee.fr/" TargetMode="External"' in related


# -- ODT, read by odfdo ----------------------------------------------------------------------------

ODT_STYLES = {
    "Surtitre": "above", "Title": "title", "Subtitle": "subtitle", "Phrasecle": "headline",
    "Idee": "lead", "Text_20_body": "body", "Quotations": "comment", "Signature": "signed",
    "Caption": "caption", "Note": "note",
}  # fmt: skip


def read_odt(content: bytes) -> Iterator[list[str]]:
    """Tell an ODT file as the cases do."""
    opened = odfdo.Document(io.BytesIO(content))
    for element in opened.body.children:
        match element.tag:
            case "text:h":
                yield [f"heading {element.get_attribute('text:outline-level')}", told(element)]
            case "text:list":
                yield from (["bullet", told(item)] for item in element.children)
            case "text:table-of-content":
                found = element.get_elements("text:index-body/text:p")
                entries = ["– " * (int(p.style[-1]) - 1) + told(p) for p in found]
                yield ["contents", " / ".join(entries)]
            case "table:table":
                for row in element.get_elements(".//table:table-row"):
                    yield ["table", " | ".join(told(cell) for cell in row.children)]
            case "text:p" if element.get_elements(".//draw:frame"):
                yield ["picture", element.get_elements(".//svg:desc")[0].text]
            case "text:p" if element.style != "Apres":
                yield [ODT_STYLES[element.style], told(element)]


def told(element: odfdo.Element) -> str:
    return "".join(element._xml_element.itertext())


def test_odt_says_everything_in_order_and_nothing_else(small: Portrait, portrait: Portrait) -> None:
    for one in (small, portrait):
        assert list(read_odt(portrait_odt(one))) == list(lines(one))


def test_odt_can_be_read_aloud(portrait: Portrait) -> None:
    content = portrait_odt(portrait)
    opened = odfdo.Document(io.BytesIO(content))
    assert opened.get_part("meta").title == portrait.full_title
    assert opened.language == "fr-FR"
    for table in opened.body.get_elements(".//table:table"):
        assert len(table.get_elements("table:table-header-rows/table:table-row")) == 1
        assert table.get_elements("table:title")[0].text
    frames = opened.body.get_elements(".//draw:frame")
    assert len(frames) == len(list(portrait.figures()))
    for frame in frames:
        assert [i.get_attribute("draw:mime-type") for i in frame.get_elements("draw:image")] == [
            "image/svg+xml", "image/png",
        ]  # fmt: skip
        assert frame.get_elements("svg:desc")[0].text
    foot = opened.get_part("styles").serialize().decode()
    assert "text:page-number" in foot
    assert "text:page-count" in foot


def test_odt_is_a_well_formed_archive(small: Portrait) -> None:
    with zipfile.ZipFile(io.BytesIO(portrait_odt(small))) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        listed = set(
            re.findall(r'full-path="([^"/][^"]*)"', archive.read("META-INF/manifest.xml").decode())
        )
        assert listed == set(archive.namelist()) - {"mimetype", "META-INF/manifest.xml"}


# -- both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [portrait_docx, portrait_odt])
def test_word_files_are_the_same_bytes_well_formed_and_light(
    write: Any, portrait: Portrait
) -> None:
    content = write(portrait)
    assert write(portrait) == content
    assert write(replace(portrait, computation_id="f" * 16)) != content
    assert len(content) < 1_000_000
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))


@pytest.mark.parametrize("write", [portrait_docx, portrait_odt])
def test_signs_of_markup_and_forbidden_signs_are_only_text(write: Any, small: Portrait) -> None:
    odd = replace(small, subtitle='<w:p> & "x" \x9curs \x0b')
    read = read_docx if write is portrait_docx else read_odt
    assert ["subtitle", '<w:p> & "x" œurs '] in list(read(write(odd)))


@pytest.mark.parametrize("key", ["commune:35001", "iris:350030101", "france", "departement:35"])
def test_every_level_is_written(reader: Reader, key: str) -> None:
    made = build_portrait(reader, reader.gazetteer.resolve(key))
    assert list(read_docx(portrait_docx(made))) == list(read_odt(portrait_odt(made)))
