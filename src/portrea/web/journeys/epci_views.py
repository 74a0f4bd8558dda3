"""The first page for an intercommunality: one link for each of its communes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def communes(request: HttpRequest, code: str) -> HttpResponse:
    """List the communes of an EPCI, each a link to the next question."""
    epci = territory_find(f"epci:{code}").territories[0]
    rows = reader().members("commune", "epci", epci.code)
    address = reverse("orientation")
    links = sorted((row["name"], f"{address}?commune={row['code']}") for row in rows)
    return render(request, "journeys/epci.html", {"epci": epci, "links": links})
