"""Addresses of what was done to help."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.log import notebook_views as notebooks
from portrea.web.action.log import views

HOME = "espace/comptes-rendus/"
ONE = f"{HOME}<uuid:uuid>/"
NOTEBOOKS = f"{HOME}carnets/"

urlpatterns = [
    path(HOME, views.log_list, name="log-list"),
    path(f"{HOME}nouveau/", views.log_new, name="log-new"),
    path(NOTEBOOKS, notebooks.notebooks, name="log-notebooks"),
    path(f"{NOTEBOOKS}<slug:key>/", notebooks.notebook, name="log-notebook"),
    path(f"{NOTEBOOKS}<slug:key>/fermer/", notebooks.close, name="log-notebook-close"),
    path(ONE, views.log_read, name="log-read"),
    path(f"{ONE}corriger/", views.log_edit, name="log-edit"),
    path(f"{ONE}retirer/", views.log_remove, name="log-remove"),
]
