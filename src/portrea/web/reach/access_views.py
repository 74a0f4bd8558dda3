"""The page of access of a territory: every need at once, then one of them in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.steering.measures import words
from portrea.steering.reach_methods import groups
from portrea.web.reach import choices, detail
from portrea.web.reach.asked import Asked
from portrea.web.territories.living import living
from portrea.web.territories.selectors import Crumb, trail

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@living
def access(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show how far help is, for whom, and how sure that is."""
    pairs = [(n, v) for n, v in parse_qsl(request.GET.urlencode()) if n in detail.CHOSEN]
    asked = Asked.of([("t", f"{level}:{code}"), *pairs])
    shown = detail.access_of(asked)
    *above, last = trail(shown.selection)
    context = {
        "shown": shown,
        "page": shown.page,
        "asked": asked,
        "choices": choices.choices_of(asked) if shown.page else None,
        "assumed": choices.assumptions(asked),
        "measure": words(shown.page.measure) if shown.page else None,
        "trail": [*above, Crumb(last.label, f"/territoires/{level}/{code}/"), Crumb("Accès")],
    }
    return render(request, "reach/access.html", context)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Explain in plain words how access, « Et si ? », priorities and rounds are worked out."""
    above = [Crumb("Méthode", "/methode/"), END]
    return render(request, "reach/method.html", {"trail": above, "groups": groups()})


END = Crumb("L’accès, en mots simples")
