"""Addresses of the chapter of an Analyse des Besoins Sociaux."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.abs_chapter import views

TERRITORY = "territoires/<slug:level>/<slug:code>/"

urlpatterns = [
    path(f"{TERRITORY}abs/", views.abs_page, name="abs"),
    path(f"{TERRITORY}abs.<slug:form>", views.abs_file, name="abs-file"),
]
