"""Addresses of the dates of a person, then of the rules that a territory writes."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.dates import rules_views, views

RULES = "espace/regles-de-dates/"

urlpatterns = [
    path("mes-dates/", views.choose, name="dates"),
    path("mes-dates/agenda/", views.calendar, name="dates-calendar"),
    path("mes-dates/rappels/", views.remind, name="dates-remind"),
    path("mes-dates/regles/", views.rules, name="dates-rules"),
    path("mes-dates/erreur/", views.mistakes, name="dates-mistakes"),
    path(RULES, rules_views.rules, name="dates-rule-list"),
    path(f"{RULES}nouvelle/", rules_views.rule, name="dates-rule-new"),
    path(f"{RULES}<int:number>/", rules_views.rule, name="dates-rule"),
    path(f"{RULES}<int:number>/retirer/", rules_views.retire, name="dates-rule-retire"),
]
