"""Addresses of appointments: those of anybody, then those of the team."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.appointments import settings_views, team_views, views

HOME = "espace/rendez-vous/"
ONE = f"{HOME}<slug:key>/"
VISIT = f"{ONE}<int:number>/"
CODE = "rendez-vous/code/<slug:code>/"

urlpatterns = [
    path("rendez-vous/", views.permanences, name="appointment-places"),
    path("rendez-vous/annuler/", views.find, name="appointment-find"),
    path(CODE, views.code, name="appointment-code"),
    path(f"{CODE}annuler/", views.cancel, name="appointment-cancel"),
    path(f"{CODE}rappel/", views.remind, name="appointment-remind"),
    path(f"{CODE}rendez-vous.ics", views.calendar, name="appointment-calendar"),
    path("rendez-vous/<slug:key>/", views.permanence, name="appointment-days"),
    path("rendez-vous/<slug:key>/<int:moment>/", views.book, name="appointment-book"),
    path(HOME, settings_views.permanences, name="appointment-list"),
    path(f"{HOME}nouvelle/", settings_views.new, name="appointment-new"),
    path(ONE, team_views.day, name="appointment-day"),
    path(f"{ONE}modifier/", settings_views.edit, name="appointment-edit"),
    path(f"{ONE}horaires/", settings_views.hours, name="appointment-hours"),
    path(f"{ONE}fermetures/", settings_views.closings, name="appointment-closings"),
    path(f"{ONE}clore/", settings_views.close, name="appointment-close"),
    path(f"{ONE}prendre/", team_views.choose, name="appointment-choose"),
    path(f"{ONE}prendre/<int:moment>/", team_views.take, name="appointment-take"),
    path(f"{VISIT}etat/", team_views.mark, name="appointment-mark"),
    path(f"{VISIT}annuler/", team_views.refuse, name="appointment-refuse"),
    path(f"{VISIT}deplacer/", team_views.move, name="appointment-move"),
    path(f"{VISIT}deplacer/<int:moment>/", team_views.move_to, name="appointment-move-to"),
]
