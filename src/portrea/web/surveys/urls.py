"""Addresses of surveys. Public ones begin by « enquetes », those of the team by « espace »."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("portrea.web.surveys.result_urls")),
    path("", include("portrea.web.surveys.round_urls")),
    path("", include("portrea.web.surveys.answers_urls")),
    path("", include("portrea.web.surveys.drafting_urls")),
    path("", include("portrea.web.surveys.answer_urls")),
    path("", include("portrea.web.surveys.coding_urls")),
    path("", include("portrea.web.surveys.weighting_urls")),
    path("", include("portrea.web.surveys.openrosa_urls")),
    path("", include("portrea.web.surveys.day_urls")),
    path("", include("portrea.web.surveys.collect_urls")),
]
