"""What a first visit costs, in bytes; server time is measured by ``benchmarks/web.py``."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import brotli

from web.pages import EPCI

if TYPE_CHECKING:
    from django.test import Client

STATIC = Path(__file__).resolve().parents[2] / "src/portrea/web/design/static/design"
MOST_STYLE = 12_000
MOST_FIRST_VISIT = 60_000


def test_style_is_small() -> None:
    css = (STATIC / "portrea.css").read_bytes()
    assert len(gzip.compress(css, 9)) <= MOST_STYLE
    assert len(brotli.compress(css)) <= MOST_STYLE


def test_first_visit_is_light(site: Client) -> None:
    page = site.get(EPCI, headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    css = gzip.compress((STATIC / "portrea.css").read_bytes(), 9)
    font = (STATIC / "fonts/titres-700.woff2").read_bytes()
    icon = (STATIC / "icon.svg").read_bytes()
    assert b"<script" not in gzip.decompress(page.content)
    total = sum(map(len, (page.content, css, font, icon)))
    assert total <= MOST_FIRST_VISIT, total
