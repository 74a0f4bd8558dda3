"""Write a portrait as an OpenDocument text (ODT 1.3, ISO/IEC 26300), to be edited.

The same lines as the DOCX (:mod:`portrea.steering.flow`); the same portrait gives the same bytes.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING

from portrea.base.archives import packed
from portrea.steering import odt_parts as parts
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
    "body": "Text_20_body",
    "comment": "Quotations",
    "signed": "Signature",
    "caption": "Caption",
    "note": "Note",
}
WIDE = 7
"""Columns beyond which a table is written smaller."""


def portrait_odt(portrait: Portrait) -> bytes:
    """Return any portrait, pack or chapter as ODT."""
    body = _Body()
    content = "".join(body.write(block) for block in flow(portrait))
    files: dict[str, str | bytes] = {
        "content.xml": parts.content("".join(body.columns), content),
        "styles.xml": parts.styles(written(footer(portrait))),
        "meta.xml": parts.meta(portrait),
    }
    files |= body.media
    manifest = {"META-INF/manifest.xml": parts.manifest(files)}
    return packed(files | manifest, first=("mimetype", parts.MIMETYPE))


class _Body:
    """The text of a document, and what it needs beside: widths of columns, pictures."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.media: dict[str, bytes] = {}
        self._tables = 0

    @singledispatchmethod
    def write(self, block: object) -> str:
        """Return a block as OpenDocument."""
        raise TypeError(type(block))

    @write.register
    def _(self, block: Line) -> str:
        return _paragraph(STYLES[block.style], written(block.text))

    @write.register
    def _(self, block: Heading) -> str:
        anchor = f'<text:bookmark text:name="{written(block.anchor)}"/>'
        return (
            f'<text:h text:style-name="Heading_20_{block.level}" '
            f'text:outline-level="{block.level}">{anchor}{written(block.text)}</text:h>'
        )

    @write.register
    def _(self, block: Bullets) -> str:
        items = "".join(
            f"<text:list-item>{_paragraph('List_20_Bullet', ''.join(map(_piece, item)))}"
            "</text:list-item>"
            for item in block.items
        )
        return f'<text:list text:style-name="Puces">{items}</text:list>' if items else ""

    @write.register
    def _(self, block: Contents) -> str:
        entries = "".join(
            _paragraph(f"Contents_20_{entry.level}", _link(f"#{entry.anchor}", entry.text))
            for entry in block.entries
        )
        return parts.contents(entries)

    @write.register
    def _(self, block: Picture) -> str:
        number = len(self.media) // 2 + 1
        wide, high = block.size
        drawn = {"svg": block.figure.svg.encode(), "png": png_of(block.figure.svg, wide)}
        self.media |= {f"Pictures/{number}.{kind}": content for kind, content in drawn.items()}
        images = "".join(
            f'<draw:image xlink:href="Pictures/{number}.{kind}" xlink:type="simple" '
            f'xlink:show="embed" xlink:actuate="onLoad" draw:mime-type="{mime}"/>'
            for kind, mime in (("svg", "image/svg+xml"), ("png", "image/png"))
        )
        return _paragraph(
            "Figure",
            f'<draw:frame draw:name="Figure {number}" text:anchor-type="as-char" '
            f'svg:width="{wide:.1f}mm" svg:height="{high:.1f}mm">{images}'
            f"<svg:title>{written(block.figure.title)}</svg:title>"
            f"<svg:desc>{written(block.alternative)}</svg:desc></draw:frame>",
        )

    @write.register
    def _(self, block: Grid) -> str:
        table = block.table
        self._tables += 1
        name = f"Tableau{self._tables}"
        shares = widths(table)
        self.columns += [
            parts.column(f"{name}.{rank}", share * TEXT_WIDTH)
            for rank, share in enumerate(shares, start=1)
        ]
        columns = "".join(
            f'<table:table-column table:style-name="{name}.{rank}"/>'
            for rank in range(1, len(shares) + 1)
        )
        return (
            f'<table:table table:name="{name}" table:style-name="Tableau" '
            f'table:template-name="Tableau"><table:title>{written(table.caption)}</table:title>'
            f"{columns}<table:table-header-rows>{_head(table)}</table:table-header-rows>"
            f"{''.join(_row(table, row, rank) for rank, row in enumerate(table.rows))}"
            f"</table:table>{_paragraph('Apres', '')}"
        )


def _paragraph(style: str, content: str) -> str:
    return f'<text:p text:style-name="{style}">{content}</text:p>'


def _piece(run: Run) -> str:
    return _link(run.link, run.text) if run.link else written(run.text)


def _link(target: str, text: str) -> str:
    return f'<text:a xlink:type="simple" xlink:href="{written(target)}">{written(text)}</text:a>'


def _head(table: Table) -> str:
    small = "_20_petit" if len(table.columns) > WIDE else ""
    cells = "".join(
        _cell("Entete", f"Tableau_20_titre{_side(column.numeric)}{small}", written(column.title))
        for column in table.columns
    )
    return f"<table:table-row>{cells}</table:table-row>"


def _row(table: Table, row: Sequence[Cell], rank: int) -> str:
    small = "_20_petit" if len(table.columns) > WIDE else ""
    cells = "".join(
        _cell(
            "Paire" if rank % 2 else "Impaire",
            f"Tableau_20_texte{_side(column.numeric)}{small}",
            f'<text:span text:style-name="Fort">{written(cell.text)}</text:span>'
            if cell.strong
            else written(cell.text),
        )
        for cell, column in zip(row, table.columns, strict=True)
    )
    return f'<table:table-row table:style-name="Ligne">{cells}</table:table-row>'


def _cell(style: str, paragraph: str, content: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"{_paragraph(paragraph, content)}</table:table-cell>"
    )


def _side(numeric: bool) -> str:
    return "_20_droite" if numeric else ""
