"""Write a portrait or a pack as a tagged PDF (PDF/UA-1) with typst: same texts and numbers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import font_source_sans_pro
import typst

from portrea.base.unseen import with_windows_signs
from portrea.steering import figures_style
from portrea.steering.wording import enumeration, long_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.document import Portrait

MOST_IN_FOOTER = 4
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_LOCK = Lock()


def portrait_pdf(portrait: Portrait) -> bytes:
    """Return the portrait as a PDF/UA-1 document.

    Two pages of summary, then the detail. The same portrait gives the same bytes: the date written
    in the file is that of the computation, never that of the clock.
    """
    content = with_windows_signs(json.dumps(_content(portrait), ensure_ascii=False))
    inputs = {"portrait": content, "style": style()}
    with _LOCK:
        written = _compiler().compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards="ua-1",
            timestamp=timestamp(portrait.computed_on),
        )
    if not isinstance(written, bytes):
        raise TypeError("typst returned no PDF")
    return written


@cache
def fonts() -> typst.Fonts:
    """Fonts of the document: the declared family first, typst's own for rare signs."""
    folder = Path(font_source_sans_pro.font_directory)
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


@cache
def _compiler() -> typst.Compiler:
    folder = Path(str(files("portrea.steering").joinpath("templates")))
    return typst.Compiler(
        str(folder / "portrait.typ"), root=str(folder), font_paths=fonts(), ignore_system_fonts=True
    )


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
    walked = [part for section in content["sections"] for part in _walk(section)]
    by_id = {figure["id"]: figure for section in walked for figure in section["figures"]}
    for figure in by_id.values():
        _, _, width, height = figure["svg"].split('viewBox="', 1)[1].split('"', 1)[0].split()
        figure["ratio"] = int(height) / int(width)
    content["summary_figures"] = [by_id[name] for name in portrait.kind.front if name in by_id]
    content["full_title"] = portrait.full_title
    content["date_words"] = long_date(portrait.computed_on)
    content["footer_sources"] = footer_sources(portrait)
    for section in walked:
        for table in section["tables"]:
            share_widths(table)
    return content


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
    """Share the page's width: a column weighs its longest word or half its longest text."""
    for i, column in enumerate(table["columns"]):
        texts = [row[i]["text"] for row in table["rows"]]
        longest = max((len(text) for text in texts), default=0)
        word = max(
            (len(word) for text in [*texts, column["title"]] for word in _words(text)), default=0
        )
        text = longest if column["numeric"] else min(longest, 44)
        column["weight"] = max(4, 1.2 * word + 3, text)


def _words(text: str) -> list[str]:
    return text.replace("-", "- ").split(" ")
