"""The fixed parts of a DOCX file: styles, relations, properties, footer, drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering import figures_style as colours
from portrea.steering.flow import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.document import Portrait

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMATS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_W = (
    f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_RELATIONS}"'
)
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
FONT = "Calibri"

CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="svg" ContentType="image/svg+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_FORMATS}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_FORMATS}.styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_FORMATS}.numbering+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_FORMATS}.settings+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_FORMATS}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    "</Types>"
)
PACKAGE = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/>'
    f'<Relationship Id="r3" Type="{_RELATIONS}/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>"
)
APPLICATION = (
    f'{_XML}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>Portrea</Application></Properties>'
)
NUMBERING = (
    f'{_XML}<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
    '<w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="260"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
SETTINGS = (
    f'{_XML}<w:settings {_W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="708"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="fr-FR"/><w:decimalSymbol w:val=","/>'
    '<w:listSeparator w:val=";"/></w:settings>'
)


def core(portrait: Portrait) -> str:
    """Return the properties of the document: title, author, language, day of the computation."""
    day = f"{portrait.computed_on or '2020-01-01'}T00:00:00Z"
    stamp = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{day}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{written(portrait.full_title)}</dc:title>"
        f"<dc:description>{written(portrait.headline.text)}</dc:description>"
        f"<dc:creator>Portrea</dc:creator><dc:language>fr-FR</dc:language>{stamp}"
        "</cp:coreProperties>"
    )


def document(content: str) -> str:
    """Return the main part: A4, margins of 18 mm, page numbers at the foot."""
    return (
        f'{_XML}<w:document {_W} xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture" '
        f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:asvg="{_SVG}"><w:body>{content}'
        '<w:sectPr><w:footerReference w:type="default" r:id="footer"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1021" w:right="1021" w:bottom="1134" '
        'w:left="1021" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
        "</w:body></w:document>"
    )


def contents(paragraphs: str) -> str:
    """Wrap the table of contents so that word processors know it, and update it when asked."""
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>{paragraphs}</w:sdtContent>"
        "</w:sdt>"
    )


def footer(line: str) -> str:
    """Return the foot of every page: a line (already escaped), then « page 3 / 20 »."""
    return (
        f'{_XML}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{line}</w:t></w:r><w:r><w:tab/><w:t xml:space="preserve">'
        f"page </w:t></w:r>{_field('PAGE')}"
        f'<w:r><w:t xml:space="preserve"> / </w:t></w:r>{_field("NUMPAGES")}</w:p></w:ftr>'
    )


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def relations(links: Sequence[str], pictures: Sequence[str]) -> str:
    """Return what the main part points to: its styles, its footer, addresses, pictures."""
    own = (("styles", "styles"), ("numbering", "numbering"), ("settings", "settings"))
    inside = [(kind, kind, f"{name}.xml", "") for kind, name in (*own, ("footer", "footer1"))]
    outside = [
        (f"link{rank}", "hyperlink", written(link), ' TargetMode="External"')
        for rank, link in enumerate(links, start=1)
    ]
    drawn = [(f"image{rank}", "image", path, "") for rank, path in enumerate(pictures, start=1)]
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"{more}/>'
        for name, kind, target, more in (*inside, *outside, *drawn)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def drawing(number: int, name: str, alternative: str, size: tuple[int, int]) -> str:
    """Return a picture of the text: PNG for all, SVG for those that draw it (size in EMU)."""
    extent = f'cx="{size[0]}" cy="{size[1]}"'
    told = f'id="{number}" name="{name}" descr="{alternative}"'
    png, svg = f"image{2 * number - 1}", f"image{2 * number}"
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f"<wp:docPr {told}/><wp:cNvGraphicFramePr/>"
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr>'
        f"<pic:cNvPr {told}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip r:embed="{png}"><a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
        f'<asvg:svgBlip r:embed="{svg}"/></a:ext></a:extLst></a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def styles() -> str:
    """Return the styles: those that every word processor knows, and a few of the house."""
    return (
        f"{_XML}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        f'<w:color w:val="{_hex(colours.INK)}"/><w:sz w:val="21"/><w:szCs w:val="21"/>'
        '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:qFormat/></w:style>{''.join(_style(*row) for row in _STYLES)}{_LINK}{_TABLE}"
        "</w:styles>"
    )


def _hex(colour: str) -> str:
    return colour.lstrip("#")


def _style(style: str, name: str, paragraph: str, look: tuple[int, str, str]) -> str:
    """Write one style: half-points, colour, other marks of its letters."""
    size, colour, more = look
    return (
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr>'
        f'<w:rPr>{more}<w:color w:val="{_hex(colour)}"/><w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def _spacing(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _heading(level: int, before: int) -> str:
    return f'<w:keepNext/><w:keepLines/>{_spacing(before, 100)}<w:outlineLvl w:val="{level - 1}"/>'


_BOLD = "<w:b/>"
_BORDER, _QUOTE = (
    f'<w:pBdr><w:left w:val="single" w:sz="{size}" w:space="8" w:color="{_hex(colour)}"/></w:pBdr>'
    for size, colour in ((18, colours.ACCENT), (12, colours.SAND))
)
_NEXT = "<w:keepNext/>"
_HEAD = _NEXT + _spacing(30, 30)
_BULLET = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' + _spacing(0, 80)
_TAB = '<w:tabs><w:tab w:val="right" w:pos="9864"/></w:tabs>'
_STYLES = (
    ("Surtitre", "Surtitre", _spacing(0, 60), (20, colours.TEAL, _BOLD)),
    ("Title", "Title", _NEXT + _spacing(0, 60), (52, colours.TEAL_DARK, _BOLD)),
    ("Subtitle", "Subtitle", _spacing(0, 240), (20, colours.MUTED, "")),
    ("Phrasecle", "Phrase clé", _BORDER + _spacing(60, 280), (30, colours.INK, _BOLD)),
    ("Heading1", "heading 1", _heading(1, 480), (34, colours.TEAL_DARK, _BOLD)),
    ("Heading2", "heading 2", _heading(2, 320), (27, colours.TEAL_DARK, _BOLD)),
    ("Heading3", "heading 3", _heading(3, 240), (23, colours.TEAL, _BOLD)),
    ("Heading4", "heading 4", _heading(4, 200), (21, colours.TEAL, _BOLD)),
    ("TOCHeading", "TOC Heading", _NEXT + _spacing(360, 100), (27, colours.TEAL_DARK, _BOLD)),
    ("TOC1", "toc 1", _spacing(60, 20), (21, colours.INK, "")),
    ("TOC2", "toc 2", _spacing(0, 20) + '<w:ind w:left="260"/>', (20, colours.INK, "")),
    ("Idee", "Idée", _NEXT + _spacing(0, 120), (22, colours.INK, _BOLD)),
    ("BodyText", "Body Text", _spacing(0, 120), (21, colours.INK, "")),
    ("Quote", "Quote", _QUOTE + _spacing(40, 40), (21, colours.INK, "")),
    ("Signature", "Signature", _spacing(0, 160), (18, colours.MUTED, "")),
    ("Caption", "caption", _NEXT + _spacing(200, 60), (20, colours.INK, _BOLD)),
    ("Figure", "Figure", _spacing(0, 200), (21, colours.INK, "")),
    ("Note", "Note", _spacing(40, 120), (17, colours.MUTED, "")),
    ("ListBullet", "List Bullet", _BULLET, (21, colours.INK, "")),
    ("Footer", "footer", _TAB + _spacing(0, 0), (15, colours.MUTED, "")),
    ("Apres", "Après un tableau", _spacing(0, 0), (8, colours.INK, "")),
    ("TableauTexte", "Tableau, texte", _spacing(20, 20), (18, colours.INK, "")),
    ("TableauTitre", "Tableau, titre", _HEAD, (18, colours.WHITE, _BOLD)),
    ("TableauTextePetit", "Tableau, petit texte", _spacing(20, 20), (16, colours.INK, "")),
    ("TableauTitrePetit", "Tableau, petit titre", _HEAD, (16, colours.WHITE, _BOLD)),
)  # fmt: skip
_LINK = (
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
    f'<w:color w:val="{_hex(colours.TEAL)}"/><w:u w:val="single"/></w:rPr></w:style>'
)
_TABLE = (
    '<w:style w:type="table" w:styleId="Tableau"><w:name w:val="Tableau Portrea"/><w:tblPr>'
    '<w:tblStyleRowBandSize w:val="1"/><w:tblBorders>'
    f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{_hex(colours.RULE)}"/>'
    f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{_hex(colours.RULE)}"/>'
    '</w:tblBorders><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
    '</w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:tcPr>'
    f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(colours.TEAL_DARK)}"/></w:tcPr>'
    '</w:tblStylePr><w:tblStylePr w:type="band2Horz"><w:tcPr>'
    f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(colours.PAPER)}"/></w:tcPr></w:tblStylePr>'
    "</w:style>"
)
