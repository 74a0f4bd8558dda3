"""``portrea doctor``: every broken state is told with its remedy, and nothing hides the others."""

from __future__ import annotations

import json
import smtplib
import socket
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.sources.store import Store
from portrea.steering import split
from portrea.steering.settings import Settings
from portrea.web.accounts import tasks
from portrea.web.accounts.models import User
from portrea.web.operation.doctor import checks, data, databases, machine, site, work
from portrea.web.operation.doctor.checks import Finding, Level
from portrea.web.operation.queue import lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

GIB = 1_000_000_000


def bad(found: Finding, level: Level, words: str) -> None:
    """Check what is told of something wrong: its level, its words, a remedy."""
    assert (found.level, words in found.what) == (level, True), found
    assert found.remedy


# -- machine ---------------------------------------------------------------------------------------


def test_python_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.python().level is Level.GOOD
    monkeypatch.setattr(machine.sys, "version_info", (3, 9, 1))
    bad(machine.python(), Level.BROKEN, "3.9.1")


def test_libraries_other_than_the_lock_then_too_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "core.txt"
    lock.write_text("click==0.0.1 \\\n    --hash=sha256:00\n", "utf-8")
    monkeypatch.setattr(machine, "LOCK", lock)
    bad(machine.libraries(), Level.LOOK, "click")
    monkeypatch.setattr(machine, "LOCK", tmp_path / "absent")
    assert machine.libraries().level is Level.GOOD
    monkeypatch.setattr(machine, "requires", lambda _name: ["click>=99", "nowhere>=1 ; extra"])
    bad(machine.libraries(), Level.BROKEN, "click")


def test_a_home_that_cannot_be_written_or_that_others_read(
    settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.PORTREA_HOME = tmp_path / "absent"
    bad(machine.home(), Level.BROKEN, "absent")
    settings.PORTREA_HOME = tmp_path
    key = tmp_path / "cle-secrete"
    key.write_text("x", "utf-8")
    key.chmod(0o644)
    tmp_path.chmod(0o755)
    bad(machine.home(), Level.LOOK, "cle-secrete")
    tmp_path.chmod(0o700)
    assert machine.home().level is Level.GOOD


@pytest.mark.parametrize(
    ("free", "level"),
    [(100_000_000, Level.BROKEN), (GIB // 2, Level.LOOK), (50 * GIB, Level.GOOD)],
)
def test_free_space(monkeypatch: pytest.MonkeyPatch, free: int, level: Level) -> None:
    monkeypatch.setattr(machine.measured, "free_bytes", lambda: free)
    assert machine.disk().level is level


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.GOOD), (20, Level.LOOK), (3600, Level.BROKEN)]
)
def test_a_clock_adrift_from_the_database(
    monkeypatch: pytest.MonkeyPatch, seconds: int, level: Level
) -> None:
    theirs = timezone.now() - timedelta(seconds=seconds)
    monkeypatch.setattr(machine, "connection", told_by({"clock_timestamp": theirs}))
    assert machine.clock().level is level


def test_rights_absent_or_that_do_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "python_with_openfisca", lambda: None)
    bad(machine.rights(), Level.LOOK, "OpenFisca")
    monkeypatch.setattr(machine, "python_with_openfisca", lambda: "/nowhere/python")
    bad(machine.rights(), Level.BROKEN, "/nowhere/python")


# -- database --------------------------------------------------------------------------------------


def told_by(answers: dict[str, Any], vendor: str = "postgresql", name: str = "base") -> Any:
    """A connection that answers what a dictionary says, by a word of the question."""

    class Cursor:
        def __enter__(self) -> Cursor:
            return self

        def __exit__(self, *_: object) -> None: ...

        def execute(self, query: str) -> None:
            self.found = next(value for word, value in answers.items() if word in query)

        def fetchone(self) -> tuple[Any]:
            return (self.found,)

    return SimpleNamespace(vendor=vendor, cursor=Cursor, settings_dict={"NAME": name})


def test_no_database_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    absent = told_by({}, "sqlite", str(tmp_path / "absent.sqlite3"))
    monkeypatch.setattr(databases, "connection", absent)
    bad(databases.database(), Level.BROKEN, "pas encore de base")
    bad(databases.usable(), Level.BROKEN, "pas encore")
    assert not list(tmp_path.iterdir()), "looking makes nothing"


@pytest.mark.django_db
def test_tables_not_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    assert databases.usable().level is Level.GOOD
    waiting = SimpleNamespace(app_label="offer", name="0042_more")
    monkeypatch.setattr(
        databases.MigrationExecutor, "migration_plan", lambda *_: [(waiting, False)]
    )
    bad(databases.usable(), Level.BROKEN, "offer 0042_more")


