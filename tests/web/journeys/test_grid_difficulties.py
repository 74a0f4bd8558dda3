"""Blockages of the observation grid are counted with the difficulties told one by one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.action.difficulties.counting import clusters_of, table
from portrea.web.action.models import Difficulty, Procedure
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
WHERE = "departement:35"
DAY = date(2026, 11, 2)


def grid() -> Survey:
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory=WHERE, sheets=sheets, model="grille_observation"
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(actor=SYSTEM, questionnaire=made, title="Grille", territory=WHERE)


def answered(survey: Survey, number: int, **told: str) -> None:
    answers = {
        "jour": "2026-11-02", "canal": "accueil", "lieu": "Mairie", "nature": "aide",
        "demarche": "déclaration trimestrielle RSA", "blocages": "comprendre panne",
        "issue": "oui", "orientation": "non",
    } | told  # fmt: skip
    take(actor=VISITOR, survey=survey, sent=Sent(UUID(int=number), answers, Channel.WEB,
                                                 survey.version))  # fmt: skip


def test_the_grid_and_the_form_are_counted_together() -> None:
    survey = grid()
    answered(survey, 1)
    answered(survey, 2, lieu="mairie")
    answered(survey, 3, demarche="titre de séjour")  # two procedures as likely: not counted
    answered(survey, 4, jour="2025-01-02")
    difficulty_tell(
        actor=SYSTEM, territory=WHERE, day=DAY, codes=["comprendre"], severity=None, place="CCAS",
        procedure=Procedure.objects.get(origin="rsa_dtr"),
    )  # fmt: skip
    rows = Difficulty.objects.all()
    found = table(rows, [("departement", "35")], date(2026, 10, 1), date(2026, 11, 30))
    told = {(one.procedure.origin, one.code): one.counts for one in clusters_of(found, DAY)}
    assert {name: counts["situations"] for name, counts in told.items()} == {
        ("rsa_dtr", "comprendre"): 3,
        ("rsa_dtr", "panne"): 2,
    }
    assert told["rsa_dtr", "comprendre"]["places"] == 2
    assert table(rows, [("departement", "22")], date(2026, 10, 1), DAY).height == 1
    assert table(rows, [], date(2026, 10, 1), DAY).height == 1
