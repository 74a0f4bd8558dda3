"""The page where a référent takes away what her territory owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.web.accounts.permissions import act
from portrea.web.operation.estate import services
from portrea.web.operation.estate.owned import checked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
@act("estate.export")
def estate(request: HttpRequest) -> HttpResponse:
    """Say what the file holds, and for which territories it can be asked."""
    context = {"territories": services.territories(request)}
    return render(request, "operation/estate/estate.html", context)


@never_cache
@require_POST
@act("estate.export")
def estate_file(request: HttpRequest) -> FileResponse:
    """Send the file of a territory."""
    level, code = checked(request.POST.get("territoire", "").strip())
    content = services.estate_export(actor=request, key=(level, code))
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"portrea-{level}-{code}.zip",
        content_type="application/zip",
    )
