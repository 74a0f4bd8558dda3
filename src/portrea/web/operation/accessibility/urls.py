"""Addresses of the declaration of accessibility and of its audit."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.accessibility import views

AUDIT = "espace/accessibilite/"

urlpatterns = [
    path("accessibilite/", views.declaration, name="accessibility"),
    path("accessibilite/criteres/", views.criteria_page, name="accessibility-criteria"),
    path("accessibilite/declaration.json", views.declaration_json, name="accessibility-json"),
    path(AUDIT, views.audit, name="accessibility-audit"),
    path(f"{AUDIT}ouvrir/", views.audit_new, name="accessibility-open"),
    path(f"{AUDIT}publier/", views.audit_publish, name="accessibility-publish"),
    path(f"{AUDIT}<slug:page>/<int:theme>/", views.audit_theme, name="accessibility-theme"),
]
