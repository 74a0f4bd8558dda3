"""What orientations keep about people ends when ``retention.yaml`` says, and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.retention import DURATIONS, registry, retention_run
from portrea.web.journeys.models import Handover, Observed, UnmetDemand
from portrea.web.surveys.models import Survey
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 22, 3, tzinfo=UTC)
DAYS = {entry.name: entry.days for entry in registry() if entry.name.startswith("journeys.")}


def handover(at: datetime, **more: Any) -> Handover:
    told = {"place_name": "CCAS", "level": "commune", "code": "35133", "sender_name": "Ici"}
    told |= {"need": "aide", "digest": str(at), "nonce": str(at), "expires": at, "words": "mots"}
    told |= {"first_name": "Awa", "contact": "a@b.fr", "consent": "oui", "consented": at}
    return Handover.objects.create(**told | more)


def demand(at: datetime) -> UnmetDemand:
    told = {"commune": "35133", "need": "aide", "reason": "far", "origin": "visitor"}
    return UnmetDemand.objects.create(month=at.date().replace(day=1), count=3, **told)


def observed(at: datetime) -> Observed:
    survey = Survey.objects.first() or round_case.survey()
    told = {"procedure": "rsa", "codes": ["panne"], "place": "0" * 16}
    return Observed.objects.create(survey=survey, month=at.date().replace(day=1), **told)


def named() -> int:
    return Handover.objects.exclude(first_name="", contact="", words="", consent="").count()


CASES: dict[str, tuple[Callable[[datetime], object], Callable[[], int]]] = {
    "journeys.identities": (
        lambda at: handover(at, state="accepted", answered=at, expires=NOW + timedelta(days=9)),
        named,
    ),
    "journeys.handovers": (
        lambda at: handover(at, state="refused", answered=at, ended=at),
        Handover.objects.count,
    ),
    "journeys.demands": (
        lambda at: demand(at + timedelta(days=-32 if at < NOW - timedelta(days=1095) else 0)),
        UnmetDemand.objects.count,
    ),
    "journeys.observed": (
        lambda at: observed(at + timedelta(days=-32 if at < NOW - timedelta(days=1095) else 0)),
        Observed.objects.count,
    ),
}


def test_every_entry_has_its_case() -> None:
    assert set(CASES) == set(DAYS)


@pytest.mark.parametrize("name", CASES)
def test_erased_after_its_days_and_not_before(name: str) -> None:
    make, count = CASES[name]
    limit = NOW - timedelta(days=DAYS[name])
    make(limit - timedelta(hours=1))
    make(limit + timedelta(hours=1))
    assert count() == 2
    (told,) = retention_run(actor=SYSTEM, now=NOW, dry_run=True, names=[name])
    assert (told.rows, count()) == (1, 2), "a trial only counts"
    (told,) = retention_run(actor=SYSTEM, now=NOW, names=[name])
    assert (told.rows, count()) == (1, 1)


def test_a_daily_job_that_stopped_leaves_nobody_named() -> None:
    """Expired long ago and never followed: the registry erases all the same."""
    handover(NOW - timedelta(days=8))
    retention_run(actor=SYSTEM, now=NOW, names=["journeys.identities"])
    assert named() == 0
    assert Handover.objects.get().consented is None


def test_what_lasts_longer_is_left() -> None:
    handover(NOW + timedelta(days=3))
    retention_run(actor=SYSTEM, now=NOW)
    assert named() == 1


def test_an_accepted_one_ends_with_its_answer() -> None:
    handover(NOW - timedelta(days=91), state="accepted", answered=NOW - timedelta(days=91))
    retention_run(actor=SYSTEM, now=NOW, names=["journeys.handovers"])
    assert not Handover.objects.exists()


def test_a_month_goes_whole() -> None:
    demand(datetime(2023, 12, 31, tzinfo=UTC))
    assert UnmetDemand.objects.get().month == date(2023, 12, 1)
    retention_run(actor=SYSTEM, now=datetime(2026, 12, 30, tzinfo=UTC), names=["journeys.demands"])
    assert UnmetDemand.objects.exists(), "31 December 2023 is not 1,095 days old"
    retention_run(actor=SYSTEM, now=datetime(2027, 1, 1, tzinfo=UTC), names=["journeys.demands"])
    assert not UnmetDemand.objects.exists()


def test_the_privacy_page_says_what_is_applied(client: Client) -> None:
    prose = unescape(client.get("/donnees-personnelles/").content.decode())
    prose = prose.partition("Toutes les durées")[0]
    for name, words in {
        "journeys.identities": "au plus tard {} après sa réponse",
        "journeys.handovers": "effacée {} après sa fin",
        "journeys.demands": "gardés {}",
    }.items():
        assert words.format(DURATIONS[DAYS[name]]) in prose, name
