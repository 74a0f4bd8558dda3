"""Addresses of the slip that a person leaves with."""

from __future__ import annotations

from django.urls import path

from portrea.web.journeys import slip_views

urlpatterns = [
    path(
        "orientation/fiche/<path:place_id>/agenda.ics",
        slip_views.slip_calendar,
        name="slip-calendar",
    ),
    path("orientation/fiche/<path:place_id>/fiche.pdf", slip_views.slip_file, name="slip-pdf"),
    path("orientation/fiche/<path:place_id>/", slip_views.slip, name="slip"),
]
