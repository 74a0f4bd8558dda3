"""The board of a démarche: its stages and tasks, its day, its roles, its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.surveys.days import forms, selectors
from portrea.web.surveys.days.calendar import calendar_of
from portrea.web.surveys.services import days as services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portrea.web.surveys.models import Day

opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@opens
@act("day.run")
def days(request: HttpRequest) -> HttpResponse:
    """List the démarches of the person's territories; open one."""
    territories = choices_of(request, "day.run")
    form = forms.NewDayForm(request.POST or None, territories=territories)
    if request.method == "POST" and form.is_valid():
        made = services.day_open(actor=request, **form.cleaned_data)
        return _to("day", made.key)
    rows = [(day, name_of(day.territory)) for day in selectors.days_of(request)]
    return render(request, "surveys/days/list.html", {"rows": rows, "form": form})


@never_cache
@require_safe
@act("day.run")
def day(request: HttpRequest, key: str) -> HttpResponse:
    """Show what comes next, then the six stages."""
    found = day_to_show(request, key)
    context = about(found) | {
        "next": selectors.next_of(found),
        "stages": selectors.stages_of(found),
        "form": forms.TaskForm(),
    }
    return render(request, "surveys/days/day.html", context)


@never_cache
@opens
@act("day.run")
def day_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change the name, the date, the place."""
    found = day_to_show(request, key)
    form = forms.DayForm(request.POST or None, initial=forms.starting(found))
    if request.method == "POST" and form.is_valid():
        services.day_change(actor=request, key=key, told=form.cleaned_data)
        messages.success(request, _("C’est noté. Ce qui n’est pas fait a suivi la date."))
        return _to("day", key)
    return render(request, "surveys/days/edit.html", about(found) | {"form": form})


@never_cache
@opens
@act("day.run")
def task(request: HttpRequest, key: str, task: int = 0) -> HttpResponse:
    """Write a task, or a new one."""
    found = day_to_show(request, key)
    row = selectors.task_of(found, task) if task else None
    if task and row is None:
        raise Http404(task)
    first = {name: getattr(row, name) for name in forms.TaskForm.base_fields} if row else None
    form = forms.TaskForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.task_save(actor=request, key=key, task=task or None, told=form.cleaned_data)
        return _to("day", key)
    context = about(found) | {"form": form, "task": row}
    return render(request, "surveys/days/task.html", context)


@require_POST
@act("day.run")
def task_done(request: HttpRequest, key: str, task: int) -> HttpResponse:
    """Tick a task, or untick it."""
    done = request.POST.get("fait") != "non"
    return _done(request, key, lambda: services.task_tick(
        actor=request, key=key, task=task, done=done
    ))  # fmt: skip


@require_POST
@act("day.run")
def task_remove(request: HttpRequest, key: str, task: int) -> HttpResponse:
    """Take a task away."""
    return _done(request, key, lambda: services.task_drop(actor=request, key=key, task=task))


@never_cache
@opens
@act("day.run")
def day_agenda(request: HttpRequest, key: str) -> HttpResponse:
    """Write the agenda of the day."""
    found = day_to_show(request, key)
    rows = forms.Agenda(request.POST or None, initial=found.agenda, prefix="partie")
    if request.method == "POST" and rows.is_valid():
        parts = [one for one in rows.cleaned_data if one.get("what") and one.get("minutes")]
        services.agenda_save(actor=request, key=key, parts=parts)
        messages.success(request, _("L’ordre du jour est enregistré."))
        return _to("day-agenda", key)
    context = about(found) | {
        "rows": rows,
        "agenda": selectors.agenda_of(found),
        "ends": selectors.ends_of(found),
    }
    return render(request, "surveys/days/agenda.html", context)


@never_cache
@opens
@act("day.run")
def day_seats(request: HttpRequest, key: str) -> HttpResponse:
    """Say who does what that day."""
    found = day_to_show(request, key)
    first = [_seat(one) for one in found.seats.all()]
    rows = forms.Seats(request.POST or None, initial=first, prefix="role")
    if request.method == "POST" and rows.is_valid():
        seats = [one for one in rows.cleaned_data if one.get("who") or one.get("table")]
        services.seats_save(actor=request, key=key, seats=seats)
        messages.success(request, _("Les rôles sont enregistrés."))
        return _to("day-seats", key)
    return render(request, "surveys/days/seats.html", about(found) | {"rows": rows})


@never_cache
@opens
@act("day.run")
def day_surveys(request: HttpRequest, key: str) -> HttpResponse:
    """Say which surveys are answered that day."""
    found = day_to_show(request, key)
    asked = selectors.surveys_of(request, found)
    first = {"surveys": list(found.surveys.values_list("key", flat=True))}
    form = forms.SurveysForm(request.POST or None, surveys=asked, initial=first)
    if request.method == "POST" and form.is_valid():
        services.day_ask(actor=request, key=key, surveys=form.chosen())
        return _to("day", key)
    return render(request, "surveys/days/surveys.html", about(found) | {"form": form})


@require_POST
@act("day.run")
def day_end(request: HttpRequest, key: str) -> HttpResponse:
    """Close the day, or open it again."""
    closed = request.POST.get("close") != "non"
    return _done(request, key, lambda: services.day_close(actor=request, key=key, closed=closed))


@require_safe
@act("day.run")
def day_dates(request: HttpRequest, key: str) -> HttpResponse:
    """Send the dates as a calendar file."""
    found = day_to_show(request, key)
    content = calendar_of(found, stamp=timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="demarche.ics"'
    return answer


def day_to_show(request: HttpRequest, key: str) -> Day:
    """Return a démarche that the person may run (404 when there is none, 403 elsewhere)."""
    found = selectors.day_of(key)
    if found is None:
        raise Http404(key)
    require(request, "day.run", found.territory)
    return found


def about(found: Day) -> dict[str, Any]:
    """Return what every page of a démarche shows."""
    today = timezone.localdate()
    return {
        "day": found,
        "where": name_of(found.territory),
        "left": (found.date - today).days if found.date else None,
    }


def _done(request: HttpRequest, key: str, do: Callable[[], object]) -> HttpResponse:
    try:
        do()
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy or ''}".strip())
    return _to("day", key)


def _seat(seat: Any) -> dict[str, str]:
    return {name: getattr(seat, name) for name in ("role", "table", "topic", "who")}


def _to(name: str, key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, kwargs={"key": key}))
