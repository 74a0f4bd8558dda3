"""Modify a sheet: what somebody else changed meanwhile is shown beside, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import ParameterError, PortreaError
from portrea.web.accounts.journal_selectors import act_label
from portrea.web.accounts.permissions import act, may, require
from portrea.web.offer.census import census_place, place_history
from portrea.web.offer.editing import PlaceForm, seen_of
from portrea.web.offer.models import Fix
from portrea.web.offer.services import EditConflict, place_fix
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import Place

SALT = "portrea.sheet"
LASTS = 2 * 86_400
MOST_EVENTS = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("place.edit")
def place_edit(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show the sheet as a form; write what was changed in it."""
    place = _editable(request, place_id)
    if request.method != "POST":
        seen = seen_of(place.record)
        return _page(request, place, PlaceForm(seen=seen), seen)
    seen = _opened(request.POST.get("seen", ""))
    form = PlaceForm(request.POST, seen=seen)
    version = request.POST.get("version", "")
    if not form.is_valid():
        return _page(request, place, form, seen, version=version)
    changes = form.changes()
    if not changes:
        messages.info(request, _("Rien n’a été changé."))
        return HttpResponseRedirect(request.path)
    return _write(request, place, form, changes, int(version) if version.isdigit() else 0)


def _write(
    request: HttpRequest, place: Place, form: PlaceForm, changes: dict[str, Any], version: int
) -> HttpResponse:
    try:
        place_fix(
            actor=request,
            place_id=place.pk,
            version=version,
            changes=changes,
            reason=request.POST.get("raison", "").strip()[:500],
        )
    except EditConflict as error:
        return _conflicting(request, error, form)
    except PortreaError as error:
        form.add_error(None, error.message)
        return _page(request, place, form, form.seen, version=str(version))
    messages.success(request, _("C’est enregistré et publié."))
    return HttpResponseRedirect(request.path)


def _conflicting(request: HttpRequest, error: EditConflict, form: PlaceForm) -> HttpResponse:
    """Show her values again, with those written meanwhile beside; the next save is hers to make."""
    place = error.place
    seen = seen_of(place.record)
    again = PlaceForm(request.POST, seen=seen)
    again.is_valid()
    for conflict in error.conflicts:
        now = " ; ".join(say(conflict.path, conflict.current)) or _("vide")
        again.hold(
            conflict.path,
            _("Une autre personne vient d’écrire : « %s ». Gardez votre valeur, ou recopiez la "
              "sienne, puis enregistrez.") % now,
        )  # fmt: skip
    again.add_error(None, error.message)
    merged = _others_kept(request, form, again, place)
    return _page(request, place, merged, seen, status=409)


def _others_kept(
    request: HttpRequest, form: PlaceForm, again: PlaceForm, place: Place
) -> PlaceForm:
    """Show, in the fields she did not touch, what the others wrote meanwhile."""
    touched = set(form.changes())
    data = request.POST.copy()
    fresh = PlaceForm(seen=seen_of(place.record))
    for name, field in fresh.fields.items():
        path = name.rsplit(".", 1)[0] if ".capacity." in name else name
        if path in touched or (name not in data and not field.initial):
            continue
        initial = field.initial
        if isinstance(initial, list):
            data.setlist(name, initial)
        else:
            data[name] = "" if initial is None else str(initial)
    again.data = data
    return again


def _editable(request: HttpRequest, place_id: str) -> Place:
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    require(request, "place.edit", place.territory, structure=place.pk)
    return place


def _opened(text: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise ParameterError(
            "Cette page est restée ouverte trop longtemps.",
            remedy="Rouvrez la fiche, puis refaites vos changements.",
        ) from error
    return told


def _page(
    request: HttpRequest,
    place: Place,
    form: PlaceForm,
    seen: dict[str, Any],
    *,
    version: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "place": place,
        "form": form,
        "version": version or place.version,
        "seen": signing.dumps(seen, salt=SALT, compress=True),
        "issues": may(request, "link.issue", place.territory, structure=place.pk),
        "removes": may(request, "place.remove", place.territory),
    }
    return render(request, "offer/place_edit.html", context, status=status)


@never_cache
@require_safe
@act("place.edit")
def place_changes(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show what happened to a sheet, field by field, newest first; one field alone when asked."""
    place = _editable(request, place_id)
    history = place_history(place)[:MOST_EVENTS]
    fields = {path for event in history for path in event.changes if is_field(path)}
    field = request.GET.get("champ", "")
    kept = {field} if field in fields else None
    active = place.fixes.filter(state=Fix.State.ACTIVE).exclude(origin="confirmation")
    fixes = {fix.path: fix for fix in active.order_by("pk")}  # the last one of each field rules
    context = {
        "place": place,
        "events": [told for event in history if (told := _event(event, kept))],
        "field": field,
        "fields": sorted((label_of(path), path) for path in fields),
        "fixes": [(fix, label_of(fix.path), say(fix.path, fix.value)) for fix in fixes.values()],
    }
    return render(request, "offer/place_changes.html", context)


def _event(event: Any, kept: set[str] | None) -> dict[str, Any] | None:
    """Return a line of the history, ``None`` when it tells nothing of the field asked."""
    changes = {p: v for p, v in event.changes.items() if kept is None or p in kept}
    if kept and not changes:
        return None
    return {
        "at": event.at,
        "act": act_label(event.act),
        "who": event.who,
        "reason": event.reason,
        "changes": [_change(path, pair) for path, pair in changes.items()],
    }


def is_field(path: str) -> bool:
    """Tell a field of a sheet from a state of the place."""
    try:
        return bool(label_of(path))
    except PortreaError:
        return False


def _change(path: str, pair: tuple[Any, Any]) -> tuple[str, str, str]:
    try:
        before, after = (" ; ".join(say(path, value)) for value in pair)
        return label_of(path), before, after
    except PortreaError:  # a state of the place, not one of its fields
        return path, *("" if value is None else str(value) for value in pair)
