"""Two answers for machines: this process lives; this process may receive visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.operation.health import checks

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """Say that this process answers: it asks nothing of the database, a restart would mend it."""
    return JsonResponse({"vivant": True})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether visitors may be sent to this process (200, else 503), and what is missing."""
    found = checks.state()
    return JsonResponse({"pret": found.ready, **found.told}, status=200 if found.ready else 503)
