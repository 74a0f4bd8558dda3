"""Making a survey known: its link, its poster, texts to copy; its sheet for the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import act
from portrea.web.surveys.codes import address_of, is_local, qr_of
from portrea.web.surveys.rounds.register import register_of
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.rounds.views import framed
from portrea.web.surveys.rounds.words import messages_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
@act("survey.run")
def survey_spread(request: HttpRequest, key: str) -> HttpResponse:
    """Show the link of a survey, its QR code, and texts to copy."""
    found = survey_found(request, key, "survey.run")
    address = address_of(found)
    context = framed(
        request,
        found,
        "diffuser/",
        address=address,
        qr=qr_of(address),
        local=is_local(address),
        texts=messages_of(found, address),
    )
    return render(request, "surveys/rounds/spread.html", context)


@never_cache
@require_safe
@act("survey.run")
def survey_poster(request: HttpRequest, key: str) -> HttpResponse:
    """Show the poster of a survey, A4, to be printed."""
    found = survey_found(request, key, "survey.run")
    address = address_of(found)
    context = framed(request, found, "diffuser/", address=address, qr=qr_of(address))
    return render(request, "surveys/rounds/poster.html", context)


@never_cache
@require_safe
@act("survey.results")
def survey_register(request: HttpRequest, key: str) -> HttpResponse:
    """Show the sheet of a survey for the register of processing (RGPD, article 30)."""
    found = survey_found(request, key, "survey.results")
    context = framed(request, found, "registre/", sheet=register_of(found))
    return render(request, "surveys/rounds/register.html", context)
