"""The two queues after imports: places to put on the map, hours to read over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.offer import queue, waiting
from portrea.web.offer.census import census_place
from portrea.web.offer.hours_form import words_of
from portrea.web.offer.locating import FAILED, answers_to, commune_at
from portrea.web.offer.services import place_fix
from portrea.web.offer.services.reading_over import (
    Point,
    hours_confirm,
    hours_correct,
    place_locate,
)
from portrea.web.offer.waiting_forms import AddressForm, PointForm, WordsForm

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import Place

ADDRESSES = "/espace/adresses/"
HOURS = "/espace/horaires/"
KINDS = {"address", "street"}


# -- positions ------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD"])
@act("place.edit")
def addresses(request: HttpRequest) -> HttpResponse:
    """List the places to put on the map."""
    territory = request.GET.get("territoire", "")
    rows = waiting.places_to_locate(request, territory)
    found = list(_after(request, rows)[: waiting.PAGE + 1])
    shown = found[: waiting.PAGE]
    context = _list_context(request, territory) | {
        "rows": [(place, name_of(place.territory)) for place in shown],
        "total": rows.count(),
        "next": shown[-1].pk if len(found) > len(shown) else "",
    }
    return render(request, "offer/addresses.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("place.edit")
def address(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show what is known of where a place is; search its address, or put it on the map."""
    place = _editable(request, place_id)
    context: dict[str, Any] = {
        "point": PointForm(),
        "form": AddressForm(initial={n: place.record.get(n) for n in ("address", "postcode")}),
        "found": waiting.proposals_for(place),
        "elsewhere": "",
        "error": "",
    }
    if request.method == "POST":
        done = _located(request, place, context)
        if done:
            messages.success(request, _("« %s » est situé.") % place.name)
            return HttpResponseRedirect(ADDRESSES)
        place = _editable(request, place_id)
    return render(request, "offer/address.html", context | _place_context(place))


def _located(request: HttpRequest, place: Place, context: dict[str, Any]) -> bool:
    """Do what was asked; tell whether the place is now on the map."""
    try:
        if "search" in request.POST:
            _search(request, place, context)
            return False
        if "centre" in request.POST:
            place_locate(actor=request, place_id=place.pk, version=_version(request), point=None)
            return True
        return _put(request, place, context)
    except PortreaError as error:
        context["error"] = " ".join(filter(None, (error.message, error.remedy)))
        return False


def _search(request: HttpRequest, place: Place, context: dict[str, Any]) -> None:
    """Keep the address as she wrote it, and ask where it is."""
    form = context["form"] = AddressForm(request.POST)
    if not form.is_valid():
        return
    news = {n: v for n, v in form.cleaned_data.items() if v and v != place.record.get(n)}
    if news:
        place = place_fix(actor=request, place_id=place.pk, version=_version(request), changes=news)
        messages.success(request, _("L’adresse est enregistrée."))
    told = answers_to([waiting.lost(place)], waited_for=True)
    if told["state"] == FAILED:
        context["error"] = told["error"]
        return
    context["found"] = waiting.proposals_of(told["answers"])
    if not context["found"]:
        context["error"] = _("Cette adresse n’est pas trouvée. Donnez le point vous-même.")


def _put(request: HttpRequest, place: Place, context: dict[str, Any]) -> bool:
    """Put the point; one of another commune is asked again before it is believed."""
    form = context["point"] = PointForm(request.POST)
    if not form.is_valid():
        return False
    latitude, longitude = form.cleaned_data["point"]
    commune = commune_at(latitude, longitude)
    told = place.commune
    if commune and told and commune != told and not form.cleaned_data["sure"]:
        context["elsewhere"] = name_of(("commune", commune))
        return False
    kind = request.POST.get("kind", "")
    point = Point(latitude, longitude, kind if kind in KINDS else "declared")
    place_locate(actor=request, place_id=place.pk, version=_version(request), point=point)
    return True


