"""Addresses of the results of surveys."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.results import files, views

TEAM = "espace/enquetes/<slug:key>/resultats/"
PUBLIC = "enquetes/<slug:key>/resultats/"

urlpatterns = [
    path(TEAM, views.results, name="survey-results"),
    path(f"{TEAM}rapport/", views.report, name="survey-report"),
    path(f"{TEAM}rapport/ordre/", views.move, name="survey-report-move"),
    path(f"{TEAM}rapport/q/<str:question>/", views.block, name="survey-report-block"),
    path(f"{TEAM}apercu/", views.preview, name="survey-preview"),
    path(f"{TEAM}publier/", views.publish, name="survey-publish"),
    path(f"{TEAM}retirer/", views.withdraw, name="survey-withdraw"),
    path(f"{TEAM}resultats.<str:kind>", files.team_file, name="survey-results-file"),
    path(PUBLIC, views.published, name="survey-published"),
    path(f"{PUBLIC}resultats.<str:kind>", files.public_file, name="survey-published-file"),
]
