"""Means of a territory: the year, an action and its lines, a table to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.steering.means_reading import COLUMNS
from portrea.steering.means_sections import means_section
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.steering.committee.pages import asked, back_to, done, opens, tried
from portrea.web.steering.indicators.views import LEVELS, where
from portrea.web.steering.means import selectors
from portrea.web.steering.means.files import lines_of, model
from portrea.web.steering.means.forms import ActionForm, ImportForm, LineForm
from portrea.web.steering.services import means as services
from portrea.web.steering.views import download
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.steering.models import FundedAction


@never_cache
@require_safe
@act("means.read", where=where)
def means(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show what each action takes in a year, and its cost by person helped."""
    territory = _territory(level, code)
    told = request.GET.get("annee", "")
    years = selectors.years_of(territory)
    year = int(told) if told.isdecimal() and int(told) in years else today_in(territory).year
    context = {
        "where": name_of(territory), "level": level, "code": code, "year": year, "years": years,
        "section": means_section(selectors.means_of(territory, year), year),
        "actions": selectors.actions_of(territory),
        "edits": may(request, "means.edit", territory),
        "drafts": may(request, "portrait.draft", territory),
        "reads": may(request, "indicator.read", territory),
    }  # fmt: skip
    return render(request, "steering/means/means.html", context)


@never_cache
@opens
@act("means.edit", where=where)
def action_new(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Describe an action."""
    return _described(request, _territory(level, code), None)


@never_cache
@opens
@act("means.edit", where=where)
def action_edit(request: HttpRequest, level: str, code: str, key: int) -> HttpResponse:
    """Change what is said of an action."""
    return _described(request, _territory(level, code), _action(level, code, key))


@never_cache
@opens
@act("means.edit", where=where)
def action(request: HttpRequest, level: str, code: str, key: int) -> HttpResponse:
    """Show the lines of an action; add one."""
    found = _action(level, code, key)
    form = LineForm(request.POST or None, initial={"year": today_in(found.territory).year})

    def save(told: dict[str, Any]) -> Any:
        return services.line_add(actor=request, action=found, told=told)

    if done(request, form, save):
        return back_to(request, request.path)
    context = {"action": found, "form": form, "where": name_of(found.territory), "level": level,
               "code": code}  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "steering/means/action.html", context, status=status)


@require_POST
@act("means.edit", where=where)
def line_remove(request: HttpRequest, level: str, code: str, key: int, line: int) -> HttpResponse:
    """Remove a line of an action."""
    found = _action(level, code, key)
    back = reverse("means-action", args=[level, code, key])
    return tried(
        request, lambda: services.line_remove(actor=request, action=found, line=line), back
    )


@require_POST
@act("means.edit", where=where)
def action_remove(request: HttpRequest, level: str, code: str, key: int) -> HttpResponse:
    """Remove an action and its lines."""
    found = _action(level, code, key)
    back = reverse("means", args=[level, code])
    return tried(request, lambda: services.action_remove(actor=request, action=found), back)


@never_cache
@opens
@act("means.edit", where=where)
def means_import(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Import a table, whole or not at all."""
    territory = _territory(level, code)
    form = ImportForm(request.POST or None, request.FILES or None)

    def save(told: dict[str, Any]) -> tuple[int]:
        lines = lines_of(told["file"])
        return (services.means_import(actor=request, territory=territory, lines=lines),)

    if added := done(request, form, save):
        number = added[0]
        said = ngettext("%d ligne ajoutée.", "%d lignes ajoutées.", number) % number
        return back_to(request, reverse("means", args=[level, code]), said)
    context = {"form": form, "where": name_of(territory), "level": level, "code": code,
               "columns": COLUMNS}  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "steering/means/import.html", context, status=status)


@require_safe
@act("means.edit", where=where)
def means_model(request: HttpRequest, level: str, code: str) -> HttpResponse:  # noqa: ARG001
    """Send a table to fill in, with three lines to be replaced."""
    return download(model(), "text/csv; charset=utf-8", "modele-moyens.csv")


def _described(request: HttpRequest, territory: str, found: FundedAction | None) -> HttpResponse:
    level, _sep, code = territory.partition(":")
    initial = {"title": found.title, "kind": found.kind, "counted": found.counted,
               "series": found.series_id or ""} if found else {}  # fmt: skip
    series = selectors.series_of(territory)
    form = ActionForm(request.POST or None, initial=initial, series=series)

    def save(told: dict[str, Any]) -> FundedAction:
        return services.action_describe(actor=request, territory=territory, told=told, action=found)

    if made := done(request, form, save):
        return back_to(request, reverse("means-action", args=[level, code, made.pk]))
    heading = _("Changer l’action") if found else _("Décrire une action")
    back = reverse("means", args=[level, code])
    return asked(request, form, heading=heading, lede="", button=_("Enregistrer"), back=back)


def _territory(level: str, code: str) -> str:
    if level not in LEVELS:
        raise Http404(level)
    territory_find(f"{level}:{code}")
    return f"{level}:{code}"


def _action(level: str, code: str, key: int) -> FundedAction:
    found = selectors.action_of(f"{level}:{code}", key)
    if found is None:
        raise Http404(key)
    return found
