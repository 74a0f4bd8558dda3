"""Addresses of the open interface and of what other sites embed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.api import station_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("borne/attente/", station_views.waiting, name="kiosk-wait"),
    path("borne/fin/", station_views.ended, name="kiosk-end"),
]
