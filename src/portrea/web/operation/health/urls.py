"""Addresses that say whether the site lives and may receive visitors."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.health import views

urlpatterns = [
    path("sante/vivant/", views.alive, name="health-alive"),
    path("sante/pret/", views.ready, name="health-ready"),
]
