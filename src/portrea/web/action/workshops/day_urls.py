"""Addresses of a workshop on its day and after; read before those of its preparation."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.workshops import day_views as views

HOME = "espace/ateliers/"
ONE = f"{HOME}<slug:key>/"

urlpatterns = [
    path(f"{HOME}tenus/", views.held, name="workshop-held"),
    path(f"{HOME}tenus.csv", views.held_csv, name="workshop-held-csv"),
    path(f"{ONE}inscriptions/", views.registrations, name="workshop-registrations"),
    path(f"{ONE}inscriptions/annuler/", views.registration_drop, name="workshop-registration-drop"),
    path(f"{ONE}feuille/", views.sheet, name="workshop-sheet"),
    path(f"{ONE}presences/", views.attendance, name="workshop-attendance"),
    path(f"{ONE}difficulte/", views.difficulty, name="workshop-met"),
    path(f"{ONE}bilan/", views.balance, name="workshop-balance"),
    path(f"{ONE}bilan/rouvrir/", views.balance_reopen, name="workshop-balance-reopen"),
]
