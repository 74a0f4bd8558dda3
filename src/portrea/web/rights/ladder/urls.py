"""Addresses. How far a territory goes at the source: information, proposal, attribution."""

from __future__ import annotations

from django.urls import path

from portrea.web.rights.ladder import views

TEAM = "espace/droits/"
PARTNERS = f"{TEAM}echelle/partenaires/"

urlpatterns = [
    path("droits/a-la-source/", views.at_the_source, name="rights-source"),
    path(f"{TEAM}echelle/", views.settings, name="rights-ladder-settings"),
    path(f"{PARTNERS}nouveau/", views.partner, name="rights-partner-new"),
    path(f"{PARTNERS}<slug:key>/", views.partner, name="rights-partner"),
    path(f"{PARTNERS}<slug:key>/retirer/", views.partner_retire, name="rights-partner-retire"),
    path(f"{TEAM}partenaires/", views.partners, name="rights-give-list"),
    path(f"{TEAM}partenaires/<slug:key>/", views.give, name="rights-give"),
]
