"""Records taken away as a file; a file of records read, added, undone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.activity_tables import read_row
from portrea.base.errors import DataError
from portrea.steering.activity_files import csv_of, workbook_of
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.exchanges import selectors
from portrea.web.action.exchanges.forms import FileForm
from portrea.web.action.log.selectors import ACT, Filter
from portrea.web.action.log.told import duration_of, themes_of
from portrea.web.action.services import importing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    from portrea.web.action.models import RecordImport

HOME = "/espace/comptes-rendus/importer/"
MOST_BYTES, MOST_LINES, PREVIEW = 20_000_000, 5_000, 5
WRITERS = {
    "xlsx": (workbook_of, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (csv_of, "text/csv; charset=utf-8"),
}


@never_cache
@require_safe
@act("activity.log")
def log_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the records of a list as a file."""
    if kind not in WRITERS:
        raise Http404(kind)
    write, content_type = WRITERS[kind]
    try:
        asked = Filter.of(request.GET, holders_of(request, ACT))
        content = write(selectors.exported(request, asked))
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect("/espace/comptes-rendus/")
    response = HttpResponse(content, content_type=content_type)
    name = f"comptes-rendus-{timezone.localdate():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("activity.log")
def log_imports(request: HttpRequest) -> HttpResponse:
    """List the imports; read a file."""
    form = FileForm(request.POST or None, request.FILES or None, holders=holders_of(request, ACT))
    if request.method == "POST" and form.is_valid():
        try:
            found = _received(request, form.cleaned_data)
        except DataError as error:
            form.add_error("file", f"{error.message} {error.remedy}")
        else:
            return HttpResponseRedirect(f"{HOME}{found.key}/")
    rows = [(one, _where(one)) for one in selectors.imports_within(request)]
    status = 400 if form.errors else 200
    context = {"form": form, "rows": rows}
    return render(request, "action/exchanges/imports.html", context, status=status)


@never_cache
@require_safe
@act("activity.log")
def log_import(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a file says before it is added, or what it became."""
    found = selectors.import_found(request, key)
    if found is None:
        raise Http404(key)
    context: dict[str, Any] = {"found": found, "where": _where(found), "waits": False}
    if found.waits:
        new, known, strangers = importing.counted(found)
        context |= {"waits": True, "new": new, "known": known, "strangers": strangers}
        context["sample"] = [_line(told) for told in found.lines[:PREVIEW]]
    return render(request, "action/exchanges/import.html", context)


@require_POST
@act("activity.log")
def log_import_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add every good line at once."""

    def add() -> str:
        count = importing.import_apply(actor=request, key=key).added
        told = ngettext("%d compte rendu ajouté.", "%d comptes rendus ajoutés.", count) % count
        return f"{told} {_('Cela se défait d’un bouton.')}"

    return _done(request, add, f"{HOME}{key}/")


@require_POST
@act("activity.log")
def log_import_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take away all that an import added."""

    def undo() -> str:
        count = importing.import_undo(actor=request, key=key)
        return ngettext("%d compte rendu retiré.", "%d comptes rendus retirés.", count) % count

    return _done(request, undo, f"{HOME}{key}/")


@require_POST
@act("activity.log")
def log_import_drop(request: HttpRequest, key: str) -> HttpResponse:
    """Forget a file that was not added."""

    def drop() -> str:
        importing.import_drop(actor=request, key=key)
        return _("Ce fichier est oublié.")

    return _done(request, drop, HOME)


def _received(request: HttpRequest, told: dict[str, Any]) -> RecordImport:
    """Read the file sent, from a folder that is emptied at once."""
    file: UploadedFile = told["file"]
    name = get_valid_filename(Path(file.name or "liste").name)[-120:]
    if (file.size or 0) > MOST_BYTES:
        raise DataError(
            f"« {name} » fait plus de {MOST_BYTES // 1_000_000} Mo.",
            remedy="Coupez-le par périodes, ou employez « portrea action import ».",
        )
    where = holder(told["holder"])
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        path = Path(folder) / name
        path.write_bytes(file.read())
        return importing.import_receive(
            actor=request, path=path, territory=where.territory,
            structure=where.structure, most=MOST_LINES,
        )  # fmt: skip


def _line(told: dict[str, str]) -> dict[str, Any]:
    activity = read_row(told)
    return {
        "day": activity.day,
        "kind": told.get("Type", ""),
        "place": told.get("Lieu", ""),
        "people": activity.people,
        "themes": ", ".join(themes_of(activity)),
        "duration": duration_of(activity),
    }


def _where(found: RecordImport) -> str:
    return name_of_structure(found.structure) or name_of(found.territory)


def _done(request: HttpRequest, do: Callable[[], str], address: str) -> HttpResponse:
    try:
        messages.success(request, do())
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect(HOME)
    return HttpResponseRedirect(address)
