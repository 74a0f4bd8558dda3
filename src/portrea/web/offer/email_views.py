"""« Copier les courriels » : the addresses of the structures of a territory, for a message."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.db.models import F
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.vocab.situations import Situation
from portrea.web.accounts.permissions import act
from portrea.web.offer import queue
from portrea.web.offer.models import Place
from portrea.web.offer.models.census import BITS
from portrea.web.offer.services.campaigns import addresses_in, refusing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEPARATORS = {
    "virgule": (", ", _("Thunderbird, Gmail, Zimbra (virgules)")),
    "point-virgule": ("; ", _("Outlook (points-virgules)")),
    "ligne": ("\n", _("Une par ligne, pour un tableur")),
}
MOST_TOGETHER = 50
"""Addresses in one message: many mail servers refuse more."""


@never_cache
@require_safe
@act("contact.read")
def emails(request: HttpRequest) -> HttpResponse:
    """Give the addresses of the structures of a territory, to be copied, by groups."""
    territory, situation = request.GET.get("territoire", ""), request.GET.get("situation", "")
    separator = request.GET.get("pour", "")
    separator = separator if separator in SEPARATORS else next(iter(SEPARATORS))
    told, kept_out = _addresses(request, territory, situation)
    refused = refusing(told)
    given = [one for one in told if one not in refused]
    context = {
        "total": len(given),
        "groups": _groups(given, SEPARATORS[separator][0]),
        "refused": len(refused),
        "kept_out": kept_out,
        "territory": territory,
        "situation": situation,
        "separator": separator,
        "separators": [(key, label) for key, (_text, label) in SEPARATORS.items()],
        "situations": list(Situation),
        "territories": queue.choices_within(request, "contact.read"),
    }
    return render(request, "offer/emails.html", context)


def _addresses(request: HttpRequest, territory: str, situation: str) -> tuple[list[str], int]:
    """Return the structures' addresses once each, and how many are a person's, kept out."""
    keys = queue.narrowed(request, "contact.read", territory)
    places = queue.places_of(keys).filter(status=Place.Status.OPEN).order_by("sort", "pk")
    if situation in set(Situation):
        bit = F("situations").bitand(BITS[situation])
        places = places.annotate(told=bit).exclude(told=0)
    return addresses_in(places)


def _groups(addresses: list[str], separator: str) -> list[dict[str, object]]:
    """Cut the addresses in groups that a mail server takes, each with a message ready to write."""
    found = []
    for start in range(0, len(addresses), MOST_TOGETHER):
        some = addresses[start : start + MOST_TOGETHER]
        link = "mailto:?bcc=" + quote(",".join(some), safe="@,")
        found.append({"text": separator.join(some), "count": len(some), "link": link})
    return found
