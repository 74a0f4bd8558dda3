"""« Mes dates »: rights ticked, a date for some, twelve months of steps; nothing is kept.

What somebody ticks says a lot of her: it goes in the body of requests and never in an address, so
that neither the history of a shared computer nor a log of the server holds it. No session, no
cookie: nothing that a forged request could use.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.deadlines import Held
from portrea.action.mistakes import mistakes as known_mistakes
from portrea.action.step_words import NOTED, noted
from portrea.base.errors import DataError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import VISITOR, act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.action import sms
from portrea.web.action.dates import selectors
from portrea.web.action.dates.calendar import file_of
from portrea.web.action.dates.forms import AnchorsForm, RemindersForm, RightsForm
from portrea.web.action.services.dates import reminders_ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from portrea.web.action.dates.selectors import Told

RATE = "20/h"
"""Reminders asked from one network address."""


@csrf_exempt  # nothing is written, nothing of a session is used
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("dates.plan")
def choose(request: HttpRequest) -> HttpResponse:
    """Ask which rights; then which dates, for those that need one; then show the calendar."""
    asked = _Asked(request)
    if request.method != "POST" or asked.changes or not asked.rights.is_valid():
        refused = request.method == "POST" and not asked.changes
        context = {"form": asked.rights}
        return render(request, "action/dates/choose.html", context, status=400 if refused else 200)
    if not asked.anchors.is_valid():
        return render(request, "action/dates/when.html", asked.context())
    return _shown(request, asked)


def _shown(request: HttpRequest, asked: _Asked, **more: Any) -> HttpResponse:
    context = asked.context() | {
        "months": selectors.by_month(asked.steps),
        "count": len(asked.steps),
        "quiet": selectors.quiet_of(asked.held, asked.rules, asked.today),
        "sources": selectors.sources_of(asked.held, asked.rules, asked.today),
        "today": asked.today,
        "can_remind": bool(asked.to_remind()),
    }
    return render(request, "action/dates/calendar.html", context | more)


@csrf_exempt  # as above
@never_cache
@require_POST
@act("dates.plan")
def calendar(request: HttpRequest) -> HttpResponse:
    """Send the steps as a calendar file; its titles tell nothing unless asked."""
    asked = _Asked(request)
    if not asked.is_complete():
        return choose(request)
    content = file_of(asked.steps, plain="clair" in request.POST, stamp=timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="mes-dates.ics"'
    return answer


@csrf_exempt  # as above: what is kept is told by the request itself, and throttled
@never_cache
@require_POST
@act("dates.plan")
def remind(request: HttpRequest) -> HttpResponse:
    """Ask which dates to be reminded of and by what; keep that and nothing else."""
    asked = _Asked(request)
    if not asked.is_complete():
        return choose(request)
    steps = asked.to_remind()
    told = request.POST if "contact" in request.POST else None
    choices = [(one.key, f"{one.when} : {one.step.rule.step}", one.step) for one in steps]
    form = RemindersForm(told, steps=choices, by_sms=sms.is_offered())
    if told is not None and form.is_valid() and _remind(request, form, steps):
        return render(request, "action/dates/reminded.html", asked.context())
    return render(request, "action/dates/remind.html", asked.context() | {"remind": form})


def _remind(request: HttpRequest, form: RemindersForm, steps: Sequence[Told]) -> bool:
    if not throttle("rappels:" + visitor(request), RATE):
        form.add_error(None, _("Trop de rappels ont été demandés d’ici. Revenez dans une heure."))
        return False
    chosen = [one.step for one in steps if one.key in form.cleaned_data["steps"]]
    try:
        reminders_ask(actor=VISITOR, contact=form.cleaned_data["contact"], steps=chosen)
    except DataError as error:
        form.add_error("contact", f"{error.message} {error.remedy or ''}".strip())
        return False
    return True


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show every rule with its source, its last check, how sure it is."""
    told = selectors.rules_of()
    today = today_in(None)
    rows = [(rule, rule.is_stale(today)) for rule in told.values()]
    own = selectors.own_rules()
    context = {"rows": rows, "own": own, "stale": sum(stale for _rule, stale in rows)}
    return render(request, "action/dates/rules.html", context)


@require_safe
def mistakes(request: HttpRequest) -> HttpResponse:
    """Say what to do when something went wrong: what to write, to whom, by when."""
    return render(request, "action/dates/mistakes.html", {"told": known_mistakes()})


class _Asked:
    """What a request carries, read once: rights, dates, the steps that follow."""

    def __init__(self, request: HttpRequest) -> None:
        told = request.POST if request.method == "POST" else None
        self.changes = "changer" in request.POST
        places = selectors.territories()
        where = request.POST.get("ou", "")
        self.where = where if where in dict(places) else ""
        self.today = today_in(self.where or None)
        self.rules = selectors.rules_of(self.where)
        groups = selectors.asked_groups(self.rules)
        self.rights = RightsForm(told, groups=groups, places=places, today=self.today)
        self.noted = ""
        if told is not None and self.rights.is_valid() and self.rights.cleaned_data["note"]:
            self.noted = self.rights.cleaned_data["note"]
            self.rules[NOTED] = noted(self.noted, self.today)
        chosen = [name for name in request.POST.getlist("droit") if name in self.rules]
        kept = [self.rules[name] for name in dict.fromkeys(chosen)]
        self.anchors = AnchorsForm(
            told if "dites" in request.POST else None, rules=kept, today=self.today
        )
        if not self.anchors.fields:
            self.anchors = AnchorsForm({}, rules=kept, today=self.today)

    def is_complete(self) -> bool:
        """Whether the steps can be told."""
        return self.rights.is_valid() and self.anchors.is_valid()

    @cached_property
    def held(self) -> list[Held]:
        """The rights with their dates, and the date noted."""
        own = [Held(NOTED, self.rights.cleaned_data["day"])] if self.noted else []
        return [*self.anchors.held(), *own]

    @cached_property
    def steps(self) -> list[Told]:
        """The steps of twelve months."""
        return selectors.steps_of(self.held, self.rules, self.today)

    def to_remind(self) -> list[Told]:
        """Return the steps far enough to be reminded of."""
        return [one for one in self.steps if one.step.day > self.today and not one.step.late]

    def context(self) -> dict[str, Any]:
        """Return what each page carries to the next one."""
        hidden = [("droit", rule.name) for rule in self.anchors.rules]
        hidden += [("ou", self.where)] if self.where else []
        if self.noted:
            day = self.rights.cleaned_data["day"].isoformat()
            hidden += [("note", self.noted), ("day", day)]
        dates = [(name, self.anchors[name].value() or "") for name in self.anchors.fields]
        mark = ("dites", "oui")
        return {
            "form": self.anchors,
            "rights": hidden,
            "marks": [mark],
            "dates": [mark, *dates],
        }
