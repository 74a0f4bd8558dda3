"""Addresses of who answers: « /enquetes/<key>/ »."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portrea.web.surveys import answer_views, entry_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("enquetes/<slug:key>/", answer_views.start, name="answer-start"),
    path("enquetes/<slug:key>/repondre/", answer_views.answer, name="answer"),
    path("enquetes/<slug:key>/saisie/", entry_views.entry, name="answer-entry"),
    path("enquetes/<slug:key>/papier/", entry_views.paper, name="answer-paper"),
]
