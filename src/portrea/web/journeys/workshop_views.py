"""Workshops and the other rooms: proposed where help lacks, told to the structures around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import PortreaError
from portrea.steering.measures import words
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.action.services.series import series_settle
from portrea.web.action.workshops.inviting import invitation_of, letter_of
from portrea.web.action.workshops.selectors import series_to_run, workshop_to_run
from portrea.web.journeys.workshop_places import proposal_of, wide_enough
from portrea.web.offer import queue
from portrea.web.offer.models import Place
from portrea.web.offer.services.campaigns import addresses_in, refusing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.action.models import Series, Workshop
    from portrea.web.journeys.workshop_places import Proposal

MOST_TOGETHER = 50
"""Addresses in one message: many mail servers refuse more."""


# -- where ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("workshop.run")
def workshop_places(request: HttpRequest, key: str) -> HttpResponse:
    """Propose an area for each workshop of a series; keep those that are ticked."""
    series = series_to_run(request, key)
    where = wide_enough(series)
    context: dict[str, Any] = {"series": series, "proposal": None, "fault": "", "measure": ""}
    try:
        proposal = proposal_of(series, where)
    except PortreaError as error:
        context |= {"fault": f"{error.message} {error.remedy or ''}".strip(), "where": ""}
        return render(request, "journeys/workshops/places.html", context)
    if request.method == "POST":
        return _settled(request, series, proposal)
    context |= {
        "proposal": proposal,
        "where": name_of(where),
        "measure": words(proposal.page.measure).meaning,
        "level": where[0],
        "code": where[1],
    }
    return render(request, "journeys/workshops/places.html", context)


def _settled(request: HttpRequest, series: Series, proposal: Proposal) -> HttpResponse:
    """Keep the areas ticked; one that is not offered is left out."""
    offered = {one.row.reference: one.commune for one in proposal.choices}
    ticked = request.POST.getlist("retenir")
    asked = {one: request.POST.get(f"zone-{one}", "") for one in ticked}
    places = {key: (area, offered[area]) for key, area in asked.items() if area in offered}
    done = series_settle(actor=request, key=series.key, places=places)
    if done:
        told = ngettext(
            "%(n)d atelier a sa zone. Il reste à trouver la salle.",
            "%(n)d ateliers ont leur zone. Il reste à trouver les salles.",
            len(done),
        )
        messages.success(request, told % {"n": len(done)})
        return HttpResponseRedirect(reverse("workshop-series", kwargs={"key": series.key}))
    messages.warning(request, _("Rien n’était coché : cochez les ateliers à placer."))
    return HttpResponseRedirect(request.path)


# -- telling --------------------------------------------------------------------------------------


@never_cache
@require_safe
@act("contact.read")
def workshop_write(request: HttpRequest, key: str) -> HttpResponse:
    """Give the addresses of the structures around, by groups, with the message ready."""
    found = workshop_to_run(request, key)
    territory = request.GET.get("territoire", "") or found.territory
    given, refused, kept_out = _addresses(request, territory)
    groups = _groups(given)
    if "groupe" in request.GET:
        return _letter(request, found, groups)
    told = invitation_of(found)
    context = {
        "workshop": found,
        "territory": territory,
        "territories": queue.choices_within(request, "contact.read"),
        "where": name_of(territory),
        "total": len(given),
        "refused": refused,
        "kept_out": kept_out,
        "groups": [
            {
                "number": number,
                "count": len(some),
                "text": ", ".join(some),
                "link": f"{told.mailto}&bcc={quote(','.join(some), safe='@,')}",
            }
            for number, some in enumerate(groups, start=1)
        ],
        "invitation": told,
    }
    return render(request, "journeys/workshops/write.html", context)


def _addresses(request: HttpRequest, territory: str) -> tuple[list[str], int, int]:
    """Return addresses of structures, how many refused messages, how many are a person's."""
    keys = queue.narrowed(request, "contact.read", territory)
    if not keys:
        raise PermissionDenied(_("Ce territoire n’est pas dans vos territoires."))
    places = queue.places_of(keys).filter(status=Place.Status.OPEN).order_by("sort", "pk")
    told, kept_out = addresses_in(places)
    refused = refusing(told)
    return [one for one in told if one not in refused], len(refused), kept_out


def _letter(request: HttpRequest, found: Workshop, groups: list[list[str]]) -> HttpResponse:
    """Send a draft with the addresses of one group, hidden from each other."""
    asked = request.GET["groupe"]
    number = int(asked) if asked.isascii() and asked.isdigit() else 0
    hidden = groups[number - 1] if 0 < number <= len(groups) else []
    content = letter_of(found, timezone.now(), hidden)
    answer = HttpResponse(content, content_type="message/rfc822")
    answer["Content-Disposition"] = f'attachment; filename="invitation-{number or 1}.eml"'
    return answer


def _groups(addresses: list[str]) -> list[list[str]]:
    starts = range(0, len(addresses), MOST_TOGETHER)
    return [addresses[start : start + MOST_TOGETHER] for start in starts]
