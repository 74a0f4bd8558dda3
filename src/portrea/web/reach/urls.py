"""Addresses of access. Fixed words come before « level/code », which takes any two words."""

from __future__ import annotations

from django.urls import path

from portrea.web.reach import views

urlpatterns = [
    path("acces/", views.home, name="access-home"),
    path("acces/et-si/", views.what_if, name="what-if"),
]
