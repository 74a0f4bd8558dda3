"""Blockages of the observation grid are counted with the difficulties told one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from portrea.action.difficulties import clusters
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.accounts.retention import retention_run
from portrea.web.action.difficulties.counting import clusters_of, table
from portrea.web.action.models import Difficulty, Procedure
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.journeys.models import Observed
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    import polars as pl

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


def blocked(found: pl.DataFrame) -> list[dict[str, object]]:
    """Return what blocks, without days: only months are kept."""
    return clusters(found).drop("first", "last").to_dicts()


def test_what_the_grid_saw_is_still_counted_once_its_answers_are_erased() -> None:
    """Kept: the month, the procedure, what blocked, a code of the place."""
    survey = grid()
    answered(survey, 1)
    answered(survey, 2, lieu="CCAS de Betton", blocages="comprendre")
    answered(survey, 3, lieu="ccas Betton", demarche="ce que Mme Dupont demandait")
    answered(survey, 4)
    survey.submissions.filter(uuid=UUID(int=4)).update(set_aside="essai")
    survey.closed = datetime(2026, 11, 3, tzinfo=UTC)
    survey.save()
    rows, keys = Difficulty.objects.all(), [("departement", "35")]
    months = date(2026, 11, 1), date(2026, 11, 30)
    before = blocked(table(rows, keys, *months))
    retention_run(actor=SYSTEM, now=survey.closed + timedelta(days=400), names=["surveys.answers"])
    assert not survey.submissions.filter(anonymised=None).exists()
    assert blocked(table(rows, keys, *months)) == before
    assert [one["situations"] for one in before] == [2, 1]
    assert before[0]["places"] == 2
    kept = list(Observed.objects.values("month", "codes").order_by("pk"))
    assert kept == [
        {"month": date(2026, 11, 1), "codes": ["comprendre"]},
        {"month": date(2026, 11, 1), "codes": ["comprendre", "panne"]},
    ], "not in the order they came"
    written = str(list(Observed.objects.values()))
    assert "etton" not in written
    assert "Mairie" not in written


def test_a_place_told_later_is_the_same_as_one_erased() -> None:
    survey = grid()
    for number in range(6):
        answered(survey, number)
    survey.closed = datetime(2026, 11, 3, tzinfo=UTC)
    survey.save()
    retention_run(actor=SYSTEM, now=survey.closed + timedelta(days=400), names=["surveys.answers"])
    difficulty_tell(
        actor=SYSTEM, territory=WHERE, day=DAY, codes=["comprendre"], severity=None, place="mairie",
        procedure=Procedure.objects.get(origin="rsa_dtr"),
    )  # fmt: skip
    found = table(Difficulty.objects.all(), [("departement", "35")], date(2026, 11, 1), DAY)
    assert found["place"].n_unique() == 1


def test_what_was_seen_goes_after_three_years() -> None:
    survey = grid()
    answered(survey, 1)
    survey.closed = datetime(2026, 11, 3, tzinfo=UTC)
    survey.save()
    retention_run(actor=SYSTEM, now=survey.closed + timedelta(days=400), names=["surveys.answers"])
    assert Observed.objects.count() == 1
    names = ["journeys.observed"]
    retention_run(actor=SYSTEM, now=datetime(2029, 11, 28, tzinfo=UTC), names=names)
    assert Observed.objects.exists(), "30 November 2026 is not 1,095 days old"
    retention_run(actor=SYSTEM, now=datetime(2029, 12, 1, tzinfo=UTC), names=names)
    assert not Observed.objects.exists()
