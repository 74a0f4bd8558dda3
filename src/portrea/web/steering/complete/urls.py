"""Addresses of the complete portrait and of its editions."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.complete import views
from portrea.web.steering.editions.urls import team

TERRITORY = "territoires/<slug:level>/<slug:code>/"

urlpatterns = [
    path("pilotage/portraits/", views.places, name="complete-places"),
    path(TERRITORY + "portrait-complet/", views.draft, name="complete"),
    path(TERRITORY + "portrait-complet.<slug:form>", views.draft_file, name="complete-file"),
    *team,
]
