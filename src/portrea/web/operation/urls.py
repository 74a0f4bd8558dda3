"""Addresses of the running of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portrea.web.operation.accessibility.urls")),
    path("", include("portrea.web.operation.registers.urls")),
    path("", include("portrea.web.operation.people.urls")),
    path("", include("portrea.web.operation.estate.urls")),
    path("", include("portrea.web.operation.health.urls")),
    path("", include("portrea.web.operation.metrics.urls")),
    path("", include("portrea.web.operation.security.urls")),
    path("", include("portrea.web.operation.work.urls")),
]
