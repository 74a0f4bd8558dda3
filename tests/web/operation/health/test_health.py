"""Alive and ready: a watcher knows what is missing, and costs nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import tasks
from portrea.web.operation.alerts import measured
from portrea.web.operation.health import checks

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

READY = {"pret": True, "base": "ok", "migrations": "ok", "magasin": "ok", "disque": "ok"}


class Usage(NamedTuple):
    """What the system says of a disk."""

    free: int


def refused(*_: Any, **__: Any) -> Any:
    raise DatabaseError


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_kept", None)


def test_alive_asks_nothing(client: Client) -> None:
    """No database in this test: asking it would fail."""
    answer = client.get("/sante/vivant/")
    assert answer.status_code == 200
    assert answer.json() == {"vivant": True}
    assert "no-store" in answer["Cache-Control"]


def test_ready(site: Client) -> None:
    answer = site.get("/sante/pret/")
    assert answer.status_code == 200
    assert answer.json() == READY | {"file": "ok"}


@pytest.mark.django_db
def test_not_ready_without_a_computation(client: Client) -> None:
    answer = client.get("/sante/pret/")
    assert answer.status_code == 503
    assert "Aucun calcul" in answer.json()["magasin"]
    assert answer.json()["pret"] is False


def test_not_ready_without_a_database(site: Client) -> None:
    with connection.execute_wrapper(refused):
        answer = site.get("/sante/pret/")
    assert answer.status_code == 503
    assert answer.json()["base"] == "base injoignable"
    assert answer.json()["magasin"] == "ok"


def test_not_ready_when_the_disk_is_full(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured.shutil, "disk_usage", lambda _path: Usage(5_000_000))
    assert site.get("/sante/pret/").json()["disque"] == "5 Mo libres"
    assert checks.look().ready is False


def test_not_ready_before_a_migration(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    whole = MigrationRecorder.applied_migrations
    last = ("operation", "0003_fault")
    monkeypatch.setattr(
        MigrationRecorder,
        "applied_migrations",
        lambda self: {
            key: row for key, row in whole(self).items() if key < last or key[0] != last[0]
        },
    )
    assert site.get("/sante/pret/").json()["migrations"].endswith("à appliquer")


def test_late_work_is_told_and_keeps_nobody_away(site: Client) -> None:
    tasks.end_loans.enqueue()
    assert checks.look().told["file"] == "ok"
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=42))
    found = checks.look()
    assert found.told["file"] == "42 minutes de retard"
    assert found.ready


def test_asked_again_at_once_it_looks_once(
    site: Client, demo_home: Path, django_assert_num_queries: Any
) -> None:
    site.get("/sante/pret/")
    with django_assert_num_queries(0):
        assert site.get("/sante/pret/").status_code == 200