@pytest.mark.parametrize(
    ("answers", "level", "words"),
    [
        ({"journal_mode": "wal", "synchronous": 2}, Level.GOOD, "FULL"),
        ({"journal_mode": "wal", "synchronous": 1}, Level.LOOK, "NORMAL"),
        ({"journal_mode": "wal", "synchronous": 0}, Level.BROKEN, "OFF"),
        ({"journal_mode": "delete", "synchronous": 2}, Level.BROKEN, "delete"),
    ],
)
def test_sqlite(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], level: Level, words: str
) -> None:
    monkeypatch.setattr(databases, "connection", told_by(answers, "sqlite", "/srv/base"))
    found = databases.sqlite()
    assert found.level is level
    assert words in found.what


def test_sqlite_on_the_disk_of_another_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n", "utf-8")
    assert databases.filesystem(Path("/srv/portrea/base"), mounts) == "nfs4"
    assert databases.filesystem(Path("/opt/portrea/base"), mounts) == "ext4"
    monkeypatch.setattr(databases, "connection", told_by({}, "sqlite", "/srv/base"))
    monkeypatch.setattr(databases, "filesystem", lambda *_: "nfs4")
    bad(databases.sqlite(), Level.BROKEN, "nfs4")


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({}, Level.GOOD, "PostGIS est inutile"),
        ({"fsync": "off"}, Level.BROKEN, "fsync = off"),
        ({"full_page_writes": "off"}, Level.BROKEN, "full_page_writes"),
        ({"synchronous_commit": "off"}, Level.BROKEN, "synchronous_commit"),
        ({"server_version": "11.4 (Debian)"}, Level.BROKEN, "11.4"),
    ],
)
def test_postgresql(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], level: Level, words: str
) -> None:
    usual = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
             "server_version": "17.2"}  # fmt: skip
    monkeypatch.setattr(databases, "connection", told_by(usual | changed))
    found = databases.postgresql()
    assert found.level is level
    assert words in found.what


# -- data ------------------------------------------------------------------------------------------


def test_an_empty_home(site_home: Path, settings: SettingsWrapper) -> None:
    settings.STATIC_ROOT = site_home / "static"
    bad(data.store(), Level.BROKEN, "Aucune donnée")
    bad(data.computation(), Level.BROKEN, "Aucun calcul")
    bad(data.tiles(), Level.LOOK, "fond de carte")
    bad(data.static(), Level.BROKEN, "feuilles de style")


def test_a_store_that_is_damaged(demo_copy: Path, site_home: Path) -> None:
    assert data.store().level is data.computation().level is Level.GOOD
    dataset = Store(demo_copy).datasets()[0]
    table = next((demo_copy / "store" / "datasets" / dataset.id).glob("*.parquet"))
    table.write_bytes(table.read_bytes()[:-1])
    bad(data.store(), Level.BROKEN, table.name)
    current = Store(demo_copy).current()
    assert current is not None
    (current.folder / "reach.parquet").unlink()
    bad(data.computation(), Level.BROKEN, "reach")


def test_data_changed_since_the_computation_and_parts_left(
    demo_copy: Path, site_home: Path
) -> None:
    store = Store(demo_copy)
    assert data.parts().level is Level.GOOD
    split.plan(store, Settings.make(draws=20))
    bad(data.parts(), Level.LOOK, "1 parts à faire")
    store.remove_dataset(store.datasets()[-1].id)
    bad(data.computation(), Level.LOOK, "ont changé")


def test_an_empty_map(site_home: Path) -> None:
    (site_home / "tiles").mkdir(parents=True)
    path = site_home / "tiles" / "communes-1.pmtiles"
    path.touch()
    bad(data.tiles(), Level.BROKEN, "vide")
    path.write_bytes(b"x")
    assert data.tiles().level is Level.GOOD


