"""Colours, letters and small SVG pieces shared by every figure (ADR 0004)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

FONT = "'Source Sans Pro','Source Sans 3',system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif"
INK = "#12303a"
MUTED = "#4a5f66"
TEAL = "#0b6570"
TEAL_DARK = "#0b4856"
ACCENT = "#b4461f"
PAPER = "#fbf8f2"
SAND = "#efe7d8"
RULE = "#c9cfcf"
WHITE = "#ffffff"
NO_DATA = "#8a979b"
SEQUENCE = ("#eaf4f1", "#c9e4df", "#9dcecb", "#68b0b3", "#2d7e88", "#1d6070", "#0b4052")
"""Seven classes, luminance strictly falling: the order survives greys and colour blindness."""
DARK_FROM = 4
"""Index of the first class whose text is white."""


def text_on(index: int) -> str:
    """Colour of the text that stays readable on a class of :data:`SEQUENCE`."""
    return WHITE if index >= DARK_FROM else INK


def spread(classes: int) -> list[int]:
    """Choose ``classes`` (1 to 7) well-spaced indices of :data:`SEQUENCE`."""
    if classes <= 1:
        return [2]
    return [round(i * (len(SEQUENCE) - 1) / (classes - 1)) for i in range(classes)]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a figure is called and says: ``id`` is unique in the portrait."""

    id: str
    title: str
    description: str


def svg(caption: Caption, width: int, height: int, body: str, *, name: str = "") -> str:
    """Wrap drawing instructions in an accessible, self-contained SVG document of class ``name``."""
    known = f' class="{name}"' if name else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"{known} '
        f'aria-labelledby="{caption.id}-t {caption.id}-d" font-family="{FONT}" fill="{INK}">'
        f'<title id="{caption.id}-t">{escape(caption.title)}</title>'
        f'<desc id="{caption.id}-d">{escape(caption.description)}</desc>{body}</svg>'
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 15,
    anchor: str = "",
    fill: str = "",
    bold: bool = False,
) -> str:
    """One line of text; ``anchor`` is empty (start), ``middle`` or ``end``."""
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' fill="{fill}"' if fill else ""
    more += ' font-weight="700"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{more}>{escape(words)}</text>'
