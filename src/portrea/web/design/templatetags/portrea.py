"""Template tags: links to territories, quality letters, numbers put forward in a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portrea.base.estimates import Quality, integer, percent
from portrea.steering.passages import BULLET
from portrea.steering.wording import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.document import Cell, Column, Figure, Sentence

register = template.Library()


@register.filter
def territory_url(reference: str) -> str:
    """Return the address of the page of ``level:code``, or of a list joined by commas."""
    if "," in reference:
        return f"/territoires/?t={quote(reference, safe=':,')}"
    level, _, code = reference.partition(":")
    return f"/territoires/{level}/{code or level}/"


@register.filter
def download_url(reference: str, name: str) -> str:
    """Return the address of a download of a territory, or of a list of them."""
    if "," in reference:
        return f"/territoires/{name}?t={quote(reference, safe=':,')}"
    return territory_url(reference) + name


@register.simple_tag
def quality(letter: str) -> SafeString:
    """Write a quality letter with its meaning for those who point at it or hear it."""
    if not letter:
        return mark_safe("")
    grade = Quality(letter)
    return format_html(
        '<abbr class="quality quality--{}" title="{}">{}</abbr>', letter, grade.label, letter
    )


PATTERNS = (
    "",
    "M4 7.5a.9.9 0 1 0 .01 0zM14 3.5a.9.9 0 1 0 .01 0zM24 7.5a.9.9 0 1 0 .01 0z",
    "M0 6h32M0 13h32",
    "M-2 12L14-4M6 20L28-2M18 22L36 4",
    "M0 6h32M0 13h32M8 0v18M16 0v18M24 0v18",
)
"""One drawing per class: the order is read without colour; the map’s script has the same."""
HATCHING = "M-2 6L6-2M-2 14L14-2M-2 22L22-2M6 22L30-2M14 22L34 2"


@register.simple_tag
def pattern(rank: int | None, colour: str) -> SafeString:
    """Draw the swatch of a class in a legend; ``None``: no data."""
    drawing = HATCHING if rank is None else PATTERNS[rank % len(PATTERNS)]
    stroke = "#8a979b" if rank is None else ("#ffffff" if rank >= 3 else "#12303a")
    return format_html(
        '<svg viewBox="0 0 32 18" aria-hidden="true" focusable="false">'
        '<rect width="32" height="18" fill="{}"/><path d="{}" fill="none" stroke="{}"/></svg>',
        colour,
        drawing,
        stroke,
    )


@register.filter
def emphasise(sentence: Sentence, css_class: str) -> SafeString:
    """Write a sentence with the numbers it says marked by ``css_class``."""
    text = escape(sentence.text)
    shown = sorted({escape(n.text) for n in sentence.numbers if n.text}, key=len, reverse=True)
    if shown:
        pattern = re.compile("|".join(re.escape(number) for number in shown), re.IGNORECASE)
        text = pattern.sub(lambda found: f'<span class="{css_class}">{found[0]}</span>', text)
    return mark_safe(text)  # noqa: S308 - escaped piece by piece above


@register.filter
def svg(figure: Figure) -> SafeString:
    """Write a drawing composed by ``portrea.steering``: no script, no outside text."""
    return mark_safe(figure.svg)  # noqa: S308 - drawn by us, texts escaped


@register.filter
def thousands(value: float) -> str:
    """Write a whole number the French way."""
    return integer(value)


@register.filter
def share(value: float) -> str:
    """Write a share in [0, 1] as a percentage."""
    return percent(value)


@register.filter
def with_columns(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[tuple[Cell, Column]]:
    """Pair each cell of a row with its column."""
    return list(zip(row, columns, strict=True))


@register.filter
def in_words(day: str) -> str:
    """Write an ISO date of a document in French."""
    return long_date(day)


@register.filter
def in_blocks(paragraphs: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """Group the points of a list that follow one another: (whether it is a list, its texts)."""
    found: list[tuple[bool, list[str]]] = []
    for one in paragraphs:
        point = one.startswith(BULLET)
        if not (point and found and found[-1][0]):
            found.append((point, []))
        found[-1][1].append(one.removeprefix(BULLET) if point else one)
    return found
