"""The permanences of a territory: a page to read, a calendar and a feed to subscribe to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.web.api import permanences
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from portrea.web.api.permanences import Programme, Session

_SPACES = "\n\u00a0\u202f"
"""Signs that are not « printable » in Unicode, and that XML writes all the same."""


@require_safe
def page(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """List the permanences to come, day after day."""
    told = _programme(level, code)
    shown = {
        "told": told,
        "title": _title(told),
        "days": permanences.DAYS,
        "addresses": {
            kind: request.build_absolute_uri(reverse(f"permanences-{kind}", args=(level, code)))
            for kind in ("ics", "atom")
        },
    }
    response = render(request, "api/permanences.html", shown)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def calendar(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Send the permanences as a calendar."""
    told = _programme(level, code)
    stamp = _midnight()
    content = permanences.calendar(told, title=_title(told), stamp=stamp)
    response = _file(request, content, "text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="permanences-{code}.ics"'
    return response


@require_safe
def feed(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Send the permanences as an Atom feed, the next ones first."""
    told = _programme(level, code)
    here = request.build_absolute_uri(request.path)
    whole = _Feed(
        title=_title(told),
        link=request.build_absolute_uri(reverse("permanences", args=(level, code))),
        description=_("Les jours et heures des permanences à venir."),
        language="fr",
        feed_url=here,
    )
    for session in told.sessions:
        whole.add_item(**_entry(request, session))
    content = whole.writeString("utf-8").encode()
    return _file(request, content, "application/atom+xml; charset=utf-8")


class _Feed(Atom1Feed):
    """A feed dated of the day, were it empty: the same until something changes."""

    def latest_post_date(self) -> datetime:
        return _midnight()


def _programme(level: str, code: str) -> Programme:
    selection = territory_find(f"{level}:{code}")
    return permanences.programme(selection.territories[0], timezone.now())


def _title(told: Programme) -> str:
    return _("Permanences à venir – %(name)s") % {"name": told.territory.title}


def _midnight() -> datetime:
    """Return the beginning of the day: what is sent changes once a day, or when places do."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _entry(request: HttpRequest, session: Session) -> dict[str, Any]:
    one = session.permanence
    digest = hashlib.sha256(session.key.encode()).hexdigest()[:24]
    lines = [
        ", ".join(filter(None, (session.day, session.hours))) + session.doubt,
        ", ".join(filter(None, (one.address, session.town))),
        f"Téléphone : {session.phone}" if session.phone else "",
        _("Sur rendez-vous.") if one.by_appointment else "",
    ]
    when = f"{session.day}, {session.hours}" if session.hours else session.day
    return {
        "title": _printed(f"{when} : {session.title}"),
        "link": request.build_absolute_uri(reverse("place", kwargs={"place_id": one.place})),
        "description": _printed("\n".join(filter(None, lines))),
        "unique_id": f"urn:portrea:permanence:{digest}",
        "updateddate": _midnight(),
    }


def _printed(text: str) -> str:
    """Leave out the signs that XML has no way to write."""
    return "".join(c for c in text if c in _SPACES or c.isprintable())


def _file(request: HttpRequest, content: bytes, kind: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type=kind)
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=3600"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
