"""Addresses of coding."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.coding import views

_HOME = "espace/enquetes/<str:key>/codage/"
_ONE = f"{_HOME}<str:question>/"

urlpatterns = [
    path(_HOME, views.coding_list, name="coding"),
    path(_ONE, views.codebook, name="coding-book"),
    path(f"{_ONE}faire/", views.codebook_do, name="coding-do"),
    path(f"{_ONE}livre.csv", views.codebook_file, name="coding-file"),
    path(f"{_ONE}theme/<int:pk>/", views.theme, name="coding-theme"),
    path(f"{_ONE}theme/<int:pk>/faire/", views.theme_do, name="coding-theme-do"),
    path(f"{_ONE}theme/<int:pk>/partager/", views.theme_split, name="coding-split"),
    path(f"{_ONE}coder/", views.code, name="coding-code"),
    path(f"{_ONE}accord/", views.agreement, name="coding-agreement"),
    path(f"{_ONE}decider/", views.settle, name="coding-settle"),
]
