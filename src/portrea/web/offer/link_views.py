"""Links of contribution: made, shown with their QR code, printed, renewed, revoked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.web.accounts.permissions import act, may, reach
from portrea.web.accounts.scope import name_of
from portrea.web.offer import queue
from portrea.web.offer.census import census_place
from portrea.web.offer.contribution_forms import LinkForm
from portrea.web.offer.services.links import (
    address_of,
    link_issue,
    link_renew,
    link_revoke,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import ContributionLink, Place

HOME = "/espace/liens/"
EVERY = 15
"""Seconds between two counts of the projected page."""
LOCAL = ("127.0.0.1", "localhost", "::1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("link.issue")
def links(request: HttpRequest) -> HttpResponse:
    """List the links within reach; make one for a territory."""
    territories = _where(request)
    form = LinkForm(request.POST or None, territories=territories)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        link = link_issue(
            actor=request, label=told["label"], territory=told["territory"], days=told["days"]
        )
        return HttpResponseRedirect(f"{HOME}{link.pk}/")
    rows = [(link, name_of(link.territory)) for link in queue.links_of(request)]
    structures = _structures(request)
    context = {"form": form if territories else None, "rows": rows, "structures": structures}
    return render(request, "offer/links.html", context)


def _where(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the territories of a link: never all of France, whose towns no list can show."""
    found = queue.choices_within(request, "link.issue")
    return [pair for pair in found if pair[0] != "france:FR"] or found


@require_POST
@act("link.issue")
def link_for(request: HttpRequest, place_id: str) -> HttpResponse:
    """Make a link to the sheet of one structure."""
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    link = link_issue(actor=request, label=place.name, place=place, days=30)
    return HttpResponseRedirect(f"{HOME}{link.pk}/")


@never_cache
@require_safe
@act("link.issue")
def link_show(request: HttpRequest, key: int) -> HttpResponse:
    """Show a link, its address and its QR code."""
    return _shown(request, key, "offer/link.html")


@never_cache
@require_safe
@act("link.issue")
def link_poster(request: HttpRequest, key: int) -> HttpResponse:
    """Show a link alone on an A6 card, to be printed and laid on the tables."""
    return _shown(request, key, "offer/link_poster.html")


@never_cache
@require_safe
@act("link.issue")
def link_screen(request: HttpRequest, key: int) -> HttpResponse:
    """Show the code and how many sheets came, to be projected; it renews itself when asked to."""
    following = request.GET.get("suivre") == "1"
    answer = _shown(request, key, "offer/link_screen.html", following=following)
    if following:
        answer["Refresh"] = str(EVERY)
    return answer


@require_POST
@act("link.issue")
def link_again(request: HttpRequest, key: int) -> HttpResponse:
    """Renew a link: the former address is closed."""
    link_renew(actor=request, key=key)
    messages.success(request, _("Le lien est renouvelé ; l’ancienne adresse ne marche plus."))
    return HttpResponseRedirect(f"{HOME}{key}/")


@require_POST
@act("link.issue")
def link_close(request: HttpRequest, key: int) -> HttpResponse:
    """Revoke a link."""
    link_revoke(actor=request, key=key)
    messages.success(request, _("Le lien est fermé."))
    return HttpResponseRedirect(HOME)


def _shown(request: HttpRequest, key: int, template: str, **more: object) -> HttpResponse:
    link = queue.links_of(request).filter(pk=key).first()
    if link is None or not may(
        request, "link.issue", link.territory, structure=link.place_id or ""
    ):
        raise PermissionDenied(_("Ce lien n’est pas dans vos territoires."))
    context = {
        "link": link,
        "where": name_of(link.territory),
        "address": address_of(link) if link.open else "",
        "qr": qr_of(link) if link.open else "",
        "received": queue.received(link),
        "local": urlsplit(address_of(link)).hostname in LOCAL,
        **more,
    }
    return render(request, template, context)


def qr_of(link: ContributionLink) -> str:
    """Return the QR code of a link as SVG to be put in a page."""
    stream = io.BytesIO()
    code = segno.make(address_of(link), error="m", micro=False)
    code.save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#12303a",
        light="#fff", title=_("QR code du lien"), svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own address


def _structures(request: HttpRequest) -> list[Place]:
    """Return the structures whose sheet the person keeps."""
    keys = [grant.structure for grant in reach(request, "link.issue") if grant.structure]
    return [place for key in keys if (place := census_place(key)) is not None]
