"""Addresses of texts and editions: those of the team, those of everybody."""

from __future__ import annotations

from django.urls import path

from portrea.web.steering.editions import public_views, views

DRAFT = "territoires/<slug:level>/<slug:code>/portrait-complet/"
PUBLIC = "portraits/<slug:place>/"

team = [
    path(DRAFT + "textes/<slug:section>/", views.text, name="passage"),
    path(DRAFT + "textes/<slug:section>/versions/", views.versions, name="passage-versions"),
    path(DRAFT + "masquer/", views.hide, name="passage-hide"),
    path(DRAFT + "figer/", views.freeze, name="edition-freeze"),
    path(DRAFT + "editions/<slug:name>/", views.keep, name="edition-keep"),
    path(DRAFT + "editions/<slug:name>/lire/", views.preview, name="edition-preview"),
    path(DRAFT + "editions/<slug:name>/publier/", views.publish, name="edition-publish"),
    path(DRAFT + "editions/<slug:name>/retirer/", views.withdraw, name="edition-withdraw"),
    path(DRAFT + "editions/<slug:name>/effacer/", views.discard, name="edition-discard"),
]
public = [
    path(PUBLIC, public_views.latest, name="editions"),
    path(PUBLIC + "comparer/", public_views.compare, name="edition-compare"),
    path(PUBLIC + "<slug:name>/", public_views.edition, name="edition"),
    path(PUBLIC + "<slug:name>/dix-minutes/", public_views.minutes, name="edition-minutes"),
    path(
        PUBLIC + "<slug:name>/dix-minutes.pdf", public_views.minutes_pdf, name="edition-minutes-pdf"
    ),
    path(PUBLIC + "<slug:name>.<slug:form>", public_views.edition_file, name="edition-file"),
]
