"""Write a portrait or a pack as a tagged PDF (PDF/UA-1) with typst: same texts and numbers."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from portrea.base.unseen import with_windows_signs
from portrea.steering import figures_style
from portrea.steering.typesetting import typeset_pdf
from portrea.steering.wording import enumeration, long_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.document import Portrait

MOST_IN_FOOTER = 4
NUMBERED = re.compile(r"\d+\. ")
"""How the parts of a complete portrait, or of an ABS chapter, begin: they have an opening."""
LONGEST_TEXT, BOLDER, MARGINS = 60, 1.1, 2.8
"""Signs of a text beyond which its column grows no more; a header for a text; signs around both."""
FIRST = 20
"""Signs that the names of the lines have before the others share the page."""
MANY_COLUMNS, SIGNS_ACROSS, SMALL_SIGNS_ACROSS = 7, 116, 126
"""Columns beyond which a table is set smaller; signs that a line holds, usual and smaller."""
MANY_PIECES = 3
"""Drawings and tables from which a part opens on a page of its own."""
ROWS_BESIDE, WEIGHT_BESIDE, LOW = 12, 66, 0.6
"""Longest and widest table set beside its drawing; height of a drawing for its width, at least."""
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def portrait_pdf(portrait: Portrait) -> bytes:
    """Return the portrait as a PDF/UA-1 document.

    Two pages of summary, then the detail. The same portrait gives the same bytes: the date written
    in the file is that of the computation, never that of the clock.
    """
    content = with_windows_signs(json.dumps(_content(portrait), ensure_ascii=False))
    inputs = {"portrait": content, "style": style()}
    return typeset_pdf("portrait.typ", inputs, timestamp(portrait.computed_on))


@cache
def style() -> str:
    """Return the colours of the house as the templates read them (JSON)."""
    return json.dumps(
        {
            "ink": figures_style.INK,
            "muted": figures_style.MUTED,
            "teal": figures_style.TEAL,
            "dark": figures_style.TEAL_DARK,
            "accent": figures_style.ACCENT,
            "paper": figures_style.PAPER,
            "sand": figures_style.SAND,
            "rule": figures_style.RULE,
        }
    )


def timestamp(computed_on: str) -> datetime:
    """Return the date written in a file: that of the computation (ISO), else a fixed one."""
    if not computed_on:
        return _EPOCH
    return datetime.combine(date.fromisoformat(computed_on), datetime.min.time(), tzinfo=UTC)


def _content(portrait: Portrait) -> dict[str, Any]:
    content = portrait.to_dict()
    for section in content["sections"]:
        section["is_part"] = NUMBERED.match(section["title"]) is not None
        section["opens_page"] = _pieces(section) >= MANY_PIECES
        for part in _walk(section):
            _prepare(part)
    by_id = {f["id"]: f for s in content["sections"] for part in _walk(s) for f in part["figures"]}
    content["summary_figures"] = [by_id[name] for name in portrait.kind.front if name in by_id]
    if content["foreword"]:
        content["foreword"]["day_words"] = long_date(content["foreword"]["day"])
    content["full_title"] = portrait.full_title
    content["date_words"] = long_date(portrait.computed_on)
    content["footer_sources"] = footer_sources(portrait)
    return content


def _prepare(section: dict[str, Any]) -> None:
    """Add what the template needs to place the pieces of one section: sizes, widths, pairs."""
    if section["comment"]:
        section["comment"]["day_words"] = long_date(section["comment"]["day"])
    for table in section["tables"]:
        share_widths(table)
    tables = {table["id"]: table for table in section["tables"]}
    for figure in section["figures"]:
        _, _, width, height = figure["svg"].split('viewBox="', 1)[1].split('"', 1)[0].split()
        figure["width"], figure["ratio"] = float(width), float(height) / float(width)
        figure["paired"] = figure["ratio"] > LOW and _narrow(tables.get(figure["table"]))


def _narrow(table: dict[str, Any] | None) -> bool:
    """Whether a table holds beside the drawing that says the same."""
    if table is None or len(table["rows"]) > ROWS_BESIDE:
        return False
    weight: float = sum(column["weight"] for column in table["columns"])
    return weight <= WEIGHT_BESIDE


def _pieces(section: dict[str, Any]) -> int:
    return sum(len(part["figures"]) + len(part["tables"]) for part in _walk(section))


def _walk(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield section
    for part in section["parts"]:
        yield from _walk(part)


def footer_sources(portrait: Portrait) -> str:
    """Name the producers of a portrait, for the foot of its pages."""
    names = [source.producer.split(",")[0].split(" (")[0] for source in portrait.sources]
    producers = list(dict.fromkeys(names))
    more = ["autres"] if len(producers) > MOST_IN_FOOTER else []
    return enumeration([*producers[:MOST_IN_FOOTER], *more]) or "publiques"


def share_widths(table: dict[str, Any]) -> None:
    """Share the page's width: each column has its longest word first, then what its texts ask."""
    spans = [_span(table, rank) for rank in range(len(table["columns"]))]
    asked = sum(most - least for least, most in spans)
    across = SMALL_SIGNS_ACROSS if len(spans) > MANY_COLUMNS else SIGNS_ACROSS
    spare = max(0.0, across - sum(least for least, _ in spans))
    share = min(1.0, spare / asked) if asked else 0.0
    for column, (least, most) in zip(table["columns"], spans, strict=True):
        column["weight"] = least + share * (most - least)


def _span(table: dict[str, Any], rank: int) -> tuple[float, float]:
    """Return the signs that a column needs not to cut a word, and those of its longest text."""
    column, texts = table["columns"][rank], [row[rank]["text"] for row in table["rows"]]
    head = BOLDER * max(map(_length, _words(column["title"])))
    word = max((_length(word) for text in texts for word in _words(text)), default=0.0)
    longest = max(map(_length, texts), default=0.0)
    name = min(longest, FIRST) if rank == 0 else 0.0
    least = max(head, word, name) + MARGINS
    return least, max(least, longest if column["numeric"] else min(longest, LONGEST_TEXT))


def _length(word: str) -> float:
    """Return the signs of a word; a space that does not break is half of one."""
    return len(word) - sum(word.count(space) for space in "\u00a0\u202f") / 2


def _words(text: str) -> list[str]:
    return text.replace("-", "- ").split(" ")
