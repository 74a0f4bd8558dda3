"""Published editions at their stable addresses: the page, the files, ten minutes, comparison."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portrea.base.errors import ParameterError
from portrea.steering.minutes import in_ten_minutes
from portrea.web.steering.editions import selectors
from portrea.web.steering.views import download
from portrea.web.territories.caching import site_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest

    from portrea.web.steering.models import Edition

    Page = Callable[[], HttpResponse]


@require_safe
def latest(request: HttpRequest, place: str) -> HttpResponse:
    """Show the last edition of a territory, and the list of all."""
    editions = selectors.shelf(place)
    public = selectors.readable(editions)
    if not public:
        return _gone(request, editions[0], [])
    return _page(request, editions, public[0])


@require_safe
def edition(request: HttpRequest, place: str, name: str) -> HttpResponse:
    """Show an edition."""
    editions = selectors.shelf(place)
    one = selectors.edition_named(editions, name)
    return _gone(request, one, editions) if one.withdrawn else _page(request, editions, one)


@require_safe
def edition_file(request: HttpRequest, place: str, name: str, form: str) -> HttpResponse:
    """Send an edition as a file; the JSON is the very text that was frozen."""
    if form not in selectors.FORMS:
        raise Http404(form)
    editions = selectors.shelf(place)
    one = selectors.edition_named(editions, name)
    if one.withdrawn:
        return _gone(request, one, editions)
    file_name = f"portrait-{place}-{name}.{form}"

    def made() -> HttpResponse:
        return download(selectors.file_of(one, form), selectors.FORMS[form], file_name)

    return _conditional(request, _tag(form, [one]), made)


@require_safe
def minutes(request: HttpRequest, place: str, name: str) -> HttpResponse:
    """Show an edition in ten minutes: two pages to print."""
    editions = selectors.shelf(place)
    one = selectors.edition_named(editions, name)
    if one.withdrawn:
        return _gone(request, one, editions)

    def told() -> dict[str, Any]:
        document = selectors.document_of(one)
        return {"edition": one, "portrait": document, "minutes": in_ten_minutes(document)}

    return _shown(request, _tag("minutes", [one]), "steering/editions/minutes.html", told)


@require_safe
def minutes_pdf(request: HttpRequest, place: str, name: str) -> HttpResponse:
    """Send the two pages of an edition as PDF."""
    editions = selectors.shelf(place)
    one = selectors.edition_named(editions, name)
    if one.withdrawn:
        return _gone(request, one, editions)
    file_name = f"dix-minutes-{place}-{name}.pdf"

    def made() -> HttpResponse:
        return download(selectors.minutes_of(one), selectors.FORMS["pdf"], file_name)

    return _conditional(request, _tag("minutes-pdf", [one]), made)


@require_safe
def compare(request: HttpRequest, place: str) -> HttpResponse:
    """Say what changed between two editions, the last two unless others are asked for."""
    editions = selectors.readable(selectors.shelf(place))
    if not editions:
        raise Http404(place)
    before, after = _asked(request, editions)

    def told() -> dict[str, Any]:
        return {
            "editions": editions,
            "before": before,
            "after": after,
            "portrait": selectors.document_of(after),
            "section": selectors.changes_of(before, after),
        }

    tag = _tag("comparer", [before, after, *editions])
    return _shown(request, tag, "steering/editions/compare.html", told)


def _asked(request: HttpRequest, editions: list[Edition]) -> tuple[Edition, Edition]:
    names = [one.name for one in editions]
    found = []
    for key, rank in (("de", 1), ("a", 0)):
        name = request.GET.get(key, "").strip() or names[min(rank, len(names) - 1)]
        if name not in names:
            raise ParameterError(
                f"L’édition « {name[:40]} » n’existe pas, ou n’est pas publiée.",
                remedy=f"Éditions publiées : {', '.join(names)}.",
            )
        found.append(editions[names.index(name)])
    return found[0], found[1]


def _page(request: HttpRequest, editions: Sequence[Edition], one: Edition) -> HttpResponse:
    def told() -> dict[str, Any]:
        return selectors.told_page(one, editions)

    tag = _tag(request.path, [one, *editions])
    return _shown(request, tag, "steering/editions/edition.html", told)


def _gone(request: HttpRequest, one: Edition, editions: Sequence[Edition]) -> HttpResponse:
    """Say that an edition was withdrawn, and why."""
    context = {"edition": one, "editions": selectors.readable(editions)}
    return render(request, "steering/editions/gone.html", context, status=410)


def _tag(kind: str, editions: Sequence[Edition]) -> str:
    """Name what a page depends on: the frozen documents, where each stands, the site."""
    told = [kind, site_digest()]
    told += [f"{one.pk} {one.digest} {one.published} {one.withdrawn}" for one in editions]
    return f'"{hashlib.sha256(" ".join(told).encode()).hexdigest()[:32]}"'


def _shown(
    request: HttpRequest, tag: str, template: str, told: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Show a page that never changes while its tag does not."""

    def made() -> HttpResponse:
        content = cache.get(f"edition-{tag}")
        if content is None:
            content = render(request, template, told()).content
            cache.set(f"edition-{tag}", content)
        return HttpResponse(content)

    return _conditional(request, tag, made)


def _conditional(request: HttpRequest, tag: str, made: Page) -> HttpResponse:
    """Answer « not modified » to those who have it.

    They ask again each time, so that a withdrawal is obeyed at once.
    """
    answer = get_conditional_response(request, etag=tag) or made()
    answer["ETag"] = tag
    answer["Cache-Control"] = "public, no-cache"
    return answer  # type: ignore[return-value]
