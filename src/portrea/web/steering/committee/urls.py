"""Addresses of the comité. Those of the team begin by « espace », the paroles by « comite »."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.committee import meeting_views, views, voice_views

HOME, ONE = "espace/comite/", "espace/comite/<slug:key>/"
MEETING = "espace/comite/reunion/<slug:key>/"

urlpatterns = [
    path(HOME, views.committees, name="committees"),
    path(f"{HOME}nouveau/", views.committee_new, name="committee-new"),
    path(ONE, views.committee, name="committee"),
    path(f"{ONE}sieges/", views.seat_new, name="seat-new"),
    path(f"{ONE}sieges/<int:seat>/quitter/", views.seat_leave, name="seat-leave"),
    path(f"{ONE}paroles/", views.voices, name="voices"),
    path(f"{ONE}reunions/", meeting_views.meeting_new, name="meeting-new"),
    path(MEETING, meeting_views.meeting, name="meeting"),
    path(f"{MEETING}changer/", meeting_views.meeting_edit, name="meeting-edit"),
    path(f"{MEETING}faire/", meeting_views.meeting_step, name="meeting-step"),
    path(f"{MEETING}points/", meeting_views.item, name="item-new"),
    path(f"{MEETING}points/<int:number>/", meeting_views.item, name="item"),
    path(f"{MEETING}decisions/", meeting_views.decision_new, name="decision-new"),
    path(f"{MEETING}decisions/<int:number>/", meeting_views.decision, name="decision"),
    path(f"{MEETING}invitation.ics", meeting_views.meeting_ics, name="meeting-ics"),
    path(f"{MEETING}dossier.<slug:form>", meeting_views.meeting_file, name="meeting-file"),
    path("comite/parole/retirer/", voice_views.voice_withdraw, name="voice-withdraw"),
    path("comite/<slug:key>/parole/", voice_views.voice, name="voice"),
]
