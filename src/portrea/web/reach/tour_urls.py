"""Addresses of the rounds."""

from __future__ import annotations

from django.urls import path

from portrea.web.reach import tour_views as views

urlpatterns = [
    path("acces/tournees/", views.tour, name="tour"),
    path("acces/tournees/feuille/", views.tour_sheet, name="tour-sheet"),
    path("acces/tournees/tournee.<slug:form>", views.tour_file, name="tour-file"),
]