# -- hours ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("place.edit")
def hours_list(request: HttpRequest) -> HttpResponse:
    """List the hours to read over; confirm those that are ticked."""
    territory = request.GET.get("territoire", "")
    if request.method == "POST":
        return _confirm_many(request)
    rows = _after(request, waiting.places_to_read_over(request, territory))
    found = waiting.waiting_hours(rows, waiting.PAGE + 1)
    shown = found[: waiting.PAGE]
    context = _list_context(request, territory) | {
        "rows": [(place, name_of(place.territory), hours) for place, hours in shown],
        "next": shown[-1][0].pk if len(found) > len(shown) else "",
    }
    return render(request, "offer/hours_list.html", context)


def _confirm_many(request: HttpRequest) -> HttpResponse:
    done = 0
    for told in request.POST.getlist("ligne"):
        place_id, _one, rest = told.partition("|")
        version, _two, key = rest.partition("|")
        try:
            hours_confirm(
                actor=request, place_id=place_id, key=key,
                version=int(version) if version.isdigit() else 0,
            )  # fmt: skip
        except PortreaError as error:
            messages.warning(request, f"{place_id} : {error.message}")
        else:
            done += 1
    if done:
        said = ngettext("%d horaire confirmé.", "%d horaires confirmés.", done)
        messages.success(request, said % done)
    else:
        messages.warning(request, _("Cochez les horaires qui sont justes."))
    return HttpResponseRedirect(request.get_full_path())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("place.edit")
def hours_read(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show a text and the hours understood from it; confirm, write again, or keep the text."""
    place = _editable(request, place_id)
    told = waiting.hours_of(place)
    key = request.POST.get("key", request.GET.get("cle", ""))
    one = next((hours for hours in told if hours.key == key), told[0] if told else None)
    if one is None:
        messages.info(request, _("Les horaires de « %s » sont déjà relus.") % place.name)
        return HttpResponseRedirect(HOURS)
    form = WordsForm(initial={"words": words_of(one.hours, one.text)})
    context: dict[str, Any] = {"one": one, "form": form, "read": [], "error": ""}
    if request.method == "POST" and _read_over(request, place, one, context):
        messages.success(request, _("C’est noté pour « %s ».") % place.name)
        return HttpResponseRedirect(HOURS)
    return render(request, "offer/hours_read.html", context | _place_context(place))


def _read_over(
    request: HttpRequest, place: Place, one: waiting.Hours, context: dict[str, Any]
) -> bool:
    told: dict[str, Any] = {
        "actor": request, "place_id": place.pk, "version": _version(request), "key": one.key,
    }  # fmt: skip
    try:
        if "right" in request.POST:
            hours_confirm(**told)
            return True
        if "text" in request.POST:
            hours_correct(hours=None, **told)
            return True
        form = context["form"] = WordsForm(request.POST)
        if not form.is_valid():
            return False
        context["read"] = list(form.found.said)
        if "save" in request.POST:
            hours_correct(hours=form.found.osm, **told)
            return True
    except PortreaError as error:
        context["error"] = " ".join(filter(None, (error.message, error.remedy)))
    return False


# -- both -----------------------------------------------------------------------------------------


def _after(request: HttpRequest, rows: QuerySet[Place]) -> QuerySet[Place]:
    """Return what follows the page before; the start again when nothing does."""
    rest = waiting.following(rows, request.GET.get("apres", ""))
    return rest if rest.exists() else rows


def _list_context(request: HttpRequest, territory: str) -> dict[str, Any]:
    return {"territory": territory, "territories": queue.choices_of(request, waiting.ACT)}


def _place_context(place: Place) -> dict[str, Any]:
    return {"place": place, "where": name_of(place.territory)}


def _editable(request: HttpRequest, place_id: str) -> Place:
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    require(request, waiting.ACT, place.territory, structure=place.pk)
    return place


def _version(request: HttpRequest) -> int:
    told = request.POST.get("version", "")
    return int(told) if told.isdigit() else 0
