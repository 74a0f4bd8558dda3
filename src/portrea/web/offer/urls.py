"""Addresses of the places."""

from __future__ import annotations

from django.urls import path

from portrea.web.offer import views

urlpatterns = [
    path("lieux/", views.place_list, name="places"),
    path("lieux/<path:place_id>/", views.place_detail, name="place"),
]
