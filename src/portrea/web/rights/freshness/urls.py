"""Addresses. The dated parameters behind the hints."""

from __future__ import annotations

from django.urls import path

from portrea.web.rights.freshness import views

urlpatterns = [
    path("droits/parametres/", views.parameters, name="rights-parameters"),
    path("droits/parametres/parametres.<slug:kind>", views.file, name="rights-parameters-file"),
    path("droits/parametres/<slug:name>/", views.of_right, name="rights-parameters-of"),
]
