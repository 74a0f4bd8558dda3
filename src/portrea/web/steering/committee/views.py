"""The comité: its list, its page, its seats, the paroles to read again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.steering.committee import forms, selectors
from portrea.web.steering.committee.pages import asked, back_to, done, opens, tried
from portrea.web.steering.services import committees as services

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
@act("committee.read")
def committees(request: HttpRequest) -> HttpResponse:
    """List the comités that the person reads."""
    rows = [(one, name_of(one.territory)) for one in selectors.committees_of(request)]
    context = {"rows": rows, "opens": bool(selectors.to_open(request))}
    return render(request, "steering/committee/list.html", context)


@never_cache
@opens
@act("committee.run")
def committee_new(request: HttpRequest) -> HttpResponse:
    """Open the comité of a territory."""
    choices = selectors.to_open(request, request.GET.get("territoire", ""))
    form = forms.OpenForm(request.POST or None, choices=choices)
    made = done(request, form, lambda told: services.committee_open(actor=request, **told))
    if made:
        return back_to(request, reverse("committee", args=[made.key]))
    return asked(
        request, form, heading=_("Ouvrir un comité"), button=_("Ouvrir le comité"),
        back=reverse("committees"),
    )  # fmt: skip


@never_cache
@require_safe
@act("committee.read")
def committee(request: HttpRequest, key: str) -> HttpResponse:
    """Show a comité: what it follows, its meetings, its seats, its link for paroles."""
    found = selectors.committee_found(request, key)
    given = reverse("voice", args=[found.key])
    context = {
        "committee": found,
        "where": name_of(found.territory),
        "lines": selectors.open_lines(found, today=today_in(found.territory)),
        "closed": selectors.closed_of(found),
        "meetings": found.meetings.all()[: selectors.MOST],
        "seats": selectors.seats_of(found),
        "voices": selectors.voices_told(found),
        "waiting": selectors.voices_waiting(found),
        "runs": may(request, selectors.RUN, found.territory),
        "link": request.build_absolute_uri(given),
    }
    return render(request, "steering/committee/committee.html", context)


@never_cache
@opens
@act("committee.run")
def seat_new(request: HttpRequest, key: str) -> HttpResponse:
    """Add a seat."""
    found = selectors.committee_found(request, key, selectors.RUN)
    form = forms.SeatForm(request.POST or None)
    save = partial(services.seat_add, actor=request, committee=found)
    home = reverse("committee", args=[key])
    if done(request, form, lambda told: save(told=told)):
        return back_to(request, f"{home}#sieges")
    lede = _(
        "Un siège est celui d’un organisme : aucun nom n’est gardé. Des personnes concernées ont "
        "leur siège, sous le pseudonyme qu’elles choisissent."
    )
    return asked(
        request, form, heading=_("Ajouter un siège"), lede=lede, button=_("Ajouter"), back=home
    )


@require_POST
@act("committee.run")
def seat_leave(request: HttpRequest, key: str, seat: int) -> HttpResponse:
    """Note that a seat is left."""
    found = selectors.committee_found(request, key, selectors.RUN)
    step = partial(services.seat_leave, actor=request, committee=found, seat=seat)
    return tried(request, step, f"{reverse('committee', args=[key])}#sieges")


@never_cache
@opens
@act("committee.run")
def voices(request: HttpRequest, key: str) -> HttpResponse:
    """Read the paroles again before the comité does."""
    found = selectors.committee_found(request, key, selectors.RUN)
    if request.method == "POST":
        asked_for, _sep, number = request.POST.get("faire", "").partition(":")
        if asked_for not in ("lire", "effacer") or not number.isdecimal():
            raise Http404(asked_for)
        step = partial(
            services.voice_review, actor=request, committee=found, voice=int(number),
            told=asked_for == "lire",
        )  # fmt: skip
        return tried(request, step, request.path)
    context = {"committee": found, "where": name_of(found.territory), "voices": found.voices.all()}
    return render(request, "steering/committee/voices.html", context)
