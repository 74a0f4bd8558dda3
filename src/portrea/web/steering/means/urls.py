"""Addresses of the means of a territory."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.means import views

HOME = "pilotage/moyens/<slug:level>/<slug:code>/"
ACTION = f"{HOME}action/<int:key>/"

urlpatterns = [
    path(HOME, views.means, name="means"),
    path(f"{HOME}importer/", views.means_import, name="means-import"),
    path(f"{HOME}modele.csv", views.means_model, name="means-model"),
    path(f"{HOME}action/", views.action_new, name="means-action-new"),
    path(ACTION, views.action, name="means-action"),
    path(f"{ACTION}changer/", views.action_edit, name="means-action-edit"),
    path(f"{ACTION}retirer/", views.action_remove, name="means-action-remove"),
    path(f"{ACTION}lignes/<int:line>/retirer/", views.line_remove, name="means-line-remove"),
]
