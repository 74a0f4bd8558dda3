"""Import a list by the site: received, columns chosen, looked at, applied, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.offer.importing.outcome import sent_again
from portrea.web.accounts.permissions import act, may, require
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.offer import contribution_forms as forms
from portrea.web.offer import queue
from portrea.web.offer.cards import phone_text
from portrea.web.offer.census import import_diff
from portrea.web.offer.models import ImportBatch, SavedMapping
from portrea.web.offer.receiving import (
    Reading,
    not_taken,
    read_batch,
    refused_csv,
    report_of,
    source_name,
)
from portrea.web.offer.services import import_apply, import_receive, import_undo
from portrea.web.offer.services.geocoding import asking, forget_answers, import_geocode
from portrea.web.offer.uploads import check_upload, forget_file, keep_file
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.http import HttpRequest

HOME = "/espace/imports/"
PREVIEW = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("import.run")
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports; receive a file."""
    territories = queue.choices_of(request, "import.run")
    form = forms.UploadForm(request.POST or None, request.FILES or None, territories=territories)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _receive(request, form.cleaned_data)
        except PortreaError as error:
            form.add_error("file", " ".join(filter(None, (error.message, error.remedy))))
        else:
            return HttpResponseRedirect(f"{HOME}{batch.pk}/")
    rows = ImportBatch.objects.filter(queue.condition(queue.keys_of(request, "import.run")))
    context = {"form": form, "rows": [(b, name_of(b.territory)) for b in rows.order_by("-pk")[:50]]}
    return render(request, "offer/imports.html", context)


def _receive(request: HttpRequest, told: dict[str, Any]) -> ImportBatch:
    """Keep the file and make sure it opens: nothing is left behind when it does not."""
    name = check_upload(told["file"])
    level, code = key_of(told["territory"])
    with transaction.atomic():
        batch = import_receive(
            actor=request,
            source=source_name(told["title"], told["territory"]),
            title=told["title"],
            file_name=name,
            level=level,
            code=code,
            whole=told["whole"],
        )
        keep_file(batch, told["file"])
        try:
            reading = read_batch(batch)
        except PortreaError:
            forget_file(batch)
            raise
        batch.report = report_of(reading)
        batch.whole = batch.whole and not sent_again(reading.listing.columns)
        batch.save(update_fields=["report", "whole"])
    return batch


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("import.run")
def import_show(request: HttpRequest, key: int) -> HttpResponse:
    """Show an import: columns and preview before, what it did after."""
    batch = _found(request, key)
    if batch.state != ImportBatch.State.RECEIVED:
        undo = batch.state == ImportBatch.State.APPLIED
        context = {
            "batch": batch,
            "where": name_of(batch.territory),
            "undoable": undo and may(request, "import.undo", batch.territory),
            "refused": list(batch.rows.filter(action="refused").order_by("row", "pk")[:20]),
        }
        return render(request, "offer/import_done.html", context)
    if request.method == "POST" and "choose" in request.POST:
        return _choose(request, batch)
    if request.method == "POST" and "geocode" in request.POST:
        import_geocode(actor=request, batch=batch)
        messages.success(request, _("La recherche est lancée : cette page en dira le résultat."))
        return HttpResponseRedirect(f"{HOME}{batch.pk}/")
    if request.method == "POST" and "apply" in request.POST:
        return _apply(request, batch)
    return _preview(request, batch)


def _found(request: HttpRequest, key: int) -> ImportBatch:
    batch = ImportBatch.objects.filter(pk=key).first()
    if batch is None:
        raise Http404(key)
    if not may(request, "import.run", batch.territory):
        raise PermissionDenied(_("Cet import n’est pas dans vos territoires."))
    return batch


