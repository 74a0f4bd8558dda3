"""Addresses of the board of the work."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.work import views

urlpatterns = [
    path("espace/exploitation/", views.board, name="task-board"),
    path("espace/exploitation/<uuid:key>/recommencer/", views.retry, name="task-retry"),
    path("espace/exploitation/<uuid:key>/arreter/", views.stop, name="task-stop"),
]
