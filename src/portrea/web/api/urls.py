"""Addresses of the open interface and of what other sites embed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.api import station_views, views
from portrea.web.api.interface import interface

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.documentation, name="api-documentation"),
    path("api/v1/openapi.json", views.openapi, name="api-openapi"),
    path("api/v1/", interface.urls),
    path("borne/attente/", station_views.waiting, name="kiosk-wait"),
    path("borne/fin/", station_views.ended, name="kiosk-end"),
]
