"""Addresses of home help, maraudes, computers, loans, mandates."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.outreach import mandates_views, public_views, views

HOME = "espace/aller-vers/"
MANDATES = f"{HOME}mandats/"
MANDATE = f"{MANDATES}<slug:number>/"
LOAN = f"{HOME}prets/<slug:code>/"
THING = f"{HOME}<slug:kind>/<int:number>/"
AROUND = "aller-vers/<slug:level>/<slug:code>/"

urlpatterns = [
    path(HOME, views.outreach, name="outreach"),
    path(MANDATES, mandates_views.mandates, name="outreach-mandates"),
    path(f"{MANDATES}nouveau/", mandates_views.mandate_new, name="outreach-mandate-new"),
    path(MANDATE, mandates_views.mandate, name="outreach-mandate"),
    path(f"{MANDATE}papier/", mandates_views.mandate_paper, name="outreach-mandate-paper"),
    path(f"{MANDATE}acte/", mandates_views.mandate_do, name="outreach-mandate-do"),
    path(f"{MANDATE}revoquer/", mandates_views.mandate_revoke, name="outreach-mandate-revoke"),
    path(LOAN, views.loan, name="outreach-loan"),
    path(f"{HOME}materiel/<int:number>/preter/", views.loan_new, name="outreach-loan-new"),
    path(f"{HOME}<slug:kind>/nouveau/", views.thing_new, name="outreach-thing-new"),
    path(THING, views.thing, name="outreach-thing"),
    path(f"{THING}fini/", views.thing_end, name="outreach-thing-end"),
    path("aller-vers/", public_views.nearby, name="outreach-nearby"),
    path(AROUND, public_views.around, name="outreach-around"),
    path(f"{AROUND}agenda.ics", public_views.around_dates, name="outreach-around-dates"),
    path("poste/<slug:key>/", public_views.station, name="outreach-station"),
]
