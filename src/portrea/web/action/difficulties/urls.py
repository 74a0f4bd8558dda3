"""Addresses of difficulties and the catalogue of procedures."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.difficulties import (
    catalogue_views,
    cluster_views,
    picture_views,
    views,
)

HOME = "espace/difficultes/"
ONE = f"{HOME}<uuid:uuid>/"
CATALOGUE = f"{HOME}demarches/"

urlpatterns = [
    path(HOME, views.difficulty_list, name="difficulty-list"),
    path(f"{HOME}signaler/", views.difficulty_new, name="difficulty-new"),
    path(f"{HOME}regroupees/", cluster_views.clusters, name="difficulty-clusters"),
    path(CATALOGUE, catalogue_views.catalogue, name="difficulty-catalogue"),
    path(f"{CATALOGUE}nouvelle/", catalogue_views.procedure, name="difficulty-procedure-new"),
    path(f"{CATALOGUE}<slug:key>/", catalogue_views.procedure, name="difficulty-procedure"),
    path(
        f"{CATALOGUE}<slug:key>/retirer/",
        catalogue_views.procedure_end,
        name="difficulty-procedure-end",
    ),
    path(ONE, views.difficulty, name="difficulty"),
    path(f"{ONE}retirer/", views.difficulty_remove, name="difficulty-remove"),
    path(f"{ONE}capture/", picture_views.picture, name="difficulty-picture"),
    path(f"{ONE}capture.jpg", picture_views.picture_file, name="difficulty-picture-file"),
]
