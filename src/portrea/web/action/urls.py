"""Addresses of the action room. Those of the team begin by « espace »."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("portrea.web.action.log.urls")),
    path("", include("portrea.web.action.exchanges.urls")),
    path("", include("portrea.web.action.appointments.urls")),
    path("", include("portrea.web.action.reminders.urls")),
    path("", include("portrea.web.action.workshops.day_urls")),
    path("", include("portrea.web.action.workshops.urls")),
    path("", include("portrea.web.action.joining.urls")),
    path("", include("portrea.web.action.difficulties.urls")),
    path("", include("portrea.web.action.pleas.urls")),
    path("", include("portrea.web.action.dates.urls")),
    path("", include("portrea.web.action.outreach.urls")),
    path("", include("portrea.web.action.boards.urls")),
]
