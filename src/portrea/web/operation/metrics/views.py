"""The measures, for a program that was given the right to read them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from portrea.web.operation.metrics.counting import registry
from portrea.web.operation.metrics.state import StateCollector

if TYPE_CHECKING:
    from django.http import HttpRequest

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy adds: a visitor then seems to be on this machine."""


@never_cache
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """Give the measures of all the processes of this machine, and the state of the site."""
    if not is_allowed(request):
        raise PermissionDenied
    state = CollectorRegistry()
    state.register(StateCollector())
    text = generate_latest(registry()) + generate_latest(state)
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def is_allowed(request: HttpRequest) -> bool:
    """Tell whether the token is right; without a token, whether this machine itself asks."""
    token = settings.PORTREA_METRICS_TOKEN
    if token:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")
    if settings.PORTREA_PROXY or any(name in request.META for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
