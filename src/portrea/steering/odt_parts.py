"""The fixed parts of an OpenDocument text: styles, properties, manifest, contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering import figures_style as colours
from portrea.steering.flow import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.steering.document import Portrait

MIMETYPE = "application/vnd.oasis.opendocument.text"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ROOMS = ("office", "style", "text", "table", "meta")
_BORROWED = {"draw": "drawing", "xslfo": "xsl-fo-compatible", "svg": "svg-compatible"}
_NAMES = " ".join(
    (
        *(
            f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
            for prefix, name in (*((room, room) for room in _ROOMS), *_BORROWED.items())
        ),
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'office:version="1.3"',
    )
)
FONT = "Calibri"
FAMILY = "Calibri, Carlito, 'Liberation Sans', sans-serif"
_TYPES = {"xml": "text/xml", "svg": "image/svg+xml", "png": "image/png"}


def manifest(files: Iterable[str]) -> str:
    """Return the list of the files of the document."""
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    rows = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" '
        f'manifest:media-type="{_TYPES[name.rpartition(".")[2]]}"/>'
        for name in files
    )
    return (
        f'{_XML}<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">'
        '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
        f'manifest:media-type="{MIMETYPE}"/>{rows}</manifest:manifest>'
    )


def meta(portrait: Portrait) -> str:
    """Return the properties of the document: title, author, language, day of the computation."""
    day = f"{portrait.computed_on or '2020-01-01'}T00:00:00"
    return (
        f"{_XML}<office:document-meta {_NAMES}><office:meta>"
        f"<meta:generator>Portrea</meta:generator>"
        f"<dc:title>{written(portrait.full_title)}</dc:title>"
        f"<dc:description>{written(portrait.headline.text)}</dc:description>"
        f"<meta:initial-creator>Portrea</meta:initial-creator><dc:creator>Portrea</dc:creator>"
        f"<meta:creation-date>{day}</meta:creation-date><dc:date>{day}</dc:date>"
        "<dc:language>fr-FR</dc:language></office:meta></office:document-meta>"
    )


def content(columns: str, body: str) -> str:
    """Return the text of the document, with the widths of the columns of its tables."""
    return (
        f"{_XML}<office:document-content {_NAMES}><office:automatic-styles>{columns}{_CELLS}"
        "</office:automatic-styles><office:body><office:text>"
        f"{body}</office:text></office:body></office:document-content>"
    )


def column(name: str, width: float) -> str:
    """Return the style of a column, ``width`` millimetres wide."""
    return (
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width:.1f}mm"/></style:style>'
    )


def contents(entries: str) -> str:
    """Return the table of contents, which word processors update when asked."""
    templates = "".join(
        f'<text:table-of-content-entry-template text:outline-level="{level}" '
        f'text:style-name="Contents_20_{level}"><text:index-entry-link-start/>'
        "<text:index-entry-text/><text:index-entry-link-end/>"
        '<text:index-entry-tab-stop style:type="right" style:leader-char="."/>'
        "<text:index-entry-page-number/></text:table-of-content-entry-template>"
        for level in (1, 2)
    )
    title = "Dans ce document"
    return (
        '<text:table-of-content text:name="Contenu" text:protected="false">'
        '<text:table-of-content-source text:outline-level="2" text:use-outline-level="true">'
        '<text:index-title-template text:style-name="Contents_20_Heading">'
        f"{title}</text:index-title-template>{templates}</text:table-of-content-source>"
        '<text:index-body><text:index-title text:name="Contenu_Titre">'
        f'<text:p text:style-name="Contents_20_Heading">{title}</text:p></text:index-title>'
        f"{entries}</text:index-body></text:table-of-content>"
    )


def styles(line: str) -> str:
    """Return the styles and the foot of the pages; ``line`` is already escaped."""
    return (
        f"{_XML}<office:document-styles {_NAMES}><office:font-face-decls>"
        f'<style:font-face style:name="{FONT}" svg:font-family="{FAMILY}"/>'
        f"</office:font-face-decls><office:styles>{_DEFAULT}"
        f"{''.join(_style(*row) for row in _STYLES)}{_tables()}{_OTHERS}</office:styles>"
        f"<office:automatic-styles>{_PAGE}</office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer>'
        f'<text:p text:style-name="Footer">{line}<text:tab/>page <text:page-number '
        'text:select-page="current">1</text:page-number> / <text:page-count>1</text:page-count>'
        "</text:p></style:footer></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )


def _style(name: str, paragraph: str, size: float, colour: str, more: str = "") -> str:
    """Write one style of paragraph: margins and borders, points, colour, other marks."""
    display = name.replace("_20_", " ")
    level = name[-1] if name.startswith("Heading_20_") else ""
    outline = f' style:default-outline-level="{level}"' if level else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{display}" '
        f'style:family="paragraph" style:parent-style-name="Standard"{outline}>'
        f"<style:paragraph-properties {paragraph}/>"
        f'<style:text-properties xslfo:font-size="{size:g}pt" xslfo:color="{colour}"{more}/>'
        "</style:style>"
    )


def _tables() -> str:
    """Write the styles of the cells of tables, on the left and on the right, usual and small."""
    made = []
    for small, size in (("", 9.0), ("_20_petit", 8.0)):
        for side, align in (("", "start"), ("_20_droite", "end")):
            text = f'xslfo:text-align="{align}" {_margins(0.3, 0.3)}'
            head = f'{text} xslfo:keep-with-next="always"'
            made += [
                _style(f"Tableau_20_texte{side}{small}", text, size, colours.INK),
                _style(f"Tableau_20_titre{side}{small}", head, size, colours.WHITE, _BOLD),
            ]
    return "".join(made)


def _margins(before: float, after: float) -> str:
    return f'xslfo:margin-top="{before}mm" xslfo:margin-bottom="{after}mm"'


_BOLD = ' xslfo:font-weight="bold"'
_NEXT = ' xslfo:keep-with-next="always"'
_STYLES = (
    ("Text_20_body", _margins(0, 2.2), 10.5, colours.INK),
    ("Surtitre", _margins(0, 1), 10, colours.TEAL, _BOLD),
    ("Title", _margins(0, 1) + _NEXT, 26, colours.TEAL_DARK, _BOLD),
    ("Subtitle", _margins(0, 4), 10, colours.MUTED),
    (
        "Phrasecle",
        f'{_margins(1, 5)} xslfo:padding-left="3mm" '
        f'xslfo:border-left="2.5pt solid {colours.ACCENT}"',
        15, colours.INK, _BOLD,
    ),
    ("Heading_20_1", _margins(8, 2) + _NEXT, 17, colours.TEAL_DARK, _BOLD),
    ("Heading_20_2", _margins(5.5, 2) + _NEXT, 13.5, colours.TEAL_DARK, _BOLD),
    ("Heading_20_3", _margins(4, 2) + _NEXT, 11.5, colours.TEAL, _BOLD),
    ("Heading_20_4", _margins(3.5, 2) + _NEXT, 10.5, colours.TEAL, _BOLD),
    ("Contents_20_Heading", _margins(6, 2) + _NEXT, 13.5, colours.TEAL_DARK, _BOLD),
    ("Contents_20_1", _margins(1, 0.4), 10.5, colours.INK),
    ("Contents_20_2", _margins(0, 0.4) + ' xslfo:margin-left="5mm"', 10, colours.INK),
    ("Idee", _margins(0, 2.2) + _NEXT, 11, colours.INK, _BOLD),
    (
        "Quotations",
        f'{_margins(0.7, 0.7)} xslfo:padding-left="3mm" '
        f'xslfo:border-left="2pt solid {colours.SAND}"',
        10.5, colours.INK,
    ),
    ("Signature", _margins(0, 3), 9, colours.MUTED),
    ("Caption", _margins(3.5, 1) + _NEXT, 10, colours.INK, _BOLD),
    ("Figure", _margins(0, 3.5), 10.5, colours.INK),
    ("Note", _margins(0.7, 2.2), 8.5, colours.MUTED),
    ("List_20_Bullet", _margins(0, 1.4), 10.5, colours.INK),
    ("Apres", _margins(0, 0), 4, colours.INK),
)  # fmt: skip
_DEFAULT = (
    '<style:default-style style:family="paragraph"><style:paragraph-properties '
    'xslfo:line-height="110%" xslfo:orphans="2" xslfo:widows="2"/><style:text-properties '
    f'style:font-name="{FONT}" xslfo:font-size="10.5pt" xslfo:color="{colours.INK}" '
    'xslfo:language="fr" xslfo:country="FR"/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
)
_OTHERS = (
    '<style:style style:name="Footer" style:family="paragraph" '
    'style:parent-style-name="Standard"><style:paragraph-properties><style:tab-stops>'
    '<style:tab-stop style:position="174mm" style:type="right"/></style:tab-stops>'
    f'</style:paragraph-properties><style:text-properties xslfo:font-size="7.5pt" '
    f'xslfo:color="{colours.MUTED}"/></style:style>'
    '<style:style style:name="Fort" style:family="text"><style:text-properties '
    'xslfo:font-weight="bold"/></style:style>'
    '<style:style style:name="Internet_20_link" style:display-name="Internet link" '
    f'style:family="text"><style:text-properties xslfo:color="{colours.TEAL}" '
    'style:text-underline-style="solid"/></style:style>'
    '<text:list-style style:name="Puces"><text:list-level-style-bullet text:level="1" '
    'text:bullet-char="•"><style:list-level-properties '
    'text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" '
    'text:list-tab-stop-position="6mm" xslfo:text-indent="-4.5mm" xslfo:margin-left="6mm"/>'
    "</style:list-level-properties></text:list-level-style-bullet></text:list-style>"
)
_PAGE = (
    '<style:page-layout style:name="A4"><style:page-layout-properties xslfo:page-width="210mm" '
    'xslfo:page-height="297mm" xslfo:margin-top="18mm" xslfo:margin-bottom="12mm" '
    'xslfo:margin-left="18mm" xslfo:margin-right="18mm"/><style:footer-style>'
    "<style:header-footer-properties "
    'xslfo:min-height="8mm" xslfo:margin-top="4mm"/></style:footer-style></style:page-layout>'
)


def _cell(name: str, fill: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell">'
        f'<style:table-cell-properties xslfo:padding="0.9mm" xslfo:background-color="{fill}" '
        f'xslfo:border-bottom="0.5pt solid {colours.RULE}"/></style:style>'
    )


_CELLS = (
    '<style:style style:name="Tableau" style:family="table"><style:table-properties '
    'style:width="174mm" table:align="left" table:border-model="collapsing"/></style:style>'
    '<style:style style:name="Ligne" style:family="table-row"><style:table-row-properties '
    'xslfo:keep-together="always"/></style:style>'
    + _cell("Entete", colours.TEAL_DARK)
    + _cell("Impaire", colours.WHITE)
    + _cell("Paire", colours.PAPER)
)
