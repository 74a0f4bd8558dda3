"""Addresses. What one person may claim: questions, answers, paper to carry away."""

from __future__ import annotations

from django.urls import URLPattern, path

from portrea.web.rights.hints import taking_views, views

urlpatterns: list[URLPattern] = [
    path("droits/", views.hint, name="rights-hint"),
    path("droits/effacer/", views.leave, name="rights-leave"),
    path("droits/emporter/", taking_views.take, name="rights-take"),
    path("droits/emporter/papier/", taking_views.paper, name="rights-paper"),
    path("droits/emporter/fichier/", taking_views.file, name="rights-file"),
]
