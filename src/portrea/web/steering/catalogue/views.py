"""Open data for everybody: the list, a page by dataset and by version, files, the feed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portrea.steering.catalogue import dcat, graph
from portrea.web.steering.catalogue import selectors
from portrea.web.steering.catalogue.beside import beside

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from portrea.steering.catalogue.editions import Edition, File

Answer = TypeVar("Answer", bound="HttpResponseBase")
FOREVER = "public, max-age=31536000, immutable"
FRESH = "public, no-cache"


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the datasets, what each holds and in which forms."""
    rows = selectors.rows()
    context = {
        "rows": [row for row in rows if row.edition],
        "waiting": [row.entry for row in rows if not row.edition],
        "publisher": selectors.publisher(),
        "feeds": list(graph.WRITERS),
    }
    response = render(request, "steering/opendata/catalogue.html", context)
    response["Cache-Control"] = FRESH
    return response


@require_safe
def dataset(request: HttpRequest, slug: str, version: str = selectors.NEWEST) -> HttpResponse:
    """Show a dataset: what it tells, its files, its dictionary, its sources, how to cite it."""
    edition = selectors.edition_found(slug, version)
    if edition.withdrawn:
        return _withdrawn(request, edition)
    site = selectors.site_told()
    versions = selectors.versions_of(slug)
    context = {
        "edition": edition,
        "card": edition.card,
        "downloads": selectors.downloads(edition),
        "history": versions,
        "current": edition.version == next((v.version for v in versions if not v.withdrawn), ""),
        "citation": selectors.citation(site, edition),
        "engines": selectors.for_engines(site, edition),
        "permanent": site.page(edition, edition.version),
        "publisher": selectors.publisher(),
        "beside": list(beside().values()),
    }
    response = render(request, "steering/opendata/dataset.html", context)
    response["Cache-Control"] = FRESH
    return response


@require_safe
def dataset_file(request: HttpRequest, slug: str, version: str, name: str) -> HttpResponseBase:
    """Send a file of a version, or what goes with it."""
    edition = selectors.edition_found(slug, version)
    if edition.withdrawn:
        return _withdrawn(request, edition)
    cache = FRESH if version == selectors.NEWEST else FOREVER
    found = selectors.file_found(edition, name)
    if found is not None:
        return _data(request, edition, found, cache)
    also = beside().get(name)
    if also is None:
        raise Http404(name)
    content = also.write(selectors.site_told(), edition).encode()
    return _given(request, content, also.kind, FRESH)


@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """Send the catalogue as portals harvest it: DCAT-AP in Turtle, JSON-LD or RDF/XML."""
    if form not in graph.WRITERS:
        raise Http404(form)
    kind, write = graph.WRITERS[form]
    told = dcat.catalogue(selectors.site_told(), selectors.newest())
    return _given(request, write(told).encode(), kind, FRESH)


def _data(request: HttpRequest, edition: Edition, found: File, cache: str) -> HttpResponseBase:
    tag = f'"{found.sha256[:32]}"'
    known = get_conditional_response(request, etag=tag)
    response: HttpResponseBase = known or FileResponse(
        edition.path(found.form).open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=dcat.FORMS[found.form].media,
    )
    site = selectors.site_told()
    response["Link"] = f'<{site.file(edition, found)}>; rel="canonical"'
    return _shared(response, tag, cache)


def _given(request: HttpRequest, content: bytes, kind: str, cache: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(
        content, content_type=kind
    )
    return _shared(response, tag, cache)


def _shared(response: Answer, tag: str, cache: str) -> Answer:
    """Let any site read it, and keep it."""
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _withdrawn(request: HttpRequest, edition: Edition) -> HttpResponse:
    context = {"edition": edition}
    return render(request, "steering/opendata/withdrawn.html", context, status=410)
