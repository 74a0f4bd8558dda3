"""Addresses of records taken away and brought in."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.exchanges import views

HOME = "espace/comptes-rendus/"
IMPORT = f"{HOME}importer/<slug:key>/"

urlpatterns = [
    path(f"{HOME}export.<slug:kind>", views.log_export, name="log-export"),
    path(f"{HOME}importer/", views.log_imports, name="log-imports"),
    path(IMPORT, views.log_import, name="log-import"),
    path(f"{IMPORT}ajouter/", views.log_import_add, name="log-import-add"),
    path(f"{IMPORT}defaire/", views.log_import_undo, name="log-import-undo"),
    path(f"{IMPORT}oublier/", views.log_import_drop, name="log-import-drop"),
]
