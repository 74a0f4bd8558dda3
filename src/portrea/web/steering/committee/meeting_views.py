"""A meeting: planned, its agenda, its decisions, its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.steering.actions.selectors import measures_now
from portrea.web.steering.committee import files, forms, selectors
from portrea.web.steering.committee.pages import asked, back_to, done, opens, tried
from portrea.web.steering.services import meetings as services
from portrea.web.steering.views import download

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portrea.web.steering.models import Meeting

MOVES = ("monter", "descendre", "ecarter", "reprendre")


@never_cache
@opens
@act("committee.run")
def meeting_new(request: HttpRequest, key: str) -> HttpResponse:
    """Plan a meeting; its agenda is proposed at once."""
    found = selectors.committee_found(request, key, selectors.RUN)
    first = {"day": selectors.next_meeting_day(found)}
    form = forms.MeetingForm(request.POST or None, initial=first)
    plan = partial(services.meeting_plan, actor=request, committee=found)
    made = done(request, form, lambda told: plan(told=told))
    if made:
        return back_to(request, _page(made), _("La réunion est prévue, son ordre du jour proposé."))
    lede = _("Le jour proposé suit le rythme du comité ; l’ordre du jour se prépare tout seul.")
    return asked(
        request, form, heading=_("Prévoir une réunion"), lede=lede, button=_("Prévoir la réunion"),
        back=reverse("committee", args=[key]),
    )  # fmt: skip


@never_cache
@require_safe
@act("committee.read")
def meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Show a meeting: the actions followed first, then its agenda, its decisions, its files."""
    found = selectors.meeting_found(request, key)
    committee = found.committee
    lines = selectors.open_lines(committee, today=today_in(committee.territory))
    context = {
        "meeting": found,
        "where": name_of(committee.territory),
        "committee": committee,
        "lines": [one for one in lines if one.decision.meeting_id != found.pk],
        "items": selectors.items_of(found),
        "left": selectors.items_of(found, left_out=True),
        "decisions": selectors.decisions_of(found),
        "voices": selectors.voices_told(committee),
        "runs": may(request, selectors.RUN, committee.territory),
        "come": found.day <= today_in(committee.territory),
    }
    return render(request, "steering/committee/meeting.html", context)


@never_cache
@opens
@act("committee.run")
def meeting_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change when or where."""
    found = selectors.meeting_found(request, key, selectors.RUN)
    first = {name: getattr(found, name) for name in services.WHEN}
    form = forms.MeetingForm(request.POST or None, initial=first)
    change = partial(services.meeting_change, actor=request, meeting=found)
    if done(request, form, lambda told: change(told=told)):
        return back_to(request, _page(found))
    return asked(
        request, form, heading=_("Changer le jour ou le lieu"), button=_("Enregistrer"),
        lede=_("Renvoyez ensuite l’invitation : elle remplacera l’ancienne dans les agendas."),
        back=_page(found),
    )  # fmt: skip


@require_POST
@act("committee.run")
def meeting_step(request: HttpRequest, key: str) -> HttpResponse:
    """Do one of the steps that is a button."""
    found = selectors.meeting_found(request, key, selectors.RUN)
    name, _sep, number = request.POST.get("faire", "").partition(":")
    told: dict[str, Any] = {"actor": request, "meeting": found}
    steps: dict[str, Callable[[], object]] = {
        "proposer": partial(services.agenda_propose, **told),
        "tenir": partial(services.meeting_hold, **told),
        "annuler": partial(services.meeting_cancel, **told),
    }
    if name in MOVES and number.isdecimal():
        steps[name] = partial(services.item_move, item=int(number), step=name, **told)
    if name not in steps:
        raise Http404(name)
    return tried(request, steps[name], f"{_page(found)}{'#ordre-du-jour' if number else ''}")


@never_cache
@opens
@act("committee.run")
def item(request: HttpRequest, key: str, number: int = 0) -> HttpResponse:
    """Write a point of the agenda, or change one."""
    found = selectors.meeting_found(request, key, selectors.RUN)
    one = selectors.item_found(found, number)
    first = {"title": one.title, "why": one.why}
    form = forms.ItemForm(request.POST or None, initial=first, proposed=bool(one.rule))
    write = partial(services.item_write, actor=request, meeting=found, item=number)
    if done(request, form, lambda told: write(told=told)):
        return back_to(request, f"{_page(found)}#ordre-du-jour")
    heading = _("Changer un point") if number else _("Ajouter un point")
    return asked(request, form, heading=heading, lede=one.why if one.rule else "",
                 button=_("Enregistrer"), back=_page(found))  # fmt: skip


@never_cache
@opens
@act("committee.run")
def decision_new(request: HttpRequest, key: str) -> HttpResponse:
    """Note a decision or an action."""
    found = selectors.meeting_found(request, key, selectors.RUN)
    form = forms.DecisionForm(
        request.POST or None,
        committee=found.committee,
        measures=measures_now(found.committee.territory),
    )
    take = partial(services.decision_take, actor=request, meeting=found)
    if done(request, form, lambda told: take(told=told)):
        return back_to(request, f"{_page(found)}#decisions")
    return asked(request, form, heading=_("Noter une décision"), button=_("Noter la décision"),
                 back=_page(found))  # fmt: skip


@never_cache
@opens
@act("committee.run")
def decision(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Note where an action stands."""
    found = selectors.meeting_found(request, key, selectors.RUN)
    one = selectors.decision_found(found, number)
    first = {"owner": one.owner_id, "due": one.due, "state": one.state, "note": one.note}
    form = forms.FollowForm(request.POST or None, initial=first, committee=found.committee)
    follow = partial(services.decision_follow, actor=request, decision=one)
    home = reverse("committee", args=[found.committee.key])
    if done(request, form, lambda told: follow(told=told)):
        return back_to(request, f"{home}#actions")
    return asked(request, form, heading=one.title, button=_("Enregistrer"), back=home)


@never_cache
@require_safe
@act("committee.read")
def meeting_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Send the pack of a meeting, or its slides."""
    if form not in (*files.FORMS, files.SLIDES):
        raise Http404(form)
    found = selectors.meeting_found(request, key)
    content, kind = files.meeting_file(found, form)
    slides = form == files.SLIDES
    name = f"{'diapositives' if slides else 'dossier'}-comite-{found.day.isoformat()}"
    return download(content, kind, f"{name}.{'pdf' if slides else form}")


@never_cache
@require_safe
@act("committee.read")
def meeting_ics(request: HttpRequest, key: str) -> HttpResponse:
    """Send the invitation, to be joined to a message."""
    found = selectors.meeting_found(request, key)
    content = files.invitation(found, request.build_absolute_uri(_page(found)))
    name = f"comite-{found.day.isoformat()}.ics"
    return HttpResponse(
        content,
        content_type=files.CALENDAR,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(found: Meeting) -> str:
    return reverse("meeting", args=[found.key])
