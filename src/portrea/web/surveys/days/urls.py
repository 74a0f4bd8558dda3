"""Addresses of a démarche and of the screens of its room."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.days import board_views, carry_views, pages_views, views

HOME = "espace/demarches/"
ONE = f"{HOME}<slug:key>/"

urlpatterns = [
    path(HOME, views.days, name="days"),
    path(f"{HOME}rapporter/", carry_views.day_back, name="day-back"),
    path(ONE, views.day, name="day"),
    path(f"{ONE}modifier/", views.day_edit, name="day-edit"),
    path(f"{ONE}taches/nouvelle/", views.task, name="day-task-new"),
    path(f"{ONE}taches/<int:task>/", views.task, name="day-task"),
    path(f"{ONE}taches/<int:task>/fait/", views.task_done, name="day-task-done"),
    path(f"{ONE}taches/<int:task>/retirer/", views.task_remove, name="day-task-remove"),
    path(f"{ONE}ordre-du-jour/", views.day_agenda, name="day-agenda"),
    path(f"{ONE}roles/", views.day_seats, name="day-seats"),
    path(f"{ONE}enquetes/", views.day_surveys, name="day-surveys"),
    path(f"{ONE}clore/", views.day_end, name="day-end"),
    path(f"{ONE}dates.ics", views.day_dates, name="day-dates"),
    path(f"{ONE}feuilles/", pages_views.day_papers, name="day-papers"),
    path(f"{ONE}feuilles/<slug:name>/", pages_views.day_paper, name="day-paper"),
    path(f"{ONE}compte-rendu/", pages_views.day_report, name="day-report"),
    path(f"{ONE}compte-rendu.txt", pages_views.day_report_text, name="day-report-text"),
    path(f"{ONE}salle/", carry_views.day_carry, name="day-carry"),
    path(f"{ONE}salle/journee.zip", carry_views.day_file, name="day-file"),
    path("collecte/tableau/<slug:key>/", board_views.board, name="day-board"),
    path("collecte/adresse/<slug:key>/", board_views.room_door, name="day-door"),
]
