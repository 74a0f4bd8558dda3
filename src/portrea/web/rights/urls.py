"""Addresses of the rights room. Those of the team begin by « espace »."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("portrea.web.rights.freshness.urls")),
    path("", include("portrea.web.rights.aids.urls")),
    path("", include("portrea.web.rights.ladder.urls")),
    path("", include("portrea.web.rights.take_up.urls")),
    path("", include("portrea.web.rights.outcomes.urls")),
]
