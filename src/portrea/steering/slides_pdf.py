"""Slides of a pack (PDF/UA-1, 16:9): the same texts and numbers, a few at a time."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from portrea.steering import pdf
from portrea.steering.document import Section, Sentence
from portrea.steering.typesetting import typeset_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.document import Portrait, Table

MOST_ROWS = 5
"""Rows of a table on one slide."""
MOST_PARAGRAPHS = 3
WHOLE = "comite-"
"""Tables of the meeting are told whole, on several slides; of the others, the first rows."""
COLUMNS = {"priorites-zones": (0, 1, 2, 6, 8)}
"""Columns kept of wide tables; the first five of the others."""
USUAL = (0, 1, 2, 3, 4)
LEFT_OUT = ("methodes", "inconnu", "essais")
MOST_FIGURES = 8


def slides_pdf(pack: Portrait) -> bytes:
    """Return the slides of a pack as a tagged PDF; the same pack gives the same bytes."""
    inputs = {"slides": json.dumps(_content(pack), ensure_ascii=False), "style": pdf.style()}
    return typeset_pdf("slides.typ", inputs, pdf.timestamp(pack.computed_on))


def _content(pack: Portrait) -> dict[str, Any]:
    producers = list(dict.fromkeys(source.citation() for source in pack.sources))
    sources = Section("sources", "Les sources", Sentence(""), paragraphs=tuple(producers))
    told = [section for section in pack.sections if section.id not in LEFT_OUT]
    return {
        "title": pack.full_title,
        "subtitle": pack.subtitle,
        "headline": pack.headline.text,
        "footer": f"{pack.title} · calcul {pack.computation_id[:8]} · détail dans le dossier",
        "figures": [asdict(figure) for figure in pack.key_figures[:MOST_FIGURES]],
        "slides": [slide for section in (*told, sources) for slide in slides(section)],
    }


def slides(section: Section) -> Iterator[dict[str, Any]]:
    """Yield the slides of a chapter: what it says first, then its first table."""
    tables = section.tables[:1]
    parts = [part for table in tables for part in _parts(table)]
    texts = _texts(section)
    lead = section.lead.text
    if not parts or (texts[0] and section.id != "ordre-du-jour"):
        for rank, group in enumerate(texts):
            yield _slide(section.title, "" if rank else lead, group, None)
        lead = ""
    for rank, part in enumerate(parts):
        yield _slide(section.title, "" if rank else lead, (), part)


def _texts(section: Section) -> list[tuple[str, ...]]:
    every = section.paragraphs
    whole = section.id in ("paroles", "sources")
    last = len(every) if whole else min(len(every), MOST_PARAGRAPHS)
    step = 2 * MOST_PARAGRAPHS if section.id == "sources" else MOST_PARAGRAPHS
    return [every[i : min(i + step, last)] for i in range(0, last, step)] or [()]


def _parts(table: Table) -> list[Table]:
    """Return a table as slides show it: some columns, a few rows each time."""
    kept = [i for i in COLUMNS.get(table.id, USUAL) if i < len(table.columns)]
    columns = tuple(table.columns[i] for i in kept)
    rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
    narrow = replace(table, columns=columns, rows=rows, note="")
    if table.id.startswith(WHOLE):
        return [
            replace(narrow, rows=rows[i : i + MOST_ROWS]) for i in range(0, len(rows), MOST_ROWS)
        ]
    left = len(rows) - MOST_ROWS
    plural = "s" if left > 1 else ""
    note = f"{left} autre{plural} ligne{plural} dans le dossier." if left > 0 else ""
    return [replace(narrow, rows=rows[:MOST_ROWS], note=note)]


def _slide(
    title: str, lead: str, paragraphs: tuple[str, ...], table: Table | None
) -> dict[str, Any]:
    shown = None if table is None else asdict(table)
    if shown is not None:
        pdf.share_widths(shown)
    return {"title": title, "lead": lead, "paragraphs": paragraphs, "table": shown}
