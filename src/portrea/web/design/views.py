"""Editorial pages: the same whatever the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGES = {
    "mentions-legales": "legal",
    "donnees-personnelles": "privacy",
    "plan-du-site": "sitemap",
    "aide": "help",
}
"""Address → template of ``design/pages``."""

PRIVATE = ("/admin/", "/pres-de-moi/", "/compte/", "/invitation/", "/mot-de-passe/", "/journal")
TRIED = (
    *("/acces/et-si/", "/acces/comparer/", "/acces/essais/"),
    *("/acces/tournees/?", "/acces/tournees/feuille/", "/acces/tournees/tournee."),
)
"""Trials: as many addresses as questions, each computed; a robot would ask for them all."""
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {address}\n" for address in (*PRIVATE, *TRIED))


@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """Show an editorial page."""
    return render(request, f"design/pages/{template}.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what to leave aside, and where the list of addresses is."""
    told = f"{ROBOTS}Sitemap: {request.build_absolute_uri('/sitemap.xml')}\n"
    return HttpResponse(told, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead old browsers to the icon."""
    return HttpResponseRedirect(static("design/icon.svg"))
