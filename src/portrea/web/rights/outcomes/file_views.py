"""Rights followed as files: taken away; read, looked at, added, undone."""

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

from portrea.base.errors import DataError
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act
from portrea.web.rights.models import OutcomeImport
from portrea.web.rights.outcomes import selectors
from portrea.web.rights.outcomes.cases import LOG
from portrea.web.rights.outcomes.files import XLSX, csv_of, workbook_of
from portrea.web.rights.outcomes.forms import FileForm
from portrea.web.rights.services import outcome_imports as services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

HOME = "/espace/zero-non-recours/importer/"
MOST_BYTES, MOST_LINES = 20_000_000, 5_000
WRITERS = {"xlsx": (workbook_of, XLSX), "csv": (csv_of, "text/csv; charset=utf-8")}


@never_cache
@require_safe
@act("outcome.log")
def outcome_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the rights of a list as a file; with ``?modele=1``, only its columns."""
    if kind not in WRITERS:
        raise Http404(kind)
    write, content_type = WRITERS[kind]
    asked = selectors.Filter.of(request.GET, holders_of(request, LOG))
    blank = "modele" in request.GET
    content = write([] if blank else selectors.exported(request, asked))
    name = "modele" if blank else f"{timezone.localdate():%Y%m%d}"
    return attached(content, content_type, f"droits-suivis-{name}.{kind}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("outcome.log")
def outcome_imports(request: HttpRequest) -> HttpResponse:
    """List the imports; read a file."""
    form = FileForm(request.POST or None, request.FILES or None, holders=holders_of(request, LOG))
    if request.method == "POST" and form.is_valid():
        try:
            found = _received(request, form.cleaned_data)
        except DataError as error:
            form.add_error("file", f"{error.message} {error.remedy}")
        else:
            return HttpResponseRedirect(f"{HOME}{found.key}/")
    rows = [(one, selectors.name_of(one)) for one in selectors.imports_of(request)]
    context = {"form": form, "rows": rows}
    status = 400 if form.errors else 200
    return render(request, "rights/outcomes/imports.html", context, status=status)


@never_cache
@require_safe
@act("outcome.log")
def outcome_import(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a file says before it is added, or what it became."""
    found = selectors.import_found(request, key)
    if found is None:
        raise Http404(key)
    waits = found.state == OutcomeImport.State.RECEIVED
    context: dict[str, Any] = {"found": found, "where": selectors.name_of(found), "waits": waits}
    context["new"], context["known"] = services.counted(found) if waits else (0, 0)
    return render(request, "rights/outcomes/import.html", context)


@require_POST
@act("outcome.log")
def outcome_import_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add every good line at once."""

    def add() -> str:
        count = services.import_apply(actor=request, key=key).added
        told = ngettext("%d droit suivi ajouté.", "%d droits suivis ajoutés.", count) % count
        return f"{told} {_('Cela se défait d’un bouton.')}"

    return _done(request, add, f"{HOME}{key}/")


@require_POST
@act("outcome.log")
def outcome_import_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take away all that an import added."""

    def undo() -> str:
        count = services.import_undo(actor=request, key=key)
        return ngettext("%d droit suivi retiré.", "%d droits suivis retirés.", count) % count

    return _done(request, undo, f"{HOME}{key}/")


@require_POST
@act("outcome.log")
def outcome_import_drop(request: HttpRequest, key: str) -> HttpResponse:
    """Forget a file that was not added."""

    def drop() -> str:
        services.import_drop(actor=request, key=key)
        return _("Ce fichier est oublié.")

    return _done(request, drop, HOME)


def attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Return a file to be kept."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _received(request: HttpRequest, told: dict[str, Any]) -> OutcomeImport:
    """Read the file sent, from a folder that is emptied at once."""
    file: UploadedFile = told["file"]
    name = get_valid_filename(Path(file.name or "liste").name)[-120:]
    if (file.size or 0) > MOST_BYTES:
        raise DataError(
            _("« %(name)s » fait plus de %(most)d Mo.")
            % {"name": name, "most": MOST_BYTES // 1_000_000},
            remedy=_("Coupez-le par périodes."),
        )
    where = holder(told["holder"])
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        path = Path(folder) / name
        path.write_bytes(file.read())
        return services.import_receive(
            actor=request, path=path, territory=where.territory,
            structure=where.structure, most=MOST_LINES,
        )  # fmt: skip


def _done(request: HttpRequest, do: Callable[[], str], address: str) -> HttpResponse:
    try:
        messages.success(request, do())
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect(HOME)
    return HttpResponseRedirect(address)
