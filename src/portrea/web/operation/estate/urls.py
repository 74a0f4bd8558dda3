"""Addresses of what a territory owns."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.estate import views

urlpatterns = [
    path("espace/emporter/", views.estate, name="estate"),
    path("espace/emporter/fichier/", views.estate_file, name="estate-file"),
]
