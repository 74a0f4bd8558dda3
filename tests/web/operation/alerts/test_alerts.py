"""Alerts: each subject seen good, to watch and broken, on days worked by hand."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.utils import timezone

from portrea.base.provenance import Provenance
from portrea.sources.datasets import Dataset
from portrea.web.accounts import mail, tasks
from portrea.web.offer.models import Place
from portrea.web.operation.alerts import alerts, measured, reading
from web.offer.census import applied, record

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


class Usage(NamedTuple):
    """What the system says of a disk."""

    free: int


def told(key: str, today: date = TODAY) -> str:
    """Level of the alerts of a subject: « » when there is none."""
    return " ".join(sorted({one.level for one in alerts(today) if one.key.startswith(key)}))


def dataset(vintage: str, *, rows: dict[str, int], retrieved: str | None = None) -> Dataset:
    card = Provenance("x", "Titre", "INSEE", vintage, retrieved=retrieved)
    return Dataset("x", card, rows)


@pytest.mark.parametrize(
    ("vintage", "rows", "retrieved", "old"),
    [
        ("2021", {"observations": 1}, None, True),  # four years after the end of 2021: 30/12/2025
        ("2022", {"observations": 1}, None, False),  # 30/12/2026
        ("2022-2024", {"observations": 1}, None, False),
        ("s.d.", {"observations": 1}, None, False),  # unknown is not old
        ("2020", {"places": 1}, "2026-06-01", False),  # 175 days
        ("2020", {"places": 1}, "2026-05-01", True),  # 206 days
        ("2020", {"places": 1}, None, False),
    ],
)
def test_old_sources(vintage: str, rows: dict[str, int], retrieved: str | None, old: bool) -> None:
    said = reading.old_source(dataset(vintage, rows=rows, retrieved=retrieved), TODAY)
    assert bool(said) == old
    if old:
        assert "INSEE" in said


def test_sources_of_the_store(demo_home: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_home
    (far,) = [one for one in alerts(date(2099, 1, 1)) if one.key == "sources"]
    assert "portrea data add" in far.remedy
    assert far.what == f"Sources anciennes : {len(far.details)}."
    assert any("Recensement" in one for one in far.details)
    assert told("sources", date(2000, 1, 1)) == ""


def test_computation(demo_copy: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_copy
    assert told("computation") == ""
    pointer = demo_copy / "store" / "current"
    before = timezone.now().timestamp() - 401 * 86_400
    os.utime(pointer, (before, before))
    assert told("computation") == "watch"
    pointer.unlink()
    assert told("computation") == "broken"


def test_places() -> None:
    assert told("places") == ""
    for rank in range(4):
        applied(
            record(f"lieu{rank}", name=f"Lieu {rank}", commune="35188", city="x"), source=f"l{rank}"
        )
    places = list(Place.objects.order_by("pk"))
    assert len(places) == 4
    Place.objects.update(confirmed=TODAY - timedelta(days=366))
    assert told("places") == "watch"
    for place in places[:2]:  # half of them: the limit is not passed
        Place.objects.filter(pk=place.pk).update(confirmed=TODAY - timedelta(days=365))
    assert told("places") == ""
    Place.objects.update(confirmed=None, status=Place.Status.CLOSED)
    assert told("places") == ""


@pytest.mark.parametrize(
    ("month", "level"), [("2026-12", ""), ("2026-11", "watch"), ("2026-10", "broken")]
)
def test_parameters_of_openfisca(monkeypatch: pytest.MonkeyPatch, month: str, level: str) -> None:
    monkeypatch.setattr(reading, "until", lambda: month)
    assert told("openfisca") == level


def test_school_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "last_school_day", lambda: date(2027, 5, 23))  # 181 days
    assert told("holidays") == ""
    monkeypatch.setattr(reading, "last_school_day", lambda: date(2027, 5, 22))
    assert told("holidays") == "watch"


@pytest.mark.parametrize(
    ("days", "verified", "level"),
    [(1, True, ""), (1, False, "watch"), (3, True, "watch"), (8, True, "broken")],
)
def test_backup(home: Path, days: int, verified: bool, level: str) -> None:
    assert told("backup") == "watch"  # none was ever made
    (home / "sauvegardes").mkdir(parents=True)
    day = (timezone.now() - timedelta(days=days)).isoformat()
    card = {"date": day, "path": "x", "verified": verified}
    (home / "sauvegardes/derniere.json").write_text(json.dumps(card), "utf-8")
    assert told("backup") == level


def test_queue_and_failures() -> None:
    assert (told("queue"), told("failures")) == ("", "")
    row = tasks.end_loans.enqueue().db_result
    type(row).objects.update(enqueued_at=timezone.now() - timedelta(minutes=16))
    assert told("queue") == "broken"
    row.set_failed(TimeoutError())
    assert (told("queue"), told("failures")) == ("", "watch")
    type(row).objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert told("failures") == ""


def test_a_task_put_off_is_not_late() -> None:
    row = tasks.end_loans.enqueue().db_result
    now = timezone.now()
    type(row).objects.update(
        enqueued_at=now - timedelta(hours=2), run_after=now + timedelta(hours=1)
    )
    assert measured.queue_delay() == 0
    type(row).objects.update(run_after=now - timedelta(minutes=1))
    assert measured.queue_delay() == pytest.approx(60, abs=30)


def test_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    today = timezone.localdate()
    mail.send("a@exemple.org", "accounts/mail/reset.txt", {"link": "x"})
    assert told("mail", today) == ""
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(ConnectionRefusedError):
        mail.send("a@exemple.org", "accounts/mail/reset.txt", {"link": "x"})
    assert told("mail", today) == "watch"
    assert told("mail", today + timedelta(days=8)) == ""


def test_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("disk") == ""
    monkeypatch.setattr(measured.shutil, "disk_usage", lambda _path: Usage(999_000_000))
    assert told("disk") == "broken"


def test_the_broken_things_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "until", lambda: "2020-01")
    levels = [one.level for one in alerts(TODAY)]
    assert levels == sorted(levels)  # « broken » before « watch »
    assert {"broken", "watch"} <= set(levels)
    assert all(one.what and one.remedy for one in alerts(TODAY))
