"""How to set a tablet: the address, the code to scan, the steps, for a survey or for a day."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.links import absolute
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.surveys.openrosa import selectors
from portrea.web.surveys.rounds.views import framed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LOCAL = ("127.0.0.1", "localhost", "::1")
COLOUR, INK = "#0f6e76", "#12303a"
LONGEST_NAME = 40


@never_cache
@require_safe
@act("survey.run")
def survey_set(request: HttpRequest, key: str) -> HttpResponse:
    """Tell how a tablet answers one survey."""
    survey = selectors.survey_named(key)
    require(request, "survey.run", survey.territory)
    address = absolute(selectors.address_of(survey))
    context = framed(
        request,
        survey,
        "odk/",
        open=selectors.is_open(survey),
        came=selectors.came(survey),
        **_told(address, survey.title),
    )
    return render(request, "surveys/openrosa/survey.html", context)


@never_cache
@require_safe
@act("day.run")
def day_set(request: HttpRequest, key: str) -> HttpResponse:
    """Tell how a tablet answers all the surveys of a day, set once."""
    day = selectors.day_named(key)
    require(request, "day.run", day.territory)
    rows = [(one, selectors.is_open(one)) for one in day.surveys.all()]
    told = _told(absolute(selectors.address_of(day)), day.title)
    context = {"day": day, "where": name_of(day.territory), "rows": rows, **told}
    return render(request, "surveys/openrosa/day.html", context)


def settings_of(address: str, title: str) -> str:
    """Return what the code to scan says: the settings of ODK Collect, as its manual tells.

    What is sent is erased from the device, photos are reduced, nothing is told to others. What is
    not said keeps its default: a shorter code is read by an older camera.
    """
    told = {
        "general": {
            "server_url": address,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "delete_send": True,
            "image_size": "medium",
            "app_language": "fr",
            "analytics": False,
        },
        "admin": {},
        "project": {"name": title[:LONGEST_NAME], "icon": "P", "color": COLOUR},
    }
    packed = zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)
    return base64.b64encode(packed).decode()


def _told(address: str, title: str) -> dict[str, object]:
    return {
        "address": address,
        "qr": _drawn(settings_of(address, title)),
        "local": urlsplit(address).hostname in LOCAL,
    }


def _drawn(text: str) -> str:
    """Return a QR code as SVG; as large as it must, so that an old camera reads it."""
    stream = io.BytesIO()
    segno.make(text, error="l", micro=False).save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark=INK,
        light="#fff", title=_("Réglages pour ODK Collect"), svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own address
