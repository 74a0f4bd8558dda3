"""Difficulties told in a minute; listed, read again, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.difficulties import words
from portrea.base.errors import PortreaError
from portrea.surveys.privacy import findings
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import choice_of, holder, holders_of
from portrea.web.accounts.permissions import act, may, may_somewhere, require
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.difficulties import forms, selectors
from portrea.web.action.difficulties.catalogue import procedures
from portrea.web.action.services import difficulties as services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

PAGE = 50
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("difficulty.read")
def difficulty_list(request: HttpRequest) -> HttpResponse:
    """List the difficulties that the person may read, narrowed by the address."""
    holders = holders_of(request, selectors.READ)
    asked = selectors.Filter.of(request.GET.dict(), dict(holders))
    rows = selectors.difficulties_listed(request, asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if name != "page" and value}
    met = selectors.procedures_met(request)
    context = {
        "page": page,
        "rows": [selectors.line(one) for one in page],
        "asked": asked,
        "query": urlencode(kept),
        "met": met,
        "bodies": sorted({one.body for one in met}),
        "codes": words()["codes"].items(),
        "holders": holders,
        "writes": may_somewhere(request, selectors.TELL),
        "edits": may_somewhere(request, "procedure.edit"),
    }
    return render(request, "action/difficulties/list.html", context)


@never_cache
@opens
@act("difficulty.tell")
def difficulty_new(request: HttpRequest) -> HttpResponse:
    """Tell a difficulty; a picture is then looked at before it is kept."""
    holders = holders_of(request, selectors.TELL)
    first = _defaults(request, holders)
    where = holder(first.get("holder", "")).territory
    form = forms.ToldForm(
        request.POST or None,
        request.FILES or None,
        holders=holders,
        among=list(procedures([where] if where else [])),
        today=today_in(where),
        initial=first,
    )
    if request.method == "POST" and form.is_valid():
        done = _told(request, form)
        if done is not None:
            return done
    context = {"form": form, "procedures": [str(one) for one in form.among.values()]}
    return render(request, "action/difficulties/new.html", context)


@never_cache
@opens
@act("difficulty.read")
def difficulty(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read a difficulty; its words are read again here by those who may."""
    found = selectors.difficulty_to_show(request, uuid)
    writes = may(request, selectors.TELL, found.territory, structure=found.structure)
    if request.method == "POST":
        require(request, selectors.TELL, found.territory, structure=found.structure)
    form = forms.ReviewForm(request.POST or None, initial={"words": found.words})
    if request.method == "POST" and form.is_valid():
        try:
            services.difficulty_review(actor=request, uuid=uuid, words=form.cleaned_data["words"])
        except PortreaError as error:
            form.add_error("words", forms.said(error))
        else:
            messages.success(request, _("Le texte est relu."))
            return HttpResponseRedirect(reverse("difficulty-list") + "?a-relire=1")
    context = {"row": selectors.line(found), "form": form if writes else None, "writes": writes}
    return render(request, "action/difficulties/one.html", context)


@require_POST
@act("difficulty.tell")
def difficulty_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take away a difficulty told by mistake."""
    services.difficulty_remove(actor=request, uuid=uuid)
    messages.success(request, _("La difficulté est retirée."))
    return HttpResponseRedirect(reverse("difficulty-list"))


def _defaults(request: HttpRequest, holders: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what the form knows already: where and for whom one told the last time."""
    place, territory, structure = selectors.last_place(request)
    usual = choice_of(territory, structure)
    known = dict(holders)
    chosen = request.POST.get("holder", usual)
    first = chosen if chosen in known else next(iter(known), "")
    held = holder(first).structure
    return {"holder": first, "place": place or (name_of_structure(held) if held else "")}


def _told(request: HttpRequest, form: forms.ToldForm) -> HttpResponse | None:
    """Keep a difficulty and say what was taken out; the picture, if any, is looked at next."""
    told = form.cleaned_data
    names = ("uuid", "day", "procedure", "codes", "severity", "place", "words", "picture")
    try:
        made = services.difficulty_tell(
            actor=request,
            **holder(told["holder"])._asdict(),
            **{name: told[name] for name in names},
        )
    except PortreaError as error:
        form.add_error(None, forms.said(error))
        return None
    removed = dict.fromkeys(one.label for one in findings(told["words"]) if one.identifies)
    messages.success(request, _("C’est noté. Merci."))
    if removed:
        messages.info(request, _("Retiré de votre texte : %s.") % ", ".join(removed))
    waits = made.picture and made.picture_checked is None
    name = "difficulty-picture" if waits else "difficulty"
    return HttpResponseRedirect(reverse(name, args=[made.uuid]))
