"""The page of a territory that compares ways of sharing places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.reach.sharing import sharing_of
from portrea.web.territories.living import living
from portrea.web.territories.selectors import Crumb, trail

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@living
def sharing(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the help each can count on, by the method asked."""
    shown = sharing_of(f"{level}:{code}", request.GET.dict())
    *above, last = trail(shown.selection)
    steps = [*above, Crumb(last.label, f"/territoires/{level}/{code}/")]
    steps += [Crumb("Accès", f"/acces/{level}/{code}/"), Crumb("Façons de compter")]
    return render(request, "reach/sharing.html", {"shown": shown, "trail": steps})
