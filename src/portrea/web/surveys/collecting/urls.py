"""Addresses of collecting on phones."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.collecting import files_views as files
from portrea.web.surveys.collecting import views

urlpatterns = [
    path("collecte/sw.js", views.worker, name="surveys-collect-worker"),
    path("collecte/<slug:key>/", views.page, name="surveys-collect"),
    path("collecte/<slug:key>/formulaires.json", views.forms, name="surveys-collect-forms"),
    path("collecte/<slug:key>/envoi/", views.receive, name="surveys-collect-send"),
    path("collecte/<slug:key>/app.webmanifest", views.manifest, name="surveys-collect-app"),
    path("espace/enquetes/<slug:key>/fichiers/", files.files, name="surveys-collect-files"),
    path("espace/enquetes/<slug:key>/fichiers/code/", files.code, name="surveys-collect-code"),
]
