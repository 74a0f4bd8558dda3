"""Addresses of the answers of a survey, for those who run it."""

from __future__ import annotations

from django.urls import path

from portrea.web.surveys import answers_care_views, answers_views

HERE = "espace/enquetes/<slug:key>/"

urlpatterns = [
    path(f"{HERE}reponses/", answers_views.answers, name="answers"),
    path(f"{HERE}reponses/doubles/", answers_views.clashes, name="answers-clashes"),
    path(f"{HERE}reponses/effacer/", answers_care_views.erase, name="answers-erase"),
    path(f"{HERE}reponses/importer/", answers_care_views.import_file, name="answers-import"),
    path(f"{HERE}reponses/export.<slug:kind>", answers_views.answers_file, name="answers-file"),
    path(f"{HERE}reponses/<uuid:uuid>/", answers_views.answer, name="answer-read"),
    path(f"{HERE}reponses/<uuid:uuid>/corriger/", answers_views.answer_edit, name="answer-edit"),
    path(f"{HERE}reponses/<uuid:uuid>/ecarter/", answers_views.answer_aside, name="answer-aside"),
    path(f"{HERE}relecture/", answers_care_views.review, name="answers-review"),
    path(f"{HERE}relecture/<uuid:uuid>/", answers_care_views.reviewed, name="answer-reviewed"),
]
