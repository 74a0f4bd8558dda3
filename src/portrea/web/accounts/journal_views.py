"""The journal of a territory: a page, and a file for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.base.spreadsheets import inert
from portrea.web.accounts import forms, journal_selectors, selectors
from portrea.web.accounts.permissions import act, require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

BOM = "\ufeff"
FILTERS = tuple(name for name in forms.JournalForm.ADDRESS.values() if name != "avant")


@never_cache
@require_safe
@act("journal.read")
def journal(request: HttpRequest) -> HttpResponse:
    """Show the lines of a territory, newest first, by pages."""
    form, asked = _asked(request)
    shown, following = journal_selectors.journal_page(**asked, before=_before(form))
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    context = {
        "form": form,
        "lines": shown,
        "csv": f"/journal.csv?{urlencode(kept)}",
        "following": urlencode({**kept, "avant": following}) if following else "",
        "place": selectors.name_of(asked["territory"]),
    }
    return render(request, "accounts/journal.html", context)


@never_cache
@require_safe
@act("journal.read")
def journal_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Send the lines of a territory for a spreadsheet, as they are read."""
    _form, asked = _asked(request)
    lines = journal_selectors.journal_lines(**asked)
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return StreamingHttpResponse(
        _rows(lines), content_type="text/csv; charset=utf-8", headers=headers
    )


class _Echo:
    """A file that gives back what is written in it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def _rows(lines: Any) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + writer.writerow(journal_selectors.JOURNAL_COLUMNS)
    for row in journal_selectors.journal_rows(lines):
        yield writer.writerow([inert(cell) for cell in row])


def _asked(request: HttpRequest) -> tuple[forms.JournalForm, dict[str, Any]]:
    """Read the filters; the territory asked for is checked against the matrix."""
    territories = journal_selectors.journal_territories(request)
    wanted = request.GET.get("territoire") or territories[0][0]
    key = selectors.territory_written(wanted)
    require(request, "journal.read", key)
    written = ":".join(key)
    if written not in dict(territories):
        territories = [*territories, (written, selectors.name_of(key))]
    form = forms.JournalForm(
        {**request.GET.dict(), "territoire": written},
        territories=territories,
        acts=journal_selectors.act_choices(),
    )
    form.is_valid()
    found = form.cleaned_data
    return form, {
        "territory": key,
        "act": found.get("act", ""),
        "target": found.get("target", ""),
        "author": found.get("author", ""),
        "since": found.get("since"),
        "until": found.get("until"),
    }


def _before(form: forms.JournalForm) -> int | None:
    return form.cleaned_data.get("before")
