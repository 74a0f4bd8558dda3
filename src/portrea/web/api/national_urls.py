"""Addresses of the national map's contract, in its own words."""

from __future__ import annotations

from django.urls import path

from portrea.web.api import national_views as views

urlpatterns = [
    path("stats", views.stats),
    path("stats/total", views.total),
    path("stats/regions", views.stats_of_level, {"level": "region"}),
    path("stats/departements", views.stats_of_level, {"level": "departement"}),
    path("stats/regions/<slug:slug>", views.total),
    path("lieux", views.places),
    path("lieux/chunk", views.chunk),
    path("lieux/search", views.search),
    path("lieux/exporter", views.export),
    path("lieux/region/<slug:slug>", views.places),
    path("lieux/departement/<slug:code>", views.places_of_departement),
    path("lieux/<path:place_id>", views.place),
    path("mediateurs/search", views.helpers),
    path("sources", views.sources),
    path("<slug:slug>/lieux/exporter", views.export),
    path("<slug:slug>/<slug:departement>/lieux/exporter", views.export),
]
