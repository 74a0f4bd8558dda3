"""A file joined to an answer, taken away by the team: never shown, never run by a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.openrosa import selectors
from portrea.web.surveys.services.files import opened

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
@act("survey.read")
def joined(request: HttpRequest, key: str, number: int) -> FileResponse:
    """Send a file as it was received, to be kept by the browser and not opened."""
    survey = selectors.survey_named(key)
    require(request, "survey.read", survey.territory)
    found = selectors.file_of(survey, number)
    if found is None:
        raise Http404(_("Ce fichier n’est pas de cette enquête."))
    return FileResponse(
        opened(found),
        as_attachment=True,
        filename=found.name,
        content_type=found.kind,
        headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
    )
