"""Invitations: who is asked, their links shown once, what became of them, who is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.base.errors import PortreaError
from portrea.surveys.response import gaps, rates
from portrea.web.accounts.permissions import act
from portrea.web.surveys.codes import address_of, is_local, qr_of
from portrea.web.surveys.models import Invitation
from portrea.web.surveys.rounds.census import places_of
from portrea.web.surveys.rounds.forms import InvitedForm
from portrea.web.surveys.rounds.selectors import invitations_listed, outcomes_of, survey_found
from portrea.web.surveys.rounds.views import framed, said
from portrea.web.surveys.services.invitations import (
    Asked,
    Made,
    invitation_renew,
    invitation_withdraw,
    invitations_add,
    invitations_outcome,
    invitations_reminded,
    read_file,
    read_list,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from portrea.web.surveys.models import Survey

SHOWN = 500
MOST_BYTES = 2_000_000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def invitations(request: HttpRequest, key: str) -> HttpResponse:
    """Show who was asked and who answered; write what became of some."""
    found = survey_found(request, key, "survey.run")
    if request.method == "POST":
        return _outcomes(request, found)
    outcome, kind = request.GET.get("suite", ""), request.GET.get("groupe", "")
    whole, groups = outcomes_of(found)
    labels = dict(Invitation.Outcome.choices)
    context = framed(
        request,
        found,
        "invitations/",
        rates=rates(whole),
        gaps=gaps(groups) if len(groups) > 1 else None,
        counts=[(name, label, whole[name]) for name, label in labels.items() if name in whole],
        rows=invitations_listed(found, outcome, kind)[:SHOWN],
        outcomes=Invitation.Outcome.choices,
        outcome=outcome,
        kind=kind,
        groups=[name for name in groups if name],
        total=sum(whole.values()),
        shown=SHOWN,
        waiting=whole.get("attente", 0),
    )
    return render(request, "surveys/rounds/invitations.html", context)


def _outcomes(request: HttpRequest, survey: Survey) -> HttpResponse:
    told = [
        (int(name.removeprefix("suite-")), value)
        for name, value in request.POST.items()
        if name.startswith("suite-") and name[6:].isascii() and name[6:].isdecimal()
    ]
    try:
        changed = invitations_outcome(actor=request, key=survey.key, outcomes=told)
    except PortreaError as error:
        messages.error(request, said(error))
    else:
        messages.success(
            request, ngettext("%d suite changée.", "%d suites changées.", changed) % changed
        )
    return _back(survey.key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def invitations_new(request: HttpRequest, key: str) -> HttpResponse:
    """Invite from a list pasted or a file: the links are shown now, and never again."""
    found = survey_found(request, key, "survey.run")
    form = InvitedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations_add(actor=request, key=key, asked=_asked(form.cleaned_data))
        except PortreaError as error:
            form.add_error("listed", said(error))
        else:
            return _labels(request, found, made)
    context = framed(request, found, "invitations/", form=form)
    status = 400 if form.errors else 200
    return render(request, "surveys/rounds/invite.html", context, status=status)


def _asked(told: dict[str, Any]) -> list[Asked]:
    if told.get("file"):
        return read_file(told["file"].read(MOST_BYTES))
    return read_list(told["listed"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def invitations_places(request: HttpRequest, key: str) -> HttpResponse:
    """Invite places of the census of the survey's territory."""
    found = survey_found(request, key, "survey.run")
    places = places_of(found)
    if request.method == "POST":
        chosen = set(request.POST.getlist("lieu"))
        asked = [Asked(p.name[:200], p.kind[:80], p.key[:40]) for p in places if p.key in chosen]
        try:
            return _labels(request, found, invitations_add(actor=request, key=key, asked=asked))
        except PortreaError as error:
            messages.error(request, said(error))
            return HttpResponseRedirect(request.path)
    invited = set(found.invitations.exclude(place="").values_list("place", flat=True))
    context = framed(request, found, "invitations/", places=[(p, p.key in invited) for p in places])
    return render(request, "surveys/rounds/invite_places.html", context)


def _labels(request: HttpRequest, survey: Survey, made: Sequence[Made]) -> HttpResponse:
    """Show the links, with a label to cut out for each."""
    rows = [
        (one.invitation, address_of(survey, one.token), qr_of(address_of(survey, one.token)))
        for one in made
    ]
    table = "\n".join(f"{one.label};{one.kind};{address}" for one, address, _qr in rows)
    context = framed(
        request, survey, "invitations/", rows=rows, table=table, local=is_local(address_of(survey))
    )
    return render(request, "surveys/rounds/labels.html", context)


@require_POST
@act("survey.run")
def invitation_again(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Make a new link for one whose link was lost."""
    found = survey_found(request, key, "survey.run")
    try:
        return _labels(request, found, [invitation_renew(actor=request, key=key, pk=pk)])
    except PortreaError as error:
        messages.error(request, said(error))
        return _back(key)


@require_POST
@act("survey.run")
def invitation_drop(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take somebody out of the list."""
    survey_found(request, key, "survey.run")
    try:
        label = invitation_withdraw(actor=request, key=key, pk=pk)
    except PortreaError as error:
        messages.error(request, said(error))
    else:
        messages.success(
            request, _("« %s » n’est plus dans la liste ; son lien ne s’ouvre plus.") % label
        )
    return _back(key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def invitations_reminders(request: HttpRequest, key: str) -> HttpResponse:
    """List who is still to be reminded; write that it is done."""
    found = survey_found(request, key, "survey.run")
    if request.method == "POST":
        try:
            count = invitations_reminded(actor=request, key=key)
        except PortreaError as error:
            messages.error(request, said(error))
        else:
            messages.success(
                request, ngettext("%d relance notée.", "%d relances notées.", count) % count
            )
        return _back(key)
    rows = invitations_listed(found, Invitation.Outcome.WAITING)
    context = framed(request, found, "invitations/", rows=rows[:SHOWN], total=rows.count())
    return render(request, "surveys/rounds/reminders.html", context)


def _back(key: str) -> HttpResponse:
    return HttpResponseRedirect(f"/espace/enquetes/{key}/invitations/")
