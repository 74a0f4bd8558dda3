"""The site over the computed demo: no database unless asked for, undefined variables fail."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet
from django.template import engines
from django.test import TransactionTestCase

from portrea.web.config.warming import NAME as WARMING
from portrea.web.territories.beside import NAME
from web import like_postgresql
from web.postgres import own_database, temporary_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper


class Undefined(str):
    """What Django writes for an undefined variable: here, a failure."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"Undefined template variable: {name}")


@pytest.fixture
def lenient_templates() -> None:
    """Ask for Django's usual indulgence (its own administration needs it)."""


@pytest.fixture(autouse=True)
def strict_templates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an undefined template variable an error."""
    if "lenient_templates" not in request.fixturenames:
        monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Undefined("%s"))


@pytest.fixture(autouse=True)
def shuffled_querysets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return unordered querysets backwards, so that nothing relies on an accidental order."""
    original = QuerySet._fetch_all

    def fetch(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None
        original(self)
        if fresh and not self.ordered and isinstance(self._result_cache, list):
            self._result_cache.reverse()

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Let what a test began beside its requests end with it: its database is not the next one's."""
    try:
        return (yield)
    finally:
        for thread in threading.enumerate():
            if thread.name == NAME:
                thread.join(60)
            assert thread.name != WARMING, "A test left a site serving: it reads the next databases"


@pytest.fixture(autouse=True)
def refused_by_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make SQLite refuse what the other database would refuse."""
    if connection.vendor == "sqlite":
        like_postgresql.install(monkeypatch)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the connection of a test's transaction open, as that of SQLite in memory stays."""
    obsolete = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def unless_in_a_test(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            obsolete(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", unless_in_a_test)


@pytest.fixture(autouse=True)
def forgotten_forms() -> None:
    """Forget the forms of other tests, whose versions bore the same identifiers."""
    from portrea.web.surveys.answering.pages import places_of
    from portrea.web.surveys.answering.selectors import watched
    from portrea.web.surveys.collecting.selectors import portable_of
    from portrea.web.surveys.versions import form_of

    for kept in (form_of, places_of, portable_of, watched):
        kept.cache_clear()


@pytest.fixture(autouse=True)
def no_task_before() -> None:
    """Forget a task that another test began and never ended: nobody listens any more."""
    from portrea.base.progress import silent
    from portrea.web.accounts.running import _listener
    from portrea.web.operation.work import tracing

    tracing._open.clear()
    _listener.set(silent)


@pytest.fixture(autouse=True)
def site_home(home: Path, settings: SettingsWrapper) -> Path:
    """Point the site at this test's own empty home."""
    settings.PORTREA_HOME = home
    return home


@pytest.fixture
def run_tasks() -> Callable[[], None]:
    """Do what waits in the queue, as the worker would, without closing the test's connection."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )

    def run() -> None:
        while (waiting := DBTaskResult.objects.ready().first()) is not None:
            waiting.claim(worker.worker_id)
            worker.run_task(waiting)

    return run


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL of this test run only."""
    yield from temporary_cluster()


@pytest.fixture
def cluster(server: str) -> Iterator[str]:
    """Address of a database of this test only, on that server: no test reads another's rows."""
    yield from own_database(server)


@pytest.fixture(scope="session", autouse=True)
def journal_can_be_emptied() -> Iterator[None]:
    """Let a transactional test empty its database: the journal refuses it to everyone else."""
    from portrea.web.accounts.triggers import lifted

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with lifted(connection):
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def site(demo_home: Path, settings: SettingsWrapper, client: Client, db: None) -> Client:
    """A browser on the site of the computed demo (département 35)."""
    settings.PORTREA_HOME = demo_home
    return client
