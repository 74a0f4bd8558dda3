"""Addresses of those who prepare questionnaires. Fixed words come before the key of one."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.drafting import (
    exporting_views,
    importing_views,
    library_views,
    release_views,
    views,
    words_views,
)

HOME = "espace/questionnaires/"
ONE = f"{HOME}<slug:key>/"
urlpatterns = [
    path(HOME, library_views.library, name="questionnaires"),
    path(f"{HOME}modeles/", library_views.ready, name="questionnaire-models"),
    path(f"{HOME}modeles/<str:name>/", library_views.ready_one, name="questionnaire-model"),
    path(f"{HOME}vide/", library_views.empty, name="questionnaire-empty"),
    path(f"{HOME}importer/", importing_views.importing, name="questionnaire-import"),
    path(f"{HOME}importer/a-corriger/", importing_views.to_mend, name="questionnaire-mend"),
    path(ONE, views.outline, name="questionnaire"),
    path(f"{ONE}copier/", library_views.copy, name="questionnaire-copy"),
    path(f"{ONE}ranger/", library_views.put_away, name="questionnaire-away"),
    path(f"{ONE}ajouter/", views.question_add, name="question-add"),
    path(f"{ONE}ajouter/partie/", views.section_add, name="section-add"),
    path(f"{ONE}ajouter/territoire/", words_views.places_add, name="question-places"),
    path(f"{ONE}question/<str:name>/", views.question, name="question"),
    path(f"{ONE}partie/<str:name>/", views.section, name="section"),
    path(f"{ONE}supprimer/<str:name>/", views.item_remove, name="question-remove"),
    path(f"{ONE}deplacer/", views.item_move, name="question-move"),
    path(f"{ONE}doubler/", views.item_copy, name="question-copy"),
    path(f"{ONE}changements/", views.changes, name="questionnaire-changes"),
    path(f"{ONE}traductions/", words_views.translations, name="questionnaire-words"),
    path(f"{ONE}titre/", words_views.retitle, name="questionnaire-title"),
    path(f"{ONE}essayer/", release_views.trial, name="questionnaire-trial"),
    path(f"{ONE}verifier/", release_views.check, name="questionnaire-check"),
    path(f"{ONE}versions/", release_views.versions, name="questionnaire-versions"),
    path(f"{ONE}versions/publier/", release_views.publish, name="questionnaire-publish"),
    path(f"{ONE}versions/comparer/", release_views.compare, name="questionnaire-compare"),
    path(f"{ONE}imprimer/", exporting_views.printed, name="questionnaire-print"),
    path(f"{ONE}fichier.<slug:kind>", exporting_views.file, name="questionnaire-file"),
]
