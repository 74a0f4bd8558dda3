"""Addresses of the map."""

from __future__ import annotations

from django.urls import path

from portrea.web.needs import views

urlpatterns = [
    path("carte/", views.measure_map, name="map"),
    path("carte/tableau.csv", views.table, name="map-table"),
    path("carte/valeurs/<slug:measure>.json", views.values, name="map-values"),
]
