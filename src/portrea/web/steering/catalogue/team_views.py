"""Open data for who publishes it: what is frozen, what data.gouv.fr would receive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.steering.catalogue import selectors
from portrea.web.steering.committee.pages import back_to, opens
from portrea.web.steering.services import opendata

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@opens
@act(opendata.ACT)
def opendata_team(request: HttpRequest) -> HttpResponse:
    """Show where each dataset stands; ask for a version, a trial or a publication."""
    where = selectors.covered()
    if request.method == "POST":
        return _asked(request, request.POST.get("faire", ""))
    last = opendata.last_attempt()
    context = {
        "rows": selectors.rows(),
        "where": name_of(where),
        "allowed": may(request, opendata.ACT, where),
        "ready": bool(settings.PORTREA_DATAGOUV_KEY and settings.PORTREA_DATAGOUV_ORGANIZATION),
        "last": last,
        "last_at": parse_datetime(last.at) if last else None,
        "last_title": _titles().get(last.what, "") if last else "",
    }
    return render(request, "steering/opendata/team.html", context)


def _asked(request: HttpRequest, what: str) -> HttpResponse:
    home = reverse("opendata-team")
    try:
        opendata.work_ask(actor=request, what=what)
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
        return HttpResponseRedirect(home)
    return back_to(request, home, _("C’est demandé : rechargez cette page dans un instant."))


def _titles() -> dict[str, str]:
    return {
        opendata.FREEZE: _("Figer les versions"),
        opendata.TRY: _("Essai de publication"),
        opendata.PUBLISH: _("Publication sur data.gouv.fr"),
    }
