"""Addresses of surveys. Public ones begin by « enquetes », those of the team by « espace »."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("portrea.web.surveys.results.urls")),
    path("", include("portrea.web.surveys.rounds.urls")),
    path("", include("portrea.web.surveys.answers.urls")),
    path("", include("portrea.web.surveys.drafting.urls")),
    path("", include("portrea.web.surveys.answering.urls")),
    path("", include("portrea.web.surveys.coding.urls")),
    path("", include("portrea.web.surveys.weighting.urls")),
    path("", include("portrea.web.surveys.openrosa.urls")),
    path("", include("portrea.web.surveys.days.urls")),
    path("", include("portrea.web.surveys.collecting.urls")),
]
