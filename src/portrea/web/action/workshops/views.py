"""Workshops before their day: the list, one of them, its contacts, its equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.action.services import workshops as services
from portrea.web.action.workshops import forms, selectors, wording
from portrea.web.action.workshops.clash_selectors import clashes_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portrea.web.action.models import Workshop

opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("workshop.run")
def workshops(request: HttpRequest) -> HttpResponse:
    """List the workshops to come, or those that are over, and the series."""
    past = request.GET.get("quand") == "passes"
    context = {
        "lines": selectors.lines_of(request, past=past),
        "past": past,
        "series": [
            (one, name_of(one.territory), wording.say_rhythm(one))
            for one in selectors.series_of(request)
        ],
    }
    return render(request, "action/workshops/list.html", context)


@never_cache
@opens
@act("workshop.run")
def workshop_new(request: HttpRequest) -> HttpResponse:
    """Open one workshop."""
    form = forms.NewWorkshopForm(request.POST or None, holders=holders_of(request, "workshop.run"))
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        where = holder(told.pop("holder"))
        made = tried(form, lambda: services.workshop_open(
            actor=request, territory=where.territory, structure=where.structure, told=told
        ))  # fmt: skip
        if made is not None:
            return saved(request, made, _("L’atelier est ouvert. Voici ce qu’il reste à préparer."))
    context = {"form": form} | forms.suggestions(selectors.helpers_of(request))
    return render(request, "action/workshops/new.html", context)


@never_cache
@require_safe
@act("workshop.run")
def workshop(request: HttpRequest, key: str) -> HttpResponse:
    """Show a workshop: what is ready, what is not, what clashes."""
    found = selectors.workshop_to_run(request, key)
    (line,) = selectors.lines_of_one(found)
    context = about(found) | {
        "line": line,
        "themes": selectors.themes_of(found),
        "clashes": clashes_with(found) if found.is_planned else (),
        "next": selectors.contacts_to_make(found),
        "today": today_in(found.territory),
        "unheld": selectors.unheld(found),
        "turn": selectors.turn_label(found.turn),
        "area": name_of(found.area) if found.area else "",
    }
    return render(request, "action/workshops/show.html", context)


@never_cache
@opens
@act("workshop.run")
def workshop_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a workshop; what is due before it moves with it."""
    found = selectors.workshop_to_run(request, key)
    form = forms.WorkshopForm(
        request.POST or None,
        communes=selectors.communes_of(found.level, found.code),
        places=selectors.places_of(found),
        initial=forms.starting(found),
    )
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: services.workshop_change(
            actor=request, key=key, told=form.cleaned_data
        ))  # fmt: skip
        if done is not None:
            if more := selectors.too_many(done):
                told = _("Il manque %(n)d place(s) : ces personnes sont inscrites, prévenez-les.")
                messages.warning(request, told % {"n": more})
            return saved(request, done, _("C’est enregistré."))
    context = about(found) | {"form": form} | forms.suggestions(selectors.helpers_for(found))
    return render(request, "action/workshops/edit.html", context)


@require_POST
@act("workshop.run")
def workshop_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Cancel a workshop, or plan it again."""
    cancelled = request.POST.get("annuler") != "non"
    try:
        services.workshop_cancel(actor=request, key=key, cancelled=cancelled)
    except PortreaError as error:
        messages.warning(request, said(error))
    return to("workshop", key)


@never_cache
@opens
@act("workshop.run")
def workshop_contacts(request: HttpRequest, key: str) -> HttpResponse:
    """Follow the contacts to make: who, why, where it stands, by when."""
    found = selectors.workshop_to_run(request, key)
    names = ("who", "why", "state", "due", "note")
    first = [{name: getattr(one, name) for name in names} for one in found.contacts.all()]
    rows = forms.Contacts(request.POST or None, initial=first, prefix="contact")
    if request.method == "POST" and rows.is_valid():
        done = tried(rows, lambda: services.contacts_save(
            actor=request, key=key, rows=forms.rows(rows, "who")
        ))  # fmt: skip
        if done is not None:
            messages.success(request, _("Les contacts sont enregistrés."))
            return to("workshop-contacts", key)
    context = about(found) | {"rows": rows, "today": today_in(found.territory)}
    return render(request, "action/workshops/contacts.html", context)


@never_cache
@opens
@act("workshop.run")
def workshop_equipment(request: HttpRequest, key: str) -> HttpResponse:
    """Write the list of equipment, ready or not."""
    found = selectors.workshop_to_run(request, key)
    rows = forms.Things(request.POST or None, initial=found.equipment, prefix="materiel")
    if request.method == "POST" and rows.is_valid():
        done = tried(rows, lambda: services.equipment_save(
            actor=request, key=key, rows=forms.rows(rows, "what")
        ))  # fmt: skip
        if done is not None:
            return saved(request, done, _("Le matériel est enregistré."), "workshop-equipment")
    return render(request, "action/workshops/equipment.html", about(found) | {"rows": rows})


def about(found: Workshop) -> dict[str, Any]:
    """Return what every page of a workshop shows."""
    return {
        "workshop": found,
        "when": wording.say_when(found),
        "where": selectors.where_of(found),
        "held": found.is_held,
        "cancelled": found.is_cancelled,
    }


def tried(form: Any, do: Callable[[], Any]) -> Any:
    """Return what an act gives; ``None`` when it is refused, the form then says why."""
    try:
        return do()
    except PortreaError as error:
        if hasattr(form, "add_error"):
            form.add_error(None, said(error))
        else:
            form.non_form_errors().append(said(error))
        return None


def said(error: PortreaError) -> str:
    """Return a refusal and how to mend it."""
    return f"{error.message} {error.remedy or ''}".strip()


def saved(
    request: HttpRequest, found: Workshop, words: str, name: str = "workshop"
) -> HttpResponseRedirect:
    """Say that it is written, and what clashes since."""
    messages.success(request, words)
    for clash in clashes_with(found):
        messages.warning(request, clash)
    return to(name, found.key)


def to(name: str, key: str) -> HttpResponseRedirect:
    """Go to a page of a workshop or of a series."""
    return HttpResponseRedirect(reverse(name, kwargs={"key": key}))
