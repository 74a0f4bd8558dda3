"""Addresses of what was done to help."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.log import views

HOME = "espace/comptes-rendus/"
ONE = f"{HOME}<uuid:uuid>/"

urlpatterns = [
    path(HOME, views.log_list, name="log-list"),
    path(f"{HOME}nouveau/", views.log_new, name="log-new"),
    path(ONE, views.log_read, name="log-read"),
    path(f"{ONE}corriger/", views.log_edit, name="log-edit"),
    path(f"{ONE}retirer/", views.log_remove, name="log-remove"),
]
