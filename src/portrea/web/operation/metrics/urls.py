"""Address of the measures."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.metrics import views

urlpatterns = [path("mesures-exploitation/", views.measures, name="metrics")]
