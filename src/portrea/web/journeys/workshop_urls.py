"""Addresses of workshops that cross the rooms."""

from __future__ import annotations

from django.urls import path

from portrea.web.journeys import workshop_views as views

urlpatterns = [
    path("espace/ateliers/series/<slug:key>/lieux/", views.workshop_places, name="workshop-places"),
    path("espace/ateliers/<slug:key>/ecrire/", views.workshop_write, name="workshop-write"),
]
