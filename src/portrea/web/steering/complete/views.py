"""The complete portrait of a territory, as those who prepare it read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import act
from portrea.web.steering import selectors as portraits
from portrea.web.steering.complete import selectors
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _where(_request: HttpRequest, level: str, code: str, **_: str) -> str:
    return f"{level}:{code}"


@require_safe
@act("portrait.draft", where=_where)
def draft(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the complete portrait as it is today."""
    reference = f"{level}:{code}"
    *above, last = portraits.portrait_trail(reference)
    context = {
        "portrait": selectors.complete_of(reference),
        "trail": [
            *above,
            Crumb(last.label, f"/territoires/{level}/{code}/"),
            Crumb("Portrait complet"),
        ],
        "notes": portraits.portrait_notes(reference),
    }
    return render(request, "steering/complete/draft.html", context)
