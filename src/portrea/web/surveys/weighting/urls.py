"""Addresses of weighting."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.weighting import views

_HOME = "espace/enquetes/<str:key>/redresser/"

urlpatterns = [
    path(_HOME, views.weighting, name="weighting"),
    path(f"{_HOME}faire/", views.weighting_do, name="weighting-do"),
    path(f"{_HOME}<str:question>/", views.weighting_question, name="weighting-question"),
]
