"""Where to report a flaw: ``security.txt`` (RFC 9116), only when someone may be written to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

LASTS = timedelta(days=180)
"""How long what is said may be relied on; RFC 9116 advises less than a year."""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell the contact of the settings; without any, there is no such file."""
    if not settings.PORTREA_CONTACT:
        raise Http404
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{settings.PORTREA_CONTACT}",
        f"Expires: {today + LASTS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
