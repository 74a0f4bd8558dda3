"""Addresses of preparing and holding workshops."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.workshops import inviting_views, series_views, team_views, views

HOME = "espace/ateliers/"
SERIES = f"{HOME}series/<slug:key>/"
TEAM = f"{HOME}equipe/"
ONE = f"{HOME}<slug:key>/"

urlpatterns = [
    path(HOME, views.workshops, name="workshops"),
    path(f"{HOME}nouveau/", views.workshop_new, name="workshop-new"),
    path(f"{HOME}serie/", series_views.series_new, name="workshop-series-new"),
    path(SERIES, series_views.series, name="workshop-series"),
    path(f"{SERIES}modifier/", series_views.series_edit, name="workshop-series-edit"),
    path(TEAM, team_views.team, name="workshop-team"),
    path(f"{TEAM}nouveau/", team_views.helper, name="workshop-helper-new"),
    path(f"{TEAM}<int:number>/", team_views.helper, name="workshop-helper"),
    path(f"{TEAM}<int:number>/partir/", team_views.helper_leave, name="workshop-helper-leave"),
    path(ONE, views.workshop, name="workshop"),
    path(f"{ONE}modifier/", views.workshop_edit, name="workshop-edit"),
    path(f"{ONE}annuler/", views.workshop_cancel, name="workshop-cancel"),
    path(f"{ONE}contacts/", views.workshop_contacts, name="workshop-contacts"),
    path(f"{ONE}materiel/", views.workshop_equipment, name="workshop-equipment"),
    path(f"{ONE}equipe/", team_views.shifts, name="workshop-shifts"),
    path(f"{ONE}equipe/nouveau/", team_views.shift, name="workshop-shift-new"),
    path(f"{ONE}equipe/<int:number>/", team_views.shift, name="workshop-shift"),
    path(f"{ONE}equipe/<int:number>/retirer/", team_views.shift_drop, name="workshop-shift-drop"),
    path(f"{ONE}inviter/", inviting_views.invite, name="workshop-invite"),
    path(f"{ONE}affiche.pdf", inviting_views.poster, name="workshop-poster"),
    path(f"{ONE}tract.pdf", inviting_views.flyer, name="workshop-flyer"),
    path(f"{ONE}invitation.eml", inviting_views.letter, name="workshop-letter"),
    path(f"{ONE}atelier.ics", inviting_views.dates, name="workshop-dates"),
    path("ateliers/agenda.ics", inviting_views.feed, name="workshop-feed"),
    path("ateliers/<slug:key>/atelier.ics", inviting_views.dates_public, name="workshop-ics"),
]
