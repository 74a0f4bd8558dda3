"""The addresses worth finding, for search engines: one file, or an index above fifty thousand."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from portrea.vocab.languages import LANGUAGES, SOURCE
from portrea.web.design.views import PAGES
from portrea.web.offer.models import Place
from portrea.web.offer.reading import last_change
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.steering.editions.selectors import editions_published
from portrea.web.territories.caching import last_modified, site_digest
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from django.http import HttpRequest

MOST = 50_000
"""Addresses of one file (sitemaps.org)."""
LEVELS = ("france", "region", "departement", "epci", "commune")
FIXED = (
    *("/", "/carte/", "/lieux/", "/acces/", "/acces/methode/", "/methode/", "/sources/"),
    *("/comparer/", "/integrer/", "/donnees/"),
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True, slots=True)
class Address:
    """One page: its address without the site, and the day it last changed."""

    path: str
    changed: date | None = None


@require_safe
def sitemap(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Send every address, or the index of the files that do, or one of them."""
    root = request.build_absolute_uri("/").rstrip("/")
    editions = [*editions_published()]
    state = f"{reader().computation_id} {last_change()} {site_digest()} {root} {editions}"
    key = hashlib.sha256(state.encode()).hexdigest()[:20]
    pages = cache.get_or_set(f"sitemap-{key}", lambda: pack(root, request))
    if number is not None and not 1 <= number < len(pages):
        raise Http404(number)
    return _sent(request, pages[number or 0], f'"{key}-{number or 0}"')


def pack(root: str, request: HttpRequest) -> list[bytes]:
    """Return the compressed files: the first one alone, or the index followed by its parts."""
    every = list(addresses(last_modified(request)))
    if len(every) <= MOST:
        return [_packed(urlset(every, root))]
    parts = [every[start : start + MOST] for start in range(0, len(every), MOST)]
    return [_packed(index(parts, root)), *(_packed(urlset(part, root)) for part in parts)]


def addresses(computed: datetime | None) -> Iterator[Address]:
    """Yield the public pages: those of the site, orientation, portraits, editions, places."""
    day = computed.date() if computed else None
    for path in (*FIXED, *(f"/{url}/" for url in PAGES)):
        yield Address(path)
    for language in LANGUAGES:
        for path in ("/orientation/", "/droits/"):
            yield Address(path if language == SOURCE else f"/{language}{path}")
    table = reader().gazetteer.table
    for level in LEVELS:
        for code in sorted(table.filter(table["level"] == level)["code"].to_list()):
            yield Address(f"/territoires/{level}/{code}/", day)
    for path, published in editions_published():
        yield Address(path, published)
    if census_origin() == CENSUS:
        told = Place.objects.filter(status=Place.Status.OPEN).order_by("pk")
        for key, changed in told.values_list("pk", "changed").iterator(5000):
            yield Address(_place(key), changed.date())
    else:
        for key in sorted(reader().computation.table("places")["id"].to_list()):
            yield Address(_place(key), day)


def _place(key: str) -> str:
    return f"/lieux/{quote(key)}/"


def urlset(every: list[Address], root: str) -> str:
    """Return a file of addresses."""
    lines = "".join(f"<url>{_line(root, one)}</url>\n" for one in every)
    return f"{HEAD}<urlset {SPACE}>\n{lines}</urlset>\n"


def index(parts: list[list[Address]], root: str) -> str:
    """Return the index of several files."""
    lines = "".join(
        f"<sitemap>{_line(root, Address(f'/sitemap-{rank}.xml', _newest(part)))}</sitemap>\n"
        for rank, part in enumerate(parts, 1)
    )
    return f"{HEAD}<sitemapindex {SPACE}>\n{lines}</sitemapindex>\n"


def _newest(part: list[Address]) -> date | None:
    return max((one.changed for one in part if one.changed), default=None)


def _line(root: str, one: Address) -> str:
    changed = f"<lastmod>{one.changed.isoformat()}</lastmod>" if one.changed else ""
    return f"<loc>{escape(root + one.path)}</loc>{changed}"


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), 6, mtime=0)


def _sent(request: HttpRequest, packed: bytes, tag: str) -> HttpResponse:
    """Send what was compressed once as it is, to those that read it so."""
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(packed))
    response["Content-Type"] = "application/xml; charset=utf-8"
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=3600"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
