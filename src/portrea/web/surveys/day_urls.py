"""Addresses of a démarche and of the screens of its room."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys import board_views, day_carry_views, day_pages_views, day_views

HOME = "espace/demarches/"
ONE = f"{HOME}<slug:key>/"

urlpatterns = [
    path(HOME, day_views.days, name="days"),
    path(f"{HOME}rapporter/", day_carry_views.day_back, name="day-back"),
    path(ONE, day_views.day, name="day"),
    path(f"{ONE}modifier/", day_views.day_edit, name="day-edit"),
    path(f"{ONE}taches/nouvelle/", day_views.task, name="day-task-new"),
    path(f"{ONE}taches/<int:task>/", day_views.task, name="day-task"),
    path(f"{ONE}taches/<int:task>/fait/", day_views.task_done, name="day-task-done"),
    path(f"{ONE}taches/<int:task>/retirer/", day_views.task_remove, name="day-task-remove"),
    path(f"{ONE}ordre-du-jour/", day_views.day_agenda, name="day-agenda"),
    path(f"{ONE}roles/", day_views.day_seats, name="day-seats"),
    path(f"{ONE}enquetes/", day_views.day_surveys, name="day-surveys"),
    path(f"{ONE}clore/", day_views.day_end, name="day-end"),
    path(f"{ONE}dates.ics", day_views.day_dates, name="day-dates"),
    path(f"{ONE}feuilles/", day_pages_views.day_papers, name="day-papers"),
    path(f"{ONE}feuilles/<slug:name>/", day_pages_views.day_paper, name="day-paper"),
    path(f"{ONE}compte-rendu/", day_pages_views.day_report, name="day-report"),
    path(f"{ONE}compte-rendu.txt", day_pages_views.day_report_text, name="day-report-text"),
    path(f"{ONE}salle/", day_carry_views.day_carry, name="day-carry"),
    path(f"{ONE}salle/journee.zip", day_carry_views.day_file, name="day-file"),
    path("collecte/tableau/<slug:key>/", board_views.board, name="day-board"),
    path("collecte/adresse/<slug:key>/", board_views.room_door, name="day-door"),
]
