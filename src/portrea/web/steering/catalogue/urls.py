"""Addresses of open data: permanent, each version has its own. Those of the team: « espace »."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.catalogue import team_views, views

HOME, TEAM = "donnees/", "espace/donnees-ouvertes/"

urlpatterns = [
    path(HOME, views.catalogue, name="opendata"),
    path(f"{HOME}catalogue.<slug:form>", views.feed, name="opendata-feed"),
    path(f"{HOME}<slug:slug>/", views.dataset, name="opendata-set"),
    path(f"{HOME}<slug:slug>/<slug:version>/", views.dataset, name="opendata-version"),
    path(f"{HOME}<slug:slug>/<slug:version>/<str:name>", views.dataset_file, name="opendata-file"),
    path(TEAM, team_views.opendata_team, name="opendata-team"),
]
