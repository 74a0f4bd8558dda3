"""Addresses of the rights of people."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.people import views

urlpatterns = [
    path("vos-donnees/", views.your_data, name="your-data"),
    path("espace/demandes-donnees/", views.people_search, name="people-search"),
]
