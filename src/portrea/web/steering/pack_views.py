"""The pack of the comité de pilotage: a page to read, files to carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.steering import pack_selectors, selectors
from portrea.web.steering.views import download
from portrea.web.territories.caching import published
from portrea.web.territories.living import living
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def of_territory(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a pack of one territory: it changes with the places and the trials put forward."""
    return published(view, also=lambda level, code, **_: pack_selectors.state_of(f"{level}:{code}"))


@require_safe
@of_territory
def pack(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the pack of a territory."""
    return _page(request, f"{level}:{code}")


@require_safe
@living
def selection_pack(request: HttpRequest) -> HttpResponse:
    """Show the common pack of several territories."""
    reference = request.GET.get("t", "").strip()
    return _page(request, reference) if reference else HttpResponseRedirect("/territoires/")


@require_safe
@of_territory
def pack_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:  # noqa: ARG001
    """Send the pack of a territory as a file."""
    return _file(f"{level}:{code}", form, f"{level}-{code}")


@require_safe
@living
def selection_pack_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send the common pack of several territories as a file."""
    return _file(request.GET.get("t", "").strip(), form, "selection")


def _page(request: HttpRequest, reference: str) -> HttpResponse:
    found = pack_selectors.pack_of(reference)
    *above, last = selectors.portrait_trail(reference)
    portrait = Crumb(last.label, last.url or request.path.removesuffix("dossier/"))
    context = {
        "pack": found,
        "trail": [*above, portrait, Crumb("Dossier du comité")],
        "notes": selectors.portrait_notes(reference),
    }
    return render(request, "steering/pack.html", context)


def _file(reference: str, form: str, name: str) -> HttpResponse:
    if form not in pack_selectors.FORMS:
        raise Http404(form)
    content = pack_selectors.pack_file(reference, form)
    return download(content, pack_selectors.FORMS[form], f"dossier-{name}.{form}")
