"""Addresses of proposals to administrations."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.pleas import public_views, views

HOME = "espace/propositions/"
ONE = f"{HOME}<slug:key>/"

urlpatterns = [
    path(HOME, views.pleas, name="pleas"),
    path(f"{HOME}nouvelle/", views.plea_new, name="plea-new"),
    path(ONE, views.plea, name="plea"),
    path(f"{ONE}etape/", views.plea_step, name="plea-step"),
    path(f"{ONE}lettre/", views.plea_letter, name="plea-letter"),
    path("propositions/", public_views.pleas_public, name="pleas-public"),
    path("propositions/repondre/<slug:answer_key>/", public_views.plea_answer, name="plea-answer"),
    path("propositions/<slug:key>/", public_views.plea_public, name="plea-public"),
]
