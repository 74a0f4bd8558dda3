"""Write a portrait as a word processor's document (DOCX, ISO/IEC 29500): to be edited, not printed.

Real styles, contents, headers of tables repeated on every page, alternatives of drawings: what a
screen reader and an editor need. The same portrait gives the same bytes.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING

from portrea.base.archives import packed
from portrea.steering import docx_parts as parts
from portrea.steering.flow import (
    TEXT_WIDTH,
    Bullets,
    Contents,
    Grid,
    Heading,
    Line,
    Picture,
    Run,
    flow,
    footer,
    widths,
    written,
)
from portrea.steering.pictures import png_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.document import Cell, Portrait, Table

STYLES = {
    "above": "Surtitre",
    "title": "Title",
    "subtitle": "Subtitle",
    "headline": "Phrasecle",
    "lead": "Idee",
    "body": "BodyText",
    "comment": "Quote",
    "signed": "Signature",
    "caption": "Caption",
    "note": "Note",
}
TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
EMU = 36_000
"""English metric units in a millimetre."""
WIDE = 7
"""Columns beyond which a table is written smaller."""


def portrait_docx(portrait: Portrait) -> bytes:
    """Return any portrait, pack or chapter as DOCX."""
    body = _Body()
    content = "".join(body.write(block) for block in flow(portrait))
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": parts.CONTENT_TYPES,
        "_rels/.rels": parts.PACKAGE,
        "docProps/core.xml": parts.core(portrait),
        "docProps/app.xml": parts.APPLICATION,
        "word/document.xml": parts.document(content),
        "word/styles.xml": parts.styles(),
        "word/numbering.xml": parts.NUMBERING,
        "word/settings.xml": parts.SETTINGS,
        "word/footer1.xml": parts.footer(written(footer(portrait))),
        "word/_rels/document.xml.rels": parts.relations(body.links, body.pictures),
    }
    return packed(files | body.media)


class _Body:
    """The text of a document, and what it needs beside: addresses, pictures."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.media: dict[str, bytes] = {}
        self._anchors = 0

    @singledispatchmethod
    def write(self, block: object) -> str:
        """Return a block as WordprocessingML."""
        raise TypeError(type(block))

    @write.register
    def _(self, block: Line) -> str:
        return _paragraph(STYLES[block.style], _run(block.text))

    @write.register
    def _(self, block: Heading) -> str:
        self._anchors += 1
        mark = f'w:id="{self._anchors}"'
        return _paragraph(
            f"Heading{block.level}",
            f'<w:bookmarkStart {mark} w:name="{_anchor(block)}"/>{_run(block.text)}'
            f"<w:bookmarkEnd {mark}/>",
        )

    @write.register
    def _(self, block: Bullets) -> str:
        return "".join(
            _paragraph("ListBullet", "".join(self._piece(run) for run in item))
            for item in block.items
        )

    @write.register
    def _(self, block: Contents) -> str:
        entries = [
            _paragraph(
                f"TOC{entry.level}",
                (_FIELD_OPEN if rank == 0 else "")
                + f'<w:hyperlink w:anchor="{_anchor(entry)}" w:history="1">{_run(entry.text)}'
                "</w:hyperlink>",
            )
            for rank, entry in enumerate(block.entries)
        ]
        closed = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        title = _paragraph("TOCHeading", _run("Dans ce document"))
        return parts.contents(title + "".join(entries) + closed)

    @write.register
    def _(self, block: Grid) -> str:
        return _table(block.table)

    @write.register
    def _(self, block: Picture) -> str:
        number = len(self.pictures) // 2 + 1
        wide, high = block.size
        for kind, content in (
            ("png", png_of(block.figure.svg, wide)),
            ("svg", block.figure.svg.encode()),
        ):
            self.pictures.append(f"media/figure{number}.{kind}")
            self.media[f"word/media/figure{number}.{kind}"] = content
        name, told = written(block.figure.title), written(block.alternative)
        size = round(wide * EMU), round(high * EMU)
        return _paragraph("Figure", f"<w:r>{parts.drawing(number, name, told, size)}</w:r>")

    def _piece(self, run: Run) -> str:
        if not run.link:
            return _run(run.text)
        if run.link not in self.links:
            self.links.append(run.link)
        target = f"link{self.links.index(run.link) + 1}"
        shown = f'<w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr>{_text(run.text)}</w:r>'
        return f'<w:hyperlink r:id="{target}" w:history="1">{shown}</w:hyperlink>'


_FIELD_OPEN = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)


def _anchor(heading: Heading) -> str:
    """Name a bookmark: letters, digits and « _ », 40 signs at most."""
    return "t_" + "".join(c if c.isalnum() else "_" for c in heading.anchor)[:38]


def _paragraph(style: str, content: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{content}</w:p>'


def _run(text: str, *, bold: bool = False) -> str:
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{_text(text)}</w:r>"


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{written(text)}</w:t>'


def _table(table: Table) -> str:
    shares = [round(share * TEXT_WIDTH * TWIPS) for share in widths(table)]
    grid = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    small = len(table.columns) > WIDE
    head = "".join(
        _cell(_run(column.title), share, right=column.numeric, small=small, head=True)
        for column, share in zip(table.columns, shares, strict=True)
    )
    rows = "".join(_row(table, row, shares, small=small) for row in table.rows)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Tableau"/><w:tblW w:w="5000" w:type="pct"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{written(table.caption)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
        + _paragraph("Apres", "")
    )


def _row(table: Table, row: Sequence[Cell], shares: Sequence[int], *, small: bool) -> str:
    cells = "".join(
        _cell(_run(cell.text, bold=cell.strong), share, right=column.numeric, small=small)
        for cell, column, share in zip(row, table.columns, shares, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(content: str, width: int, *, right: bool, small: bool, head: bool = False) -> str:
    style = ("TableauTitre" if head else "TableauTexte") + ("Petit" if small else "")
    side = '<w:jc w:val="right"/>' if right else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(style, content, side)}</w:tc>"
    )