def test_old_data(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(key="source:x", what="Chiffres de 2009.", remedy="Cherchez.")
    monkeypatch.setattr(data, "alerts", lambda: [told])
    bad(data.ages(), Level.LOOK, "2009")
    monkeypatch.setattr(data, "alerts", list)
    assert data.ages().level is Level.GOOD


# -- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["court", "a" * 60])
def test_a_weak_key(settings: SettingsWrapper, key: str) -> None:
    settings.SECRET_KEY = key
    bad(site.secret(), Level.BROKEN, "trop faible")


@pytest.mark.parametrize(
    ("hosts", "url", "level"),
    [
        (["*"], "https://portrait.exemple.fr", Level.BROKEN),
        (["autre.exemple.fr"], "https://portrait.exemple.fr", Level.BROKEN),
        (["127.0.0.1"], "http://127.0.0.1:8000", Level.LOOK),
        (["portrait.exemple.fr"], "https://portrait.exemple.fr", Level.GOOD),
    ],
)
def test_names(settings: SettingsWrapper, hosts: list[str], url: str, level: Level) -> None:
    settings.ALLOWED_HOSTS, settings.PORTREA_URL = hosts, url
    assert site.hosts().level is level


@pytest.mark.parametrize(
    ("https", "proxy", "url", "level"),
    [
        (True, False, "https://a.fr", Level.BROKEN),
        (True, True, "http://a.fr", Level.BROKEN),
        (False, True, "https://a.fr", Level.BROKEN),
        (False, False, "http://a.fr", Level.BROKEN),
        (False, False, "http://127.0.0.1:8000", Level.GOOD),
        (True, True, "https://a.fr", Level.GOOD),
    ],
)
def test_https_proxy_and_address_agree(
    settings: SettingsWrapper, *, https: bool, proxy: bool, url: str, level: Level
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.PORTREA_PROXY = https, proxy
    settings.PORTREA_URL = url
    assert site.https().level is level


def test_mail_that_does_not_leave(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad(site.mail(), Level.LOOK, "Aucun courriel ne part")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        bad(site.mail(), Level.BROKEN, "refuse")
    monkeypatch.setattr(site, "_knock", lambda: None)
    settings.DEFAULT_FROM_EMAIL = "portrea@localhost"
    bad(site.mail(), Level.LOOK, "@localhost")
    settings.DEFAULT_FROM_EMAIL = "portrea@exemple.fr"
    assert site.mail().level is Level.GOOD
    monkeypatch.setattr(site, "_knock", refuse)
    bad(site.mail(), Level.BROKEN, "SMTPAuthenticationError")


def refuse() -> None:
    raise smtplib.SMTPAuthenticationError(535, b"no")


@pytest.mark.django_db
def test_administrators_without_a_second_factor(settings: SettingsWrapper) -> None:
    settings.PORTREA_SECOND_FACTOR = True
    assert site.second_factor().level is Level.GOOD
    User.objects.create(email="a@exemple.fr", is_superuser=True)
    bad(site.second_factor(), Level.LOOK, "1 comptes")
    settings.PORTREA_SECOND_FACTOR = False
    bad(site.second_factor(), Level.LOOK, "mot de passe volé")


def test_legal_pages_incomplete(settings: SettingsWrapper) -> None:
    for name in ("PUBLISHER", "PUBLICATION_DIRECTOR", "HOSTING"):
        setattr(settings, f"PORTREA_{name}", "x")
    settings.PORTREA_CONTACT = ""
    bad(site.legal(), Level.LOOK, "PORTREA_CONTACT")
    settings.PORTREA_CONTACT = "x@exemple.fr"
    assert site.legal().level is Level.GOOD


# -- background work -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_workers_queue_and_retention() -> None:
    bad(work.workers(), Level.BROKEN, "Aucun programme")
    lease.beat("a:1:x")
    assert work.workers().level is work.queue().level is Level.GOOD
    key = tasks.apply_retention.enqueue().id
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=1))
    bad(work.queue(), Level.BROKEN, "60 minutes")
    bad(work.retention(), Level.LOOK, "n’ont pas été appliquées")
    row = DBTaskResult.objects.get(pk=key)
    row.set_successful({})
    assert work.retention().level is Level.GOOD


@pytest.mark.django_db
def test_failed_tasks() -> None:
    assert work.failures().level is Level.GOOD
    key = tasks.send_reset.enqueue(0).id
    DBTaskResult.objects.filter(pk=key).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )
    bad(work.failures(), Level.LOOK, "échec")


@pytest.mark.parametrize(
    ("days", "verified", "level"),
    [(None, True, Level.BROKEN), (9, True, Level.BROKEN), (3, True, Level.LOOK),
     (0, False, Level.LOOK), (0, True, Level.GOOD)],
)  # fmt: skip
def test_backups(site_home: Path, days: int | None, *, verified: bool, level: Level) -> None:
    if days is not None:
        folder = site_home / "sauvegardes"
        folder.mkdir(parents=True)
        made = timezone.now() - timedelta(days=days)
        told = {"date": made.isoformat(), "path": "x", "verified": verified}
        (folder / "derniere.json").write_text(json.dumps(told), "utf-8")
    assert work.backup().level is level


def fail() -> Finding:
    raise OperationalError("the database is away")


def stumble() -> Finding:
    raise RuntimeError("a defect")


def test_a_check_that_fails_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: dict[str, Callable[[], Finding]] = {
        "down": fail, "defect": stumble, "fine": lambda: checks.good("oui")
    }  # fmt: skip
    found = {key: checks.Check(key, key, "x", look, False) for key, look in looks.items()}
    found["needs"] = checks.Check("needs", "needs", "x", stumble, True)
    monkeypatch.setattr(checks, "_registry", found)
    results = {each.check.key: each.finding for each in checks.examine(fail)}
    bad(results["down"], Level.BROKEN, "the database is away")
    bad(results["defect"], Level.BROKEN, "RuntimeError")
    assert results["fine"].level is Level.GOOD
    assert results["needs"].level is Level.UNSEEN
    assert checks.worst(list(checks.examine(fail))) is Level.BROKEN


def test_the_checks_are_shown_room_by_room() -> None:
    rooms = [each.look.__module__.rpartition(".")[2] for each in checks.checks()]
    assert list(dict.fromkeys(rooms)) == list(checks.ROOMS)
    assert len(rooms) == len({each.key for each in checks.checks()})
