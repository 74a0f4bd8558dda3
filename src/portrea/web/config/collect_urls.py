"""Every address of the site, and a short one for those who type: « / » leads to the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.config.urls import handler400, handler403, handler404, handler500
from portrea.web.config.urls import urlpatterns as everything

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@never_cache
@require_safe
def door(_request: HttpRequest) -> HttpResponse:
    """Lead to the page that phones keep open."""
    key = settings.PORTREA_COLLECT_KEY
    return HttpResponseRedirect(reverse("surveys-collect", kwargs={"key": key}))


urlpatterns = [path("", door, name="room"), *everything]
