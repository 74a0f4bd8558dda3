"""The local aids in force, as anybody reads them; a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portrea.base.errors import TerritoryError
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.selectors import territory_written
from portrea.web.rights.aids import selectors
from portrea.web.rights.aids.wording import told_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.accounts.scope import Key


@require_safe
def local_aids_home(request: HttpRequest) -> HttpResponse:
    """List the territories that described aids."""
    context = {"territories": selectors.territories()}
    return render(request, "rights/aids/home.html", context)


@require_safe
def local_aids(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """List the aids in force in a territory, those of what holds it too."""
    key = _key(level, code)
    found = [one for one in selectors.shown(selectors.rows_of(key)) if one.current]
    context = {
        "where": name_of(key),
        "level": key[0],
        "code": key[1],
        "aids": [(one, told_of(one.aid)) for one in found],
        "own": any((one.row.level, one.row.code) == key for one in found),
    }
    return render(request, "rights/aids/list.html", context)


@require_safe
def local_aids_file(_request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Give the aids that a territory describes, as the file that it may read again."""
    key = _key(level, code)
    rows = [row for row, _aid in selectors.readable(selectors.rows_of(key))
            if (row.level, row.code) == key]  # fmt: skip
    if not rows:
        raise Http404(code)
    told = {"territoire": f"{level}:{code}", "aides": {row.name: row.card for row in rows}}
    head = f"# Aides locales, {name_of(key)}, le {timezone.localdate():%d/%m/%Y}.\n"
    text = head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100)
    headers = {"Content-Disposition": f'attachment; filename="aides-{level}-{code}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


def _key(level: str, code: str) -> Key:
    try:
        return territory_written(f"{level}:{code}")
    except (TerritoryError, ValueError) as error:
        raise Http404(code) from error
