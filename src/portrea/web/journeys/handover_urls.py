"""Addresses of handovers, of the agent and of the partner, and of demands without an answer."""

from __future__ import annotations

from django.urls import path

from portrea.web.journeys import demand_views, handover_views, partner_views

urlpatterns = [
    path("orientation/rien-ne-convient/", demand_views.demand_tell, name="demand-tell"),
    path("espace/demandes/", demand_views.demands, name="demands"),
    path("espace/demandes/donnees.csv", demand_views.demands_csv, name="demands-csv"),
    path("espace/orientations/", handover_views.handovers, name="handovers"),
    path("espace/orientations/<int:key>/", handover_views.handover, name="handover"),
    path(
        "espace/orientations/<int:key>/carte/", handover_views.handover_card, name="handover-card"
    ),
    path(
        "espace/orientations/<int:key>/preciser/",
        handover_views.handover_answer_question,
        name="handover-reply",
    ),
    path(
        "espace/orientations/<int:key>/annuler/",
        handover_views.handover_stop,
        name="handover-cancel",
    ),
    path(
        "espace/orientations/<int:key>/effacer/",
        handover_views.handover_erase,
        name="handover-erase",
    ),
    path(
        "espace/orientations/vers/<path:place_id>/",
        handover_views.handover_new,
        name="handover-new",
    ),
    path(
        "orientation-recue/<str:token>/",
        partner_views.handover_received,
        name="handover-received",
    ),
    path(
        "orientation-recue/<str:token>/ne-plus-ecrire/",
        partner_views.handover_silence,
        name="handover-silence",
    ),
]