def _choose(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Keep what a person said of the columns; keep it as a profile when she names one."""
    reading = read_batch(batch)
    known = {target for target, _label in reading.choices} | {""}
    asked = {c.name: request.POST.get(f"colonne-{c.rank}", c.target) for c in reading.columns}
    changed = {
        c.name: asked[c.name] or None
        for c in reading.columns
        if asked[c.name] != c.target and asked[c.name] in known
    }
    mapping = reading.mapping.corrected(changed)
    name = request.POST.get("profil", "").strip()[:120]
    if name:
        card = mapping.to_dict() | {"id": name, "title": name,
                                    "signature": list(reading.listing.columns)}  # fmt: skip
        SavedMapping.objects.update_or_create(name=name, defaults={"mapping": card})
        messages.success(request, _("Le profil « %s » servira pour les mêmes colonnes.") % name)
    batch.report = batch.report | {"mapping": mapping.to_dict()}
    batch.save(update_fields=["report"])
    return HttpResponseRedirect(f"{HOME}{batch.pk}/")


def _apply(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        reading = read_batch(batch)
        batch.report = report_of(reading)
        with transaction.atomic():
            batch.save(update_fields=["report"])
            import_apply(
                actor=request,
                batch=batch,
                places=reading.result.places,
                rows={key: lines[0] for key, lines in reading.result.lines.items()},
                not_taken=not_taken(reading.result),
            )
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
        return HttpResponseRedirect(f"{HOME}{batch.pk}/")
    forget_answers(batch)
    forget_file(batch)
    messages.success(request, _("La liste est dans le recensement. Cela se défait d’un bouton."))
    return HttpResponseRedirect(f"{HOME}{batch.pk}/")


def _preview(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    context: dict[str, Any] = {"batch": batch, "where": name_of(batch.territory), "error": ""}
    try:
        reading = read_batch(batch)
    except PortreaError as error:
        context["error"] = " ".join(filter(None, (error.message, error.remedy)))
        context["reading"] = None
        return render(request, "offer/import_preview.html", context)
    result = reading.result
    diff = import_diff(
        actor=request,
        source=batch.source,
        places=result.places,
        whole=batch.whole,
        territory=batch.territory,
    )
    context |= {
        "reading": reading,
        "places": [_shown(place) for place in result.places[:PREVIEW]],
        "again": sent_again(reading.listing.columns),
        "searchable": 0 if asking(reading.geocoding) else len(reading.searchable),
        "refused": result.refused[:20],
        "diff": diff,
        "changed": [
            (card, [(_label(p), say_any(p, pair[0]), say_any(p, pair[1]))
                    for p, pair in card.changes.items()])
            for card in diff.changed[:10]
        ],
        "gone": diff.gone[:10],
    }  # fmt: skip
    return render(request, "offer/import_preview.html", context)


def _shown(place: Any) -> dict[str, str]:
    return {
        "name": place.name,
        "where": " ".join(filter(None, (place.address, place.postcode, place.city))),
        "phone": phone_text(place.phone) if place.phone else "",
        "hours": "; ".join(say("hours", place.hours)) or place.hours_text or "",
        "services": ", ".join(service.block.label for service in place.services),
    }


def _label(path: str) -> str:
    return _("Date de mise à jour") if path == "updated" else label_of(path)


def say_any(path: str, value: Any) -> str:
    """Return a value of a difference as one line; the date of a list is no field."""
    if path == "updated":
        return str(value or "")
    return " ; ".join(say(path, value))


@require_POST
@act("import.undo")
def import_back(request: HttpRequest, key: int) -> HttpResponse:
    """Undo an import whole."""
    batch = _found(request, key)
    require(request, "import.undo", batch.territory)
    try:
        import_undo(actor=request, batch=batch)
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
    else:
        messages.success(request, _("L’import est défait ; les corrections des personnes restent."))
    return HttpResponseRedirect(f"{HOME}{key}/")


@require_POST
@act("import.run")
def import_drop(request: HttpRequest, key: int) -> HttpResponse:
    """Forget a list that was received and not imported."""
    batch = _found(request, key)
    if batch.state == ImportBatch.State.RECEIVED:
        forget_file(batch)
        batch.delete()
        messages.success(request, _("La liste est oubliée."))
    return HttpResponseRedirect(HOME)


@never_cache
@require_safe
@act("import.run")
def import_refused(request: HttpRequest, key: int) -> HttpResponse:
    """Give the refused rows as a file to be mended and sent again."""
    from portrea.sources.lists.writing import csv_text

    batch = _found(request, key)
    if batch.state == ImportBatch.State.RECEIVED:
        reading: Reading = read_batch(batch)
        text = csv_text(*reading.result.to_mend())
    else:
        text = refused_csv(batch)
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lignes-refusees-{batch.pk}.csv"'
    return response
