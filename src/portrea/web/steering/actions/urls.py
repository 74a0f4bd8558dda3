"""Addresses of recommended actions."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.actions import views

HOME = "pilotage/actions/"
PLACE, ONE = f"{HOME}<slug:level>/<slug:code>/", f"{HOME}action/<slug:key>/"

urlpatterns = [
    path(HOME, views.places, name="actions-places"),
    path(f"{ONE}changer/", views.action_edit, name="action-edit"),
    path(f"{ONE}ecarter/", views.action_aside, name="action-aside"),
    path(f"{ONE}faire/", views.action_step, name="action-step"),
    path(f"{ONE}comite/", views.action_decide, name="action-decide"),
    path(PLACE, views.board, name="actions"),
    path(f"{PLACE}nouvelle/", views.action_new, name="action-new"),
    path(f"{PLACE}ecarter/<slug:rule>/", views.proposal_aside, name="proposal-aside"),
]
