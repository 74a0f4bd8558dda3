"""Addresses of who answers: « /enquetes/<key>/ »."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.surveys.answering import entry_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("enquetes/<slug:key>/", views.start, name="answer-start"),
    path("enquetes/<slug:key>/repondre/", views.answer, name="answer"),
    path("enquetes/<slug:key>/saisie/", entry_views.entry, name="answer-entry"),
    path("enquetes/<slug:key>/papier/", entry_views.paper, name="answer-paper"),
]
