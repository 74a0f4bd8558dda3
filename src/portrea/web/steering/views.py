"""The portrait of a territory, its downloads and the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.steering import notes
from portrea.steering.measures import SHOWN, words
from portrea.web.steering import selectors
from portrea.web.steering.editions.selectors import latest_of
from portrea.web.territories import views as territory_views
from portrea.web.territories.caching import etag, published
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "json": "application/json",
}


def put_forward(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a page of a territory: it also changes with the trials put forward there."""
    return published(view, also=lambda level, code, **_: selectors.forward_state(f"{level}:{code}"))


def with_editions(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark the page of a territory: it also changes when an edition is published or withdrawn."""
    return published(view, also=lambda level, code, **_: _page_state(f"{level}:{code}"))


def _page_state(reference: str) -> str:
    edition = latest_of(reference)
    return selectors.forward_state(reference) + (edition.digest[:12] if edition else "")


@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    """Show the portrait of the list ``t``, else the search page."""
    if request.GET.get("t", "").strip():
        return selection(request)
    return territory_views.search(request)


@require_safe
@published
def selection(request: HttpRequest) -> HttpResponse:
    """Show the common portrait of several territories."""
    return _page(request, request.GET["t"].strip())


@require_safe
@with_editions
def portrait(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the portrait of a territory."""
    return _page(request, f"{level}:{code}")


@require_safe
@published
def selection_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send the common portrait of several territories, to be printed or to be edited."""
    return _file(request.GET.get("t", "").strip(), form, "selection")


@require_safe
@put_forward
def portrait_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:  # noqa: ARG001
    """Send the portrait as a document, to be printed or to be edited."""
    return _file(f"{level}:{code}", form, f"{level}-{code}")


@require_safe
@published
def selection_data(request: HttpRequest, kind: str) -> HttpResponse:
    """Send everything shown about several territories."""
    return _data(request.GET.get("t", "").strip(), kind, "selection")


@require_safe
@put_forward
def portrait_data(request: HttpRequest, level: str, code: str, kind: str) -> HttpResponse:  # noqa: ARG001
    """Send everything shown about a territory: CSV, GeoJSON or JSON."""
    return _data(f"{level}:{code}", kind, f"{level}-{code}")


@require_safe
@published
def selection_part(request: HttpRequest, part: str, kind: str) -> HttpResponse:
    """Send the places or the tables of several territories."""
    return _part(request.GET.get("t", "").strip(), (part, kind), "selection")


@require_safe
@put_forward
def portrait_part(
    request: HttpRequest,  # noqa: ARG001
    level: str,
    code: str,
    part: str,
    kind: str,
) -> HttpResponse:
    """Send the places (CSV, GeoJSON) or the tables (CSV) of a territory."""
    return _part(f"{level}:{code}", (part, kind), f"{level}-{code}")


@require_safe
@published
def sources(request: HttpRequest) -> HttpResponse:
    """List every dataset in force with its licence and vintage."""
    return render(request, "steering/sources.html", {"datasets": selectors.datasets()})


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Explain the measures, in the words of the portraits, and list the method notes."""
    context = {"measures": [words(m) for m in SHOWN], "notes": notes.notes()}
    return render(request, "steering/method.html", context)


@require_safe
def note(request: HttpRequest, name: str) -> HttpResponse:
    """Show a method note."""
    found = notes.read_note(name)
    if found is None:
        raise Http404(name)
    trail = [Crumb("Méthode", "/methode/"), Crumb(found.title)]
    return render(request, "steering/note.html", {"note": found, "trail": trail})


@require_safe
@published
def difference(request: HttpRequest) -> HttpResponse:
    """Explain why our counts and a composite index differ."""
    asked = request.GET
    found = selectors.difference(
        asked.get("territoire", "").strip(), asked.get("mesure", "a1"), asked.get("indice", "v1")
    )
    return render(
        request, "steering/difference.html", {"compared": found, "difference": found.shown}
    )


@require_safe
@published
def validation(request: HttpRequest) -> HttpResponse:
    """Show every published figure beside ours."""
    trail = [Crumb("Méthode", "/methode/"), Crumb("Publié contre estimé")]
    context = {"validation": selectors.validation(), "trail": trail}
    return render(request, "steering/validation.html", context)


@require_safe
@published
def validation_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Send the published figures beside ours."""
    return download(selectors.validation_csv(), CONTENT_TYPES["csv"], "portrea-validation.csv")


def _page(request: HttpRequest, reference: str) -> HttpResponse:
    state = _page_state(reference)
    name = "-".join(("portrait", (etag(request) or "").strip('"'), state))
    content = cache.get(name)
    if content is None:
        found = selectors.portrait_of(reference)
        context = {
            "portrait": found,
            "trail": selectors.portrait_trail(reference),
            "notes": selectors.portrait_notes(reference),
            "edition": latest_of(reference),
        }
        content = render(request, "steering/portrait.html", context).content
        cache.set(name, content)
    return HttpResponse(content)


def _file(reference: str, form: str, name: str) -> HttpResponse:
    if form not in selectors.DOCUMENTS:
        raise Http404(form)
    content = selectors.portrait_file(reference, form)
    return download(content, selectors.DOCUMENTS[form], f"portrait-{name}.{form}")


def _data(reference: str, kind: str, name: str) -> HttpResponse:
    if kind not in CONTENT_TYPES:
        raise Http404(kind)
    content = selectors.portrait_data(reference, kind)
    return download(content, CONTENT_TYPES[kind], f"donnees-{name}.{kind}")


def _part(reference: str, asked: tuple[str, str], name: str) -> HttpResponse:
    if asked not in selectors.PARTS:
        raise Http404(asked)
    part, kind = asked
    content = selectors.portrait_part(reference, part, kind)
    return download(content, CONTENT_TYPES[kind], f"{part}-{name}.{kind}")


def download(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    """Send a file to be kept under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
