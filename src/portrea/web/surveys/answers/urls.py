"""Addresses of the answers of a survey, for those who run it."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys.answers import care_views, views

HERE = "espace/enquetes/<slug:key>/"

urlpatterns = [
    path(f"{HERE}reponses/", views.answers, name="answers"),
    path(f"{HERE}reponses/doubles/", views.clashes, name="answers-clashes"),
    path(f"{HERE}reponses/effacer/", care_views.erase, name="answers-erase"),
    path(f"{HERE}reponses/importer/", care_views.import_file, name="answers-import"),
    path(f"{HERE}reponses/export.<slug:kind>", views.answers_file, name="answers-file"),
    path(f"{HERE}reponses/<uuid:uuid>/", views.answer, name="answer-read"),
    path(f"{HERE}reponses/<uuid:uuid>/corriger/", views.answer_edit, name="answer-edit"),
    path(f"{HERE}reponses/<uuid:uuid>/ecarter/", views.answer_aside, name="answer-aside"),
    path(f"{HERE}relecture/", care_views.review, name="answers-review"),
    path(f"{HERE}relecture/<uuid:uuid>/", care_views.reviewed, name="answer-reviewed"),
]
