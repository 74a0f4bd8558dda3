"""Who may do what: the matrix, for anyone to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.accounts.departure_selectors import acts_of, matrix_rows
from portrea.web.accounts.matrix import matrix

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Show every act and every role; with ``?role=``, what one role may do."""
    known, wanted = matrix().roles, request.GET.get("role", "")
    if wanted and wanted not in known:
        raise Http404(wanted)
    context = {
        "roles": known.values(),
        "chosen": known.get(wanted),
        "acts": acts_of(known[wanted]) if wanted else [],
        "rows": [] if wanted else matrix_rows(),
    }
    return render(request, "accounts/roles.html", context)
