"""Series of workshops: written as a sentence, seen before they are made, changed later."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.action.models import Series
from portrea.web.action.services import series as services
from portrea.web.action.workshops import forms, selectors, wording
from portrea.web.action.workshops.series_forms import RhythmForm, SeriesForm, series_starting
from portrea.web.action.workshops.views import opens, said, to, tried

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import HttpRequest, HttpResponse


@never_cache
@opens
@act("workshop.run")
def series_new(request: HttpRequest) -> HttpResponse:
    """Write a series; see its days; make its workshops."""
    first = {"every": 3, "window_first": 1, "window_last": 31}
    form = SeriesForm(
        request.POST or None, holders=holders_of(request, "workshop.run"), initial=first
    )
    shared = set(forms.PatternForm.base_fields) - {"title"}
    context: dict[str, Any] = {"form": form, "shared": shared}
    context |= {"days": [], "left_out": [], "rhythm": "", "mark": ""}
    context |= forms.suggestions(selectors.helpers_of(request))
    if request.method == "POST" and form.is_valid():
        context |= _seen(form)
        if _agreed(request, form, "creer", context["mark"]):
            made = tried(form, lambda: _made(request, form))
            if made is not None:
                return to("workshop-series", made.key)
    return render(request, "action/workshops/series_new.html", context)


@never_cache
@require_safe
@act("workshop.run")
def series(request: HttpRequest, key: str) -> HttpResponse:
    """Show a series: its rhythm in a sentence, its workshops, the months it leaves out."""
    found = selectors.series_to_run(request, key)
    context = about(found) | {
        "lines": selectors.lines(found.workshops.order_by("starts", "pk")),
        "left_out": _left_out(found),
    }
    return render(request, "action/workshops/series.html", context)


@never_cache
@opens
@act("workshop.run")
def series_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change the rhythm: see which workshops move, then do it."""
    found = selectors.series_to_run(request, key)
    form = RhythmForm(request.POST or None, initial=series_starting(found))
    context = about(found) | {"form": form, "change": None}
    if request.method == "POST" and form.is_valid():
        seen = tried(form, lambda: _change(found, form))
        context["change"] = seen
        if seen and _agreed(request, form, "changer", seen["mark"]):
            done = tried(form, lambda: services.series_change(
                actor=request, key=key, told=form.told()
            ))  # fmt: skip
            if done is not None:
                messages.success(request, _("La série est changée."))
                return to("workshop-series", key)
    return render(request, "action/workshops/series_edit.html", context)


def about(found: Series) -> dict[str, Any]:
    """Return what every page of a series shows."""
    return {
        "series": found,
        "where": name_of(found.territory),
        "rhythm": wording.say_rhythm(found),
    }


def _made(request: HttpRequest, form: SeriesForm) -> Series:
    where = holder(form.cleaned_data["holder"])
    made = services.series_open(
        actor=request,
        territory=where.territory,
        structure=where.structure,
        told=form.told(),
        pattern=form.pattern(),
    )
    count = made.workshops.count()
    words = ngettext("%(n)d atelier est ouvert.", "%(n)d ateliers sont ouverts.", count)
    messages.success(request, words % {"n": count})
    return made


def _seen(form: SeriesForm) -> dict[str, Any]:
    """Return the days of a series that is not kept yet, or nothing when it cannot be."""
    level, code = key_of(holder(form.cleaned_data["holder"]).territory)
    draft = Series(level=level, code=code, **form.told())
    try:
        days, left_out = services.days_of(draft)
    except PortreaError as error:
        form.add_error(None, said(error))
        return {}
    labelled = [(one, selectors.turn_label(one.turn)) for one in days]
    return {
        "days": labelled,
        "left_out": left_out,
        "rhythm": wording.say_rhythm(draft),
        "mark": _mark(one.day for one in days),
    }


def _change(found: Series, form: RhythmForm) -> dict[str, Any]:
    """Return what a change does, days on the clocks of the places."""
    change = services.change_of(found, form.told())
    moved = [(selectors.when_of(one).day, then.day) for one, then in change.moved]
    added = [one.day for one in change.added]
    dropped = [selectors.when_of(one).day for one in change.dropped]
    return {
        "kept": len(change.kept),
        "moved": moved,
        "added": added,
        "dropped": dropped,
        "left_out": change.left_out,
        "mark": _mark([*chain.from_iterable(moved), *added, *dropped]),
    }


def _mark(days: Iterable[date]) -> str:
    """Return a word that is another one when the days are: what was seen is what is done."""
    told = ",".join(day.isoformat() for day in days)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _agreed(request: HttpRequest, form: Any, step: str, mark: str) -> bool:
    """Tell whether the person asks to do what she saw; say when the days are not those any more."""
    if request.POST.get("faire") != step or form.errors:
        return False
    if request.POST.get("vu") != mark:
        form.add_error(None, _("Les dates ne sont plus celles que vous avez vues : relisez-les."))
        return False
    return True


def _left_out(found: Series) -> list[Any]:
    try:
        return services.days_of(found)[1]
    except PortreaError:
        return []
