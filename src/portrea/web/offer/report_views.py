"""Say that something is wrong on a public sheet: by anyone, or by the link of a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.base.errors import PortreaError
from portrea.offer.content import value_at
from portrea.offer.moderation import Kind
from portrea.vocab.french_hours import read_french
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.offer import contribution_forms as forms
from portrea.web.offer.contribution_views import (
    SALT,
    opened_draft,
    place_shown,
    thanks,
    too_many,
)
from portrea.web.offer.services.proposals import proposal_submit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import Place

PLACE_RATE, HOUR_RATE, DAY_RATE = "8/h", "60/h", "200/j"
"""By place, then for all of them: a room shares one address, a robot has many."""
REPORTED = ("phone", "address", "websites")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("place.propose")
def report(request: HttpRequest, place_id: str) -> HttpResponse:
    """Say that something is wrong on a public place page."""
    place = place_shown(place_id)
    if request.method != "POST":
        return report_page(
            request, place, forms.report_form(place.record), request.GET.get("quoi", "")
        )
    who = visitor(request)
    counts = [throttle(f"signaler-lieu:{place.pk}:{who}", PLACE_RATE),
              throttle(f"signaler-h:{who}", HOUR_RATE),
              throttle(f"signaler-j:{who}", DAY_RATE)]  # fmt: skip
    refused = next((count for count in counts if not count), None)
    if refused is not None:
        return too_many(request, refused.wait)
    form = forms.ReportForm(request.POST)
    if not form.is_valid():
        return report_page(request, place, form)
    if request.POST.get(TRAP):
        return thanks(request)
    error = report_send(request, place, form)
    return report_page(request, place, form) if error else thanks(request)


def report_page(request: HttpRequest, place: Place, form: Any, about: str = "") -> HttpResponse:
    """Show the form of a report, already filled with what the sheet tells."""
    if about in ("closed", "duplicate"):
        form.initial["about"] = about
    seen = _seen_fields(place)
    context = {
        "place": place,
        "form": form,
        "trap": TRAP,
        "seen": request.POST.get("seen") or signing.dumps(seen, salt=SALT, compress=True),
    }
    return render(request, "offer/report.html", context)


def _seen_fields(place: Place) -> dict[str, Any]:
    names = (*REPORTED, "hours", "hours_text")
    return {name: value_at(place.record, name) for name in names}


def report_send(request: HttpRequest, place: Place, form: forms.ReportForm, **more: Any) -> bool:
    """Put a report in the queue; tell whether it was refused (the form says why)."""
    about = form.cleaned_data["about"]
    seen = opened_draft(request.POST.get("seen", ""))
    values = _reported(form, seen) if about == "fix" else {}
    kind = about if about != "fix" else (Kind.FIX if values else Kind.REMARK)
    try:
        proposal_submit(
            actor=more.pop("actor", request),
            kind=kind,
            title=place.name,
            territory=place.territory,
            content=values,
            seen=seen,
            place=place,
            words=form.cleaned_data["words"],
            email=form.cleaned_data["email"],
            **more,
        )
    except PortreaError as error:
        form.add_error(None, error.message)
        return True
    return False


def _reported(form: forms.ReportForm, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was really changed, against what the page showed."""
    told, shown = form.cleaned_data, forms.shown_fields(seen)
    values = {n: told[n] or None for n in REPORTED if (told[n] or None) != (seen.get(n) or None)}
    words = " ".join(told["hours"].split())
    if words != " ".join(shown["hours"].split()):
        found = read_french(told["hours"])
        if found.complete and found.osm and found.every_weeks is None:
            values["hours"] = found.osm
        else:
            values |= {"hours": None, "hours_text": words or None}
    return values
