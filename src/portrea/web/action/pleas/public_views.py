"""Proposals as everyone follows them, and as the administration answers them without account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.action.pleas import forms, selectors
from portrea.web.action.services import pleas as services

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 30
RATE = "20/h"


@require_safe
def pleas_public(request: HttpRequest) -> HttpResponse:
    """List what was asked of administrations, and what came of it."""
    page = Paginator(selectors.public_pleas(), PAGE).get_page(request.GET.get("page"))
    rows = [(selectors.line(one), name_of(one.territory)) for one in page]
    return render(request, "action/pleas/public_list.html", {"page": page, "rows": rows})


@require_safe
def plea_public(request: HttpRequest, key: str) -> HttpResponse:
    """Show one: its facts, where it stands, its answer, what changed."""
    found = selectors.public_plea(key)
    context = {
        "plea": found,
        "line": selectors.line(found),
        "where": name_of(found.territory),
        "story": selectors.story(found),
        "compared": selectors.dated(found.compared),
        "quotes": found.evidence.splitlines(),
        "facts": selectors.dated(found.facts),
    }
    return render(request, "action/pleas/public.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("plea.answer")
def plea_answer(request: HttpRequest, answer_key: str) -> HttpResponse:
    """Let the administration answer with the link of its letter."""
    found = selectors.plea_to_answer(answer_key)
    if found is None:
        raise Http404(answer_key)
    form = forms.AnswerForm(
        request.POST or None,
        events=selectors.possible(found),
        today=today_in(found.territory),
    )
    if request.method == "POST" and _allowed(request, form, answer_key) and form.is_valid():
        try:
            services.plea_answer(actor=request, answer_key=answer_key, **form.cleaned_data)
        except PortreaError as error:
            form.add_error(None, forms.said(error))
        else:
            messages.success(request, _("Merci : votre réponse est enregistrée."))
            return HttpResponseRedirect(reverse("plea-answer", args=[answer_key]))
    return render(request, "action/pleas/answer.html", _asked(found, form))


def _asked(found: Any, form: forms.AnswerForm) -> dict[str, object]:
    return {
        "plea": found,
        "line": selectors.line(found),
        "where": name_of(found.territory),
        "sentences": found.facts.get("sentences", []),
        "quotes": found.evidence.splitlines(),
        "form": form if form.fields["event"].choices else None,  # type: ignore[attr-defined]
        "trap": TRAP,
    }


def _allowed(request: HttpRequest, form: forms.AnswerForm, answer_key: str) -> bool:
    """Whether this answer may be taken now: not a robot, not too often; what is typed stays."""
    if request.POST.get(TRAP):
        form.add_error(None, _("Laissez vide le champ caché, puis envoyez de nouveau."))
        return False
    if not throttle(f"proposition:{answer_key}:{visitor(request)}", RATE):
        form.add_error(None, _("Trop d’essais en une heure : réessayez plus tard."))
        return False
    return True
