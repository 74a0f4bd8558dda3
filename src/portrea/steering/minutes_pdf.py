"""Write a portrait in ten minutes: two tagged pages (PDF/UA-1), for an elected person."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from portrea.base.unseen import with_windows_signs
from portrea.steering.display import parameters
from portrea.steering.minutes import in_ten_minutes
from portrea.steering.pdf import share_widths, style, timestamp
from portrea.steering.typesetting import typeset_pdf
from portrea.steering.wording import long_date

if TYPE_CHECKING:
    from portrea.steering.document import Portrait


def minutes_pdf(portrait: Portrait) -> bytes:
    """Return the two pages of a portrait; the same portrait gives the same bytes."""
    told = asdict(in_ten_minutes(portrait))
    most = parameters("editions")["minutes"]["rows"]
    for table in filter(None, (*told["actions"], told["counts"])):
        table["rows"] = table["rows"][:most] if table is told["counts"] else table["rows"]
        share_widths(table)
    told |= {
        "ratio": _ratio(told["map"]["svg"]) if told["map"] else 1,
        "title": portrait.full_title,
        "of": portrait.title,
        "subtitle": portrait.subtitle,
        "computation": portrait.computation_id[:8],
        "day": long_date(portrait.computed_on),
        "legend": portrait.quality_legend,
    }
    content = with_windows_signs(json.dumps(told, ensure_ascii=False))
    inputs = {"told": content, "style": style()}
    return typeset_pdf("minutes.typ", inputs, timestamp(portrait.computed_on))


def _ratio(svg: str) -> float:
    """Return the height of a drawing for a width of one."""
    _, _, width, height = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(height) / float(width)
