"""Addresses of the territories' room."""

from __future__ import annotations

from django.urls import path

from portrea.web.territories import views

urlpatterns = [
    path("", views.home, name="home"),
    path("pres-de-moi/", views.near, name="near"),
    path("tuiles/communes.pmtiles", views.tiles, name="tiles"),
]
