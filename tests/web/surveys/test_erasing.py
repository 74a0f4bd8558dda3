"""What is left of the answers once their time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.retention import retention_run
from portrea.web.surveys.models import Clash, Correction, Invitation, Submission, Survey
from portrea.web.surveys.services.correcting import answer_correct
from portrea.web.surveys.services.invitations import Asked, invitations_add
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 17, 9, 5, tzinfo=UTC)
NAMES = ("surveys.answers", "surveys.invitations")


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    """Answers are given one day of March."""
    with time_machine.travel(START, tick=False):
        yield


def kept(**told: object) -> Survey:
    survey = round_case.survey(keep_days=100, **told)
    for rank in range(4):
        round_case.answered(survey, rank, age="a60_74", remarque="Mme Dupont, 06 12 34 56 78")
    round_case.answered(survey, 4, age="a_18", lieu="chez Rose")
    return survey


def run(now: datetime, *, dry_run: bool = False) -> int:
    outcomes = retention_run(actor=SYSTEM, now=now, dry_run=dry_run, names=NAMES)
    return sum(one.rows for one in outcomes)


def test_after_its_time_nothing_tells_of_anybody() -> None:
    survey = kept(closed=START)
    one = survey.submissions.get(uuid=round_case.number(0))
    answer_correct(
        actor=SYSTEM, key=survey.key, uuid=one.uuid, answers=one.answers | {"lieu": "Poste"},
        reason="lu de travers",
    )  # fmt: skip
    round_case.sent(survey, 1, lieu="Ailleurs")
    invitations_add_open(survey)
    assert run(START + timedelta(days=99)) == 0
    assert run(START + timedelta(days=101), dry_run=True) == 7
    assert survey.submissions.filter(anonymised=None).count() == 5
    assert run(START + timedelta(days=101)) == 7
    rows = list(Submission.objects.order_by("pk"))
    for row in rows:
        assert row.answers["remarque"] == row.answers["lieu"] == ""
        assert row.answers["jour"] == "2026-03-01"
        assert row.answers["issue"] == "oui"
        for moment in map(timezone.localtime, (row.answered, row.received)):
            assert (moment.day, moment.hour) == (1, 0)
        assert row.table == row.digest == ""
        assert row.anonymised
        assert row.uuid not in {round_case.number(rank) for rank in range(5)}
    assert [row.answers["age"] for row in rows] == ["a60_74"] * 4 + [""]
    assert not Clash.objects.exists()
    assert not Correction.objects.exists()
    invited = list(Invitation.objects.order_by("pk").values_list("label", "place", "kind"))
    assert invited == [("", "", "commune"), ("", "", "asso")]
    assert run(START + timedelta(days=800)) == 0


def invitations_add_open(survey: Survey) -> None:
    """Invite while the survey is open."""
    survey.closed = None
    survey.save()
    asked = [Asked("CCAS", "commune"), Asked("Emmaüs", "asso", "p1")]
    invitations_add(actor=SYSTEM, key=survey.key, asked=asked)
    survey.closed = START
    survey.save()


@pytest.mark.parametrize(
    ("told", "days"),
    [({"closes": START.date()}, 101), ({"closes": None}, 101),
     ({"closes": START.date() + timedelta(days=30)}, 131)],
)  # fmt: skip
def test_a_survey_that_nobody_closed_ends_all_the_same(told: dict[str, object], days: int) -> None:
    survey = kept(**told)
    assert run(START + timedelta(days=days - 2)) == 0
    assert run(START + timedelta(days=days)) == 5
    assert not survey.submissions.filter(anonymised=None).exists()
