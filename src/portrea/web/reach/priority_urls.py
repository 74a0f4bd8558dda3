"""Addresses of the priority areas."""

from __future__ import annotations

from django.urls import path

from portrea.web.reach import priority_views as views

TERRITORY = "acces/<slug:level>/<slug:code>/"

urlpatterns = [
    path(TERRITORY + "priorites/", views.priorities, name="priorities"),
    path(TERRITORY + "priorites.csv", views.priorities_file, name="priorities-file"),
]
