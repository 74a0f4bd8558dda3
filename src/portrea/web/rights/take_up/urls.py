"""Addresses. How much is not claimed where."""

from __future__ import annotations

from django.urls import path

from portrea.web.rights.take_up import views

TERRITORY = "droits/non-recours/<slug:level>/<slug:code>/"

urlpatterns = [
    path("droits/non-recours/", views.take_up_home, name="take-up-home"),
    path(TERRITORY, views.take_up, name="take-up"),
    path(TERRITORY + "non-recours.<slug:kind>", views.take_up_file, name="take-up-file"),
]
