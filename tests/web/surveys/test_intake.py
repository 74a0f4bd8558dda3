"""Answers enter once, by one door, whatever is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from portrea.base.errors import DataError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.surveys.models import Clash, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, Taken, take
from portrea.web.surveys.services.questionnaires import (
    draft_save,
    questionnaire_create,
    version_publish,
)
from portrea.web.surveys.services.rounds import survey_ask, survey_open

if TYPE_CHECKING:
    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
ONE = UUID("7c7e2f8e-8f0e-4d5b-9b3a-0d8f4f2d1a01")
RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip


@pytest.fixture
def survey() -> Survey:
    """The observation grid, asked in a commune."""
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory="commune:35238", sheets=sheets
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title="Dix semaines", territory="commune:35238"
    )


def sent(survey: Survey, channel: Channel = Channel.PHONE, **changed: str) -> Sent:
    return Sent(ONE, RIGHT | changed, channel, survey.version)


def test_an_answer_sent_again_is_kept_once(survey: Survey) -> None:
    first = take(actor=VISITOR, survey=survey, sent=sent(survey))
    again = take(actor=VISITOR, survey=survey, sent=sent(survey))
    assert (first.taken, again.taken) == (Taken.NEW, Taken.KNOWN)
    assert again.submission == first.submission
    assert Submission.objects.count() == 1
    assert first.submission.answers["issue"] == "oui"
    assert first.submission.answers["age"] == "inconnu"


def test_what_differs_under_the_same_identifier_is_kept_beside(survey: Survey) -> None:
    take(actor=VISITOR, survey=survey, sent=sent(survey))
    for _again in range(2):
        other = take(actor=VISITOR, survey=survey, sent=sent(survey, lieu="Poste"))
        assert other.taken is Taken.CLASH
        assert other.submission.answers["lieu"] == "Mairie"
    assert [clash.answers["lieu"] for clash in Clash.objects.all()] == ["Poste"]


def test_what_a_phone_sends_with_faults_is_kept_whole(survey: Survey) -> None:
    got = take(actor=VISITOR, survey=survey, sent=sent(survey, duree="neuf", canal="fax"))
    assert got.taken is Taken.NEW
    assert set(got.submission.faults) == {"duree", "canal"}
    assert got.submission.answers["duree"] == "neuf"


def test_who_is_still_there_mends(survey: Survey) -> None:
    with pytest.raises(DataError, match="à corriger"):
        take(actor=VISITOR, survey=survey, sent=sent(survey, Channel.WEB, issue=""))
    assert not Submission.objects.exists()


def test_a_form_changed_meanwhile_leaves_each_answer_its_version(survey: Survey) -> None:
    old = survey.version
    questionnaire = survey.questionnaire
    questionnaire.refresh_from_db()
    rows = [row for row in questionnaire.draft["survey"] if row.get("name") != "remarque"]
    sheets = questionnaire.draft | {"survey": rows}
    draft_save(actor=SYSTEM, key=questionnaire.key, sheets=sheets, edits=questionnaire.edits)
    new = version_publish(actor=SYSTEM, key=questionnaire.key)
    assert new.number > old.number
    survey = survey_ask(actor=SYSTEM, key=survey.key, version=new)
    late = Sent(ONE, RIGHT | {"remarque": "tard"}, Channel.PHONE, old)
    kept = take(actor=VISITOR, survey=survey, sent=late).submission
    assert kept.version == old
    assert kept.answers["remarque"] == "tard"


def test_the_same_draft_is_the_same_version(survey: Survey) -> None:
    again = version_publish(actor=SYSTEM, key=survey.questionnaire.key)
    assert again == survey.version


def test_two_writers_of_a_draft_do_not_undo_each_other(survey: Survey) -> None:
    key, sheets = survey.questionnaire.key, survey.questionnaire.draft
    draft_save(actor=SYSTEM, key=key, sheets=sheets, edits=0)
    with pytest.raises(DataError, match="pendant ce temps"):
        draft_save(actor=SYSTEM, key=key, sheets=sheets, edits=0)
