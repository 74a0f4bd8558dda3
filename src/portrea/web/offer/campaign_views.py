"""Campaigns: the board of a référent, the answer of a structure by the link of its e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.web.accounts.permissions import act, may, require
from portrea.web.accounts.scope import name_of
from portrea.web.offer import contribution_forms as forms
from portrea.web.offer import queue
from portrea.web.offer.models import Ask, Campaign, Proposal
from portrea.web.offer.report_views import report_page, report_send
from portrea.web.offer.services.campaigns import (
    addresses_of,
    ask_changed,
    ask_confirm,
    ask_heard,
    ask_of,
    ask_refuse,
    bearer_of,
    campaign_ask,
    campaign_close,
    campaign_open,
)
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HOME = "/espace/campagnes/"
SHOWN = 500
opens = require_http_methods(["GET", "HEAD", "POST"])


# -- the référent ---------------------------------------------------------------------------------


@never_cache
@opens
@act("board.read")
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns; open one."""
    territories = queue.choices_of(request, "campaign.run")
    if request.method == "POST" and not territories:
        require(request, "campaign.run")
    form = forms.CampaignForm(request.POST or None, territories=territories)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = campaign_open(actor=request, **form.cleaned_data)
        except PortreaError as error:
            form.add_error(None, error.message)
        else:
            return HttpResponseRedirect(f"{HOME}{campaign.pk}/")
    rows = Campaign.objects.filter(queue.condition(queue.keys_of(request, "board.read")))
    context = {
        "form": form if territories else None,
        "rows": [(row, name_of(row.territory), _counts(row)) for row in rows.order_by("-pk")],
    }
    return render(request, "offer/campaigns.html", context)


def _counts(campaign: Campaign) -> list[tuple[str, str, int]]:
    told: dict[str, int] = {}
    for state in campaign.asks.order_by().values_list("state", flat=True):
        told[state] = told.get(state, 0) + 1
    return [(s.value, str(s.label), told[s.value]) for s in Ask.State if s.value in told]


@never_cache
@require_safe
@act("board.read")
def campaign(request: HttpRequest, key: int) -> HttpResponse:
    """Show who was asked, who answered, who did not."""
    found = Campaign.objects.filter(pk=key).first()
    if found is None:
        raise Http404(key)
    if not may(request, "board.read", found.territory):
        raise PermissionDenied(_("Cette campagne n’est pas dans vos territoires."))
    state = request.GET.get("etat", "")
    asks = found.asks.select_related("place").order_by("state", "place__sort", "pk")
    asks = asks.filter(state=state) if state in Ask.State.values else asks
    rows = [(ask, bool(addresses_of(ask.place))) for ask in asks[:SHOWN]]
    runs = not found.closed and may(request, "campaign.run", found.territory)
    context = {
        "campaign": found,
        "where": name_of(found.territory),
        "counts": _counts(found),
        "state": state,
        "rows": [
            (ask, writes, "".join(say("phone", ask.place.phone)), runs and ask.state in TO_HEAR)
            for ask, writes in rows
        ],
        "waiting": _to_write(found) if runs else 0,
        "runs": runs,
    }
    return render(request, "offer/campaign.html", context)


TO_HEAR = ("not_asked", "asked", "reminded", "no_answer")


def _to_write(campaign: Campaign) -> int:
    """Return how many structures not asked yet can be written to."""
    asks = campaign.asks.filter(state=Ask.State.NOT_ASKED).select_related("place").order_by("pk")
    return sum(bool(addresses_of(ask.place)) for ask in asks)


@require_POST
@act("campaign.run")
def campaign_send(request: HttpRequest, key: int) -> HttpResponse:
    """Write to the structures not asked yet."""
    try:
        sent, silent = campaign_ask(actor=request, key=key)
    except DataError as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(HOME)
    said = ngettext("%d courriel part.", "%d courriels partent.", sent) % sent
    if silent:
        more = ngettext("%d structure sans adresse est à appeler.",
                        "%d structures sans adresse sont à appeler.", silent)  # fmt: skip
        said = f"{said} {more % silent}"
    messages.success(request, said)
    return HttpResponseRedirect(f"{HOME}{key}/")


@require_POST
@act("campaign.run")
def campaign_heard(request: HttpRequest, key: int, ask: int) -> HttpResponse:
    """Write that a structure confirmed by telephone."""
    try:
        heard = ask_heard(actor=request, campaign=key, key=ask)
    except DataError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("%s : confirmé aujourd’hui.") % heard.place.name)
    return HttpResponseRedirect(f"{HOME}{key}/")


@require_POST
@act("campaign.run")
def campaign_end(request: HttpRequest, key: int) -> HttpResponse:
    """Close a campaign."""
    try:
        campaign_close(actor=request, key=key)
    except DataError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("La campagne est close."))
    return HttpResponseRedirect(f"{HOME}{key}/")


# -- the structure --------------------------------------------------------------------------------


@never_cache
@opens
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the sheet; only the button confirms, so that a mail scanner confirms nothing."""
    ask = ask_of(token)
    if request.method == "POST":
        ask_confirm(ask=ask)
        return render(request, "offer/confirmed.html", {"place": ask.place, "what": "confirmed"})
    rows = [(label_of(path), say(path, ask.place.record.get(path))) for path in SHEET]
    rows += [
        (label_of(f"services.{s['key']}"), say(f"services.{s['key']}", s))
        for s in ask.place.record.get("services", ())
    ]
    context: dict[str, Any] = {
        "place": ask.place,
        "rows": [row for row in rows if row[1]],
        "token": token,
    }
    return render(request, "offer/confirm.html", context)


SHEET = ("name", "kind", "address", "city", "phone", "emails", "websites", "hours", "hours_text")


@never_cache
@opens
def confirm_correct(request: HttpRequest, token: str) -> HttpResponse:
    """Correct the sheet by the same link: the référent reads it over."""
    ask = ask_of(token)
    if request.method != "POST":
        return report_page(request, ask.place, forms.report_form(ask.place.record))
    form = forms.ReportForm(request.POST)
    refused = not form.is_valid() or report_send(
        request, ask.place, form, actor=bearer_of(ask), origin=Proposal.Origin.CAMPAIGN
    )
    if refused:
        return report_page(request, ask.place, form)
    ask_changed(ask=ask)
    return render(request, "offer/confirmed.html", {"place": ask.place, "what": "changed"})


@never_cache
@opens
def confirm_refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Stop writing to a structure, once it pressed the button."""
    ask = ask_of(token)
    if request.method == "POST":
        ask_refuse(ask=ask)
        return render(request, "offer/confirmed.html", {"place": ask.place, "what": "refused"})
    return render(request, "offer/confirm_refuse.html", {"place": ask.place})
