"""Addresses of the week of an actor, of the board of a territory."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.boards import views

BOARD = "espace/activite/"

urlpatterns = [
    path("espace/ma-semaine/", views.week, name="board-week"),
    path(BOARD, views.board, name="board-activity"),
    path(f"{BOARD}tableaux.xlsx", views.board_workbook, name="board-workbook"),
    path(f"{BOARD}tableaux.csv", views.board_csv, name="board-csv"),
    path(f"{BOARD}aides.csv", views.board_records, name="board-records"),
]
