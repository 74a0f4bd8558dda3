"""Addresses of workshops as those who come see them."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.joining import opinion_views, views

HOME = "ateliers/"
ONE = f"{HOME}<slug:key>/"
CODE = f"{HOME}inscription/<slug:code>/"

urlpatterns = [
    path(HOME, views.workshops, name="workshop-public-list"),
    path(f"{HOME}inscription/", views.find, name="workshop-find"),
    path(CODE, views.joined, name="workshop-joined"),
    path(f"{CODE}rappel/", views.remind, name="workshop-remind"),
    path(f"{CODE}annuler/", views.leave, name="workshop-leave"),
    path(ONE, views.workshop, name="workshop-join"),
    path(f"{ONE}avis/", opinion_views.opinion, name="workshop-opinion"),
]
