"""Addresses of ODK clients, and the pages that tell the team how to set them."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.openrosa import joined_views, pages, views

_DAY = {"kind": "jour"}

urlpatterns = [
    path("openrosa/jour/<slug:key>/formList", views.form_list, _DAY, name="odk-day-list"),
    path("openrosa/jour/<slug:key>/forms/<str:file>.manifest", views.form_manifest, _DAY),
    path("openrosa/jour/<slug:key>/forms/<str:file>", views.form_file, _DAY),
    path("openrosa/jour/<slug:key>/submission", views.submission, _DAY, name="odk-day-submission"),
    path("openrosa/<slug:key>/formList", views.form_list, name="odk-list"),
    path("openrosa/<slug:key>/forms/<str:file>.manifest", views.form_manifest),
    path("openrosa/<slug:key>/forms/<str:file>", views.form_file, name="odk-form"),
    path("openrosa/<slug:key>/submission", views.submission, name="odk-submission"),
    path("openrosa/<slug:key>/<slug:token>/formList", views.form_list, name="odk-invited-list"),
    path("openrosa/<slug:key>/<slug:token>/forms/<str:file>.manifest", views.form_manifest),
    path("openrosa/<slug:key>/<slug:token>/forms/<str:file>", views.form_file),
    path(
        "openrosa/<slug:key>/<slug:token>/submission",
        views.submission,
        name="odk-invited-submission",
    ),
    path("espace/enquetes/<slug:key>/odk/", pages.survey_set, name="odk-survey"),
    path("espace/enquetes/<slug:key>/joints/<int:number>/", joined_views.joined, name="joined"),
    path("espace/demarches/<slug:key>/odk/", pages.day_set, name="odk-day"),
]
