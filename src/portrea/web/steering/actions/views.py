"""Recommended actions: what rules propose, what people keep, the comité, what it becomes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.steering.recommending import due
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.steering.actions import forms, selectors
from portrea.web.steering.committee.pages import asked, back_to, done, opens, tried
from portrea.web.steering.services import recommendations as services

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

STEPS = ("monter", "descendre", "reprendre")
WORDS = ("title", "why", "how", "owner", "due", "indicator", "wanted", "target", "state")


@never_cache
@require_safe
@act("recommendation.read")
def places(request: HttpRequest) -> HttpResponse:
    """List the territories whose actions the person reads; the only one is opened at once."""
    found = selectors.places_of(request)
    if len(found) == 1:
        return HttpResponseRedirect(_home(found[0][0]))
    rows = [(name, _home(key)) for key, name in found]
    return render(request, "steering/actions/places.html", {"rows": rows})


@never_cache
@require_safe
@act("recommendation.read")
def board(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the actions kept, then those proposed, then those set aside."""
    where = selectors.place_found(request, level, code)
    context = {
        "board": selectors.board_of(where),
        "where": name_of(where),
        "level": level,
        "code": code,
        "decides": may(request, selectors.DECIDE, where),
        "comite": may(request, selectors.RUN, where) and bool(selectors.meetings_for(where)),
    }
    return render(request, "steering/actions/board.html", context)


@never_cache
@opens
@act("recommendation.decide")
def action_new(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Keep what a rule proposes, or add an action of one's own."""
    where = selectors.place_found(request, level, code, selectors.DECIDE)
    name = request.GET.get("regle", "")
    offered = selectors.proposal_of(where, name) if name else None
    form = forms.ActionForm(
        request.POST or None, measures=selectors.measures_now(where), new=True,
        proposed=offered is not None, initial=_first(where, offered),
    )  # fmt: skip
    keep = partial(services.recommendation_keep, actor=request, territory=where, rule=name)
    if done(request, form, lambda told: keep(told=told)):
        return back_to(request, f"{_home(where)}#retenues", _("L’action est retenue."))
    return asked(
        request, form, heading=_("Retenir une action") if name else _("Ajouter une action"),
        lede=offered.proposal.why if offered else "", button=_("Retenir cette action"),
        back=_home(where),
    )  # fmt: skip


@never_cache
@opens
@act("recommendation.decide")
def proposal_aside(request: HttpRequest, level: str, code: str, rule: str) -> HttpResponse:
    """Set aside what a rule proposes, saying why."""
    where = selectors.place_found(request, level, code, selectors.DECIDE)
    offered = selectors.proposal_of(where, rule)
    form = forms.AsideForm(request.POST or None)
    save = partial(services.proposal_set_aside, actor=request, territory=where, rule=rule)
    if done(request, form, lambda told: save(why_not=told["reason"])):
        return back_to(request, f"{_home(where)}#proposees", _("La proposition est écartée."))
    return _aside_asked(request, form, offered.rule.title, offered.proposal.why, _home(where))


@never_cache
@opens
@act("recommendation.decide")
def action_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change an action, and see its former words."""
    found = selectors.action_found(request, key, selectors.DECIDE)
    form = forms.ActionForm(
        request.POST or None, measures=selectors.measures_now(found.territory),
        proposed=bool(found.rule), initial={name: getattr(found, name) for name in WORDS},
    )  # fmt: skip
    seen = _number(request.POST.get("seen", str(found.version)))
    change = partial(services.recommendation_change, actor=request, action=found, seen=seen)
    if done(request, form, lambda told: change(told=told)):
        return back_to(request, f"{_home(found.territory)}#retenues")
    theirs = selectors.action_found(request, key, selectors.DECIDE)
    meanwhile = theirs.version != seen and set(form.errors) == {NON_FIELD_ERRORS}
    context = {
        "form": form,
        "action": theirs,
        "meanwhile": meanwhile,
        "seen": theirs.version if meanwhile else seen,
        "back": _home(found.territory),
    }
    return render(request, "steering/actions/edit.html", context)


@never_cache
@opens
@act("recommendation.decide")
def action_aside(request: HttpRequest, key: str) -> HttpResponse:
    """Set aside an action that was kept, saying why."""
    found = selectors.action_found(request, key, selectors.DECIDE)
    form = forms.AsideForm(request.POST or None)
    save = partial(services.recommendation_set_aside, actor=request, action=found)

    def aside(told: dict[str, Any]) -> None:
        save(why_not=told["reason"])

    home = _home(found.territory)
    if done(request, form, aside):
        return back_to(request, f"{home}#ecartees", _("L’action est écartée."))
    return _aside_asked(request, form, found.title, found.why, home)


@require_POST
@act("recommendation.decide")
def action_step(request: HttpRequest, key: str) -> HttpResponse:
    """Move an action, or take it back."""
    found = selectors.action_found(request, key, selectors.DECIDE)
    step = request.POST.get("faire", "")
    if step not in STEPS:
        raise Http404(step)
    save = partial(services.recommendation_step, actor=request, action=found, step=step)
    return tried(request, save, f"{_home(found.territory)}#retenues")


@never_cache
@opens
@act("recommendation.decide")
def action_decide(request: HttpRequest, key: str) -> HttpResponse:
    """Make a decision of the comité of an action."""
    found = selectors.action_found(request, key, selectors.DECIDE)
    meetings = selectors.meetings_for(found.territory)
    form = forms.MeetingChoiceForm(request.POST or None, meetings=meetings)
    save = partial(services.recommendation_decide, actor=request, action=found)
    if done(request, form, lambda told: save(meeting=told["meeting"])):
        text = _("Le comité suit maintenant cette action.")
        return back_to(request, f"{_home(found.territory)}#retenues", text)
    lede = _("Son organisme, sa date et sa mesure vont avec elle ; le comité la suivra.")
    return asked(
        request, form, heading=_("En faire une décision du comité"), lede=f"{found.title}. {lede}",
        button=_("En faire une décision"), back=_home(found.territory),
    )  # fmt: skip


def _home(territory: str) -> str:
    return reverse("actions", args=territory.split(":"))


def _first(territory: str, offered: selectors.Offered | None) -> dict[str, Any]:
    """Return what the form says at first: the words of the rule, its horizon from today."""
    if offered is None:
        return {}
    rule = offered.rule
    return {
        "title": rule.title, "how": rule.how, "owner": rule.owner, "wanted": rule.wanted,
        "due": due(today_in(territory), rule.months),
        "indicator": rule.indicator if offered.measure else "",
    }  # fmt: skip


def _number(told: str) -> int:
    return int(told) if told.isdecimal() else 0


def _aside_asked(request: HttpRequest, form: Form, title: str, why: str, back: str) -> HttpResponse:
    heading = _("Écarter une action")
    return asked(
        request, form, heading=heading, lede=f"{title}. {why}", button=_("Écarter"), back=back
    )
