"""Addresses of the complete portrait and of its editions."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.complete import views

TERRITORY = "territoires/<slug:level>/<slug:code>/"

urlpatterns = [
    path(TERRITORY + "portrait-complet/", views.draft, name="complete"),
]
