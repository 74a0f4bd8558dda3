"""A backup gives back what was acknowledged before it began, whole, or it is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from django.db.migrations.executor import MigrationExecutor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, ParameterError
from portrea.base.progress import silent
from portrea.cli import portrea
from portrea.web.action import triggers as tally_triggers
from portrea.web.config.settings.database import database
from portrea.web.operation.backups import making, restoring, swapping
from portrea.web.operation.backups.archive import Head, written
from portrea.web.operation.backups.databases import as_usual, new_sqlite, reached
from portrea.web.operation.backups.rotation import kept, rotate
from portrea.web.operation.backups.schema import applied, bring_to
from portrea.web.operation.backups.sealing import Seal
from web.operation.backups.lived import content_of, copied_tables, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper

CASES = Path(__file__).parents[3] / "cases" / "operation" / "backup_rotation.yaml"
FEW = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = "une phrase de plusieurs mots"
PICTURE = "answers/files/ab/abcdef"


@pytest.fixture(autouse=True)
def own_databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let these tests reach the files of their own, and no database of the others."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these bases be asked when a browser test came before: its loop is still in the thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def made_tables(
    request: pytest.FixtureRequest, ready_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copy the tables of an empty site, but where said."""
    if "every_migration" not in request.fixturenames:
        monkeypatch.setattr(restoring, "bring_to", partial(copied_tables, ready_home))


@pytest.fixture
def every_migration() -> None:
    """Ask for tables made by the migrations themselves."""


@pytest.fixture
def lived(ready_home: Path, tmp_path: Path) -> Path:
    """A home where people wrote: rows of every kind of column, a file, a pointer of the store."""
    home = tmp_path / "lived"
    shutil.copytree(ready_home, home)
    fill(database("", home))
    (home / PICTURE).parent.mkdir(parents=True)
    (home / PICTURE).write_bytes(b"une photographie")
    (home / "store").mkdir(exist_ok=True)
    (home / "store" / "current").write_text("calcul-1", "utf-8")
    (home / "cache").mkdir(exist_ok=True)
    (home / "cache" / "page").write_text("refaite au besoin", "utf-8")
    return home


def make(home: Path, folder: Path, **options: Any) -> making.Backup:
    return making.make(
        home=home, database=database("", home), folder=folder, progress=silent, **options
    )


def restore(path: Path, home: Path, url: str = "", **options: Any) -> restoring.Restored:
    return restoring.restore(
        path, home=home, database=database(url, home), progress=silent, **options
    )


@pytest.mark.slow
def test_everything_comes_back(lived: Path, tmp_path: Path, every_migration: None) -> None:
    made = make(lived, tmp_path / "out")
    told = restore(made.path, tmp_path / "new")
    new = tmp_path / "new"
    assert content_of(database("", new)) == content_of(database("", lived))
    assert (new / PICTURE).read_bytes() == b"une photographie"
    assert told.head.computation == (new / "store" / "current").read_text("utf-8") == "calcul-1"
    assert told.proof.rows["surveys.questionnaire"] == 1
    assert not (new / "cache").exists()
    assert not (new / "cle-secrete").exists(), "a clear backup holds no secret"
    assert made.path.stat().st_mode & 0o077 == 0, "its owner alone reads it"
    assert [p.name for p in (tmp_path / "out").iterdir()] == [made.path.name]


def test_loaded_rows_hold_and_new_ones_follow(lived: Path, tmp_path: Path) -> None:
    from portrea.web.surveys.models import Questionnaire

    restore(make(lived, tmp_path / "out").path, tmp_path / "new")
    with reached(database("", tmp_path / "new")) as connection:
        connection.check_constraints()
        added = Questionnaire.objects.using(connection.alias).create(key="q2", title="Suite")
        assert added.pk == 2


@pytest.mark.parametrize("by", ["recipient", "passphrase"])
def test_sealed(by: str, lived: Path, tmp_path: Path) -> None:
    import pyrage

    (lived / "cle-secrete").write_text("la clé", "utf-8")
    own = pyrage.x25519.Identity.generate()
    right, wrong = {
        "recipient": (str(own), str(pyrage.x25519.Identity.generate())),
        "passphrase": (WORDS, "une autre phrase"),
    }[by]
    seal = Seal(recipient=str(own.to_public())) if by == "recipient" else Seal(passphrase=WORDS)
    made = make(lived, tmp_path / "out", seal=seal)
    assert b"questionnaire" not in made.path.read_bytes()
    restoring.look(made.path, key=made.key, progress=silent)
    for secret in (wrong, "") if by == "recipient" else (wrong,):
        with pytest.raises(DataError, match="ne s’ouvre pas"):
            restoring.look(made.path, secret=secret, progress=silent)
    restore(made.path, tmp_path / "new", secret=right)
    assert (tmp_path / "new" / "cle-secrete").read_text("utf-8") == "la clé"


@FEW
@given(writers=st.integers(1, 3), sheets=st.integers(1, 4))
def test_while_others_write(writers: int, sheets: int, lived: Path, tmp_path: Path) -> None:
    """Each writer adds a questionnaire and its versions in one transaction, again and again."""
    stop = threading.Event()
    acknowledged: list[str] = []
    threads = [
        threading.Thread(target=write, args=(lived, sheets, stop, acknowledged))
        for _ in range(writers)
    ]
    for thread in threads:
        thread.start()
    try:
        while len(acknowledged) < 2 * writers:
            stop.wait(0.001)
        before = set(acknowledged)
        made = make(lived, tmp_path / "out")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    tables = rows_of(made.path)
    found = {row["id"]: row["key"] for row in tables["surveys.questionnaire"]}
    assert before <= set(found.values())
    held = [row["questionnaire_id"] for row in tables["surveys.version"]]
    wanted = {pk: int(key[1]) for pk, key in found.items() if key.startswith("w")}
    assert {pk: held.count(pk) for pk in wanted} == wanted, "nothing half written"
    assert set(held) <= set(found), "links hold"


def write(home: Path, sheets: int, stop: threading.Event, acknowledged: list[str]) -> None:
    with closing(sqlite3.connect(home / "portrea.sqlite3", timeout=30)) as base:
        base.isolation_level = None
        while not stop.is_set():
            key = f"w{sheets}{os.urandom(5).hex()}"
            base.execute("BEGIN IMMEDIATE")
            insert(base, "surveys_questionnaire", key=key, name=key)
            sheet = base.execute("SELECT last_insert_rowid()").fetchone()[0]
            for one in range(sheets):
                insert(base, "surveys_version", questionnaire_id=sheet, number=str(one))
            base.execute("COMMIT")
            acknowledged.append(key)


def insert(base: sqlite3.Connection, table: str, **values: Any) -> None:
    """Insert a row, with something in each column that must have something."""
    for _, name, kind, needed, default, key in base.execute(f"PRAGMA table_info({table})"):
        if needed and not key and default is None and name not in values:
            values[name] = (
                "2026-11-23 00:00:00" if kind == "datetime" else "{}" if kind == "text" else 0
            )
    names = ", ".join(values)
    base.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the tables of a clear backup with nothing of ours."""
    found = {}
    with tarfile.open(path) as archive:
        for name in archive.getnames():
            if name.startswith("tables/"):
                content = archive.extractfile(name)
                assert content is not None
                told = [json.loads(line) for line in gzip.decompress(content.read()).splitlines()]
                found[name[7:-9]] = [dict(zip(told[0], row, strict=True)) for row in told[1:]]
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short backup of two files."""
    path = tmp_path_factory.mktemp("whole") / "a.tar"
    with path.open("wb") as target, written(target, Head("0", "d", "sqlite", [])) as writer:
        writer.add("fichiers/a", io.BytesIO(b"abc" * 999), 2997)
        writer.add("fichiers/b", io.BytesIO(b""), 0)
    return path


@given(data=st.data())
def test_an_altered_byte_changes_nothing_or_is_told(
    data: st.DataObject, whole: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = whole.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    altered = bytearray(content)
    altered[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("altered") / "a.tar"
    path.write_bytes(bytes(altered))
    try:
        told = restoring.look(path, progress=silent)
    except DataError:
        return
    assert told.proof == restoring.look(whole, progress=silent).proof


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_backup_cut_short_is_refused(
    share: float, whole: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = whole.read_bytes()
    end = len(content.rstrip(b"\0"))
    path = tmp_path_factory.mktemp("cut") / "a.tar"
    path.write_bytes(content[: int(share * end)])
    with pytest.raises(DataError, match="ne peut pas servir"):
        restoring.look(path, progress=silent)


@pytest.mark.parametrize(
    "name", ["fichiers/../../evil", "fichiers//etc/x", "autre/x", "tables/../x"]
)
def test_a_member_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with path.open("wb") as target, written(target, Head("0", "d", "sqlite", [])) as writer:
        writer.add(name, io.BytesIO(b"x"), 1)
    with pytest.raises(DataError, match="rien à y faire"):
        restore(path, tmp_path / "new")
    assert not (tmp_path / "evil").exists()


def test_a_newer_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with path.open("wb") as target, written(target, Head("9", "d", "sqlite", ["offer.9999_new"])):
        pass
    with pytest.raises(DataError, match="plus récente"):
        restore(path, tmp_path / "new")
    assert not (tmp_path / "new" / "portrea.sqlite3").exists()


def without_the_last(base: Path, app: str) -> None:
    """Take a database back before the last migration of a room."""
    with new_sqlite(base) as connection:
        executor = MigrationExecutor(connection)
        *_, before, _last = sorted(
            name for room, name in executor.loader.graph.nodes if room == app
        )
        tally_triggers.remove(connection)
        executor.migrate([(app, before)])


@pytest.mark.slow
def test_tables_are_made_where_the_usual_database_is_empty(tmp_path: Path) -> None:
    """A new machine: data migrations, those of libraries too, ask the database being made."""
    with (
        reached(database("", tmp_path)) as empty,
        as_usual(empty),
        new_sqlite(tmp_path / "made.sqlite3") as made,
    ):
        bring_to(made)
        assert applied(made)
        assert applied(empty) == []


@pytest.mark.slow
def test_an_older_backup_is_brought_up_to_date(
    ready_home: Path, tmp_path: Path, every_migration: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made before the last migration of a room, it comes back with the tables of today."""
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(ready_home / "portrea.sqlite3", old)
    with reached(database("", old)) as connection:
        everything = applied(connection)
    without_the_last(old / "portrea.sqlite3", "surveys")

    def brought(connection: Any, names: list[str] | None = None) -> None:
        if names is None:
            bring_to(connection)
        else:
            copied_tables(old, connection, names)

    monkeypatch.setattr(restoring, "bring_to", brought)
    with closing(sqlite3.connect(old / "portrea.sqlite3")) as base:
        insert(base, "surveys_questionnaire", key="ancien", name="ancien")
        base.commit()
    restore(make(old, tmp_path / "out").path, tmp_path / "new")
    with reached(database("", tmp_path / "new")) as connection:
        assert applied(connection) == everything
    rows = content_of(database("", tmp_path / "new"))["surveys.Questionnaire"]
    assert [row["key"] for row in rows] == ["ancien"]


def test_a_full_place_is_kept(lived: Path, tmp_path: Path) -> None:
    made = make(lived, tmp_path / "out")
    with pytest.raises(ParameterError, match="contient déjà"):
        restore(made.path, lived)
    (lived / PICTURE).write_bytes(b"une autre")
    told = restore(made.path, lived, replace=True)
    assert (lived / PICTURE).read_bytes() == b"une photographie"
    assert (Path(told.former) / PICTURE).read_bytes() == b"une autre"
    assert (Path(told.former) / "portrea.sqlite3").exists()


class Stopped(BaseException):
    """The machine stops here."""


def test_stopped_anywhere_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped at each moving of a file in turn: after the next start, all is former or all new."""
    outcomes = []
    for moment in range(40):
        home = tmp_path / str(moment)
        for name in ("a", "b", "c/d"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text("former", "utf-8")
        stopped = moved_then_stopped(home, moment, monkeypatch)
        swapping.finish(home, database("", home))
        held = {name: (home / name).exists() and (home / name).read_text("utf-8") for name in
                ("a", "b", "c/d", "e")}  # fmt: skip
        assert held in (
            {"a": "former", "b": "former", "c/d": "former", "e": False},
            {"a": "new", "b": False, "c/d": "new", "e": "new"},
        ), moment
        assert not (home / swapping.DRAFT).exists()
        outcomes.append(held["a"])
        if not stopped:
            break
    assert set(outcomes) == {"former", "new"}
    assert outcomes == sorted(outcomes), "once new, never former again"


def moved_then_stopped(home: Path, moment: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Put new entries in place, stopping before the moving number ``moment``."""
    left = [moment]
    with monkeypatch.context() as patch:
        for name in ("rename", "replace", "unlink"):
            patch.setattr(Path, name, counted(getattr(Path, name), left))
        new = swapping.prepare(home, database("", home))
        for path in ("a", "c/d", "e"):
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text("new", "utf-8")
        try:
            swapping.commit(home, database("", home), stamp="x", secret=False)
        except Stopped:
            return True
    return False


def counted(original: Any, left: list[int]) -> Any:
    def move(self: Path, *arguments: Any, **options: Any) -> Any:
        if left[0] == 0:
            raise Stopped
        left[0] -= 1
        return original(self, *arguments, **options)

    return move


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text("utf-8")), ids=lambda c: c["name"])
def test_rotation(case: dict[str, Any]) -> None:
    def read(told: list[str]) -> set[datetime]:
        return {datetime.fromisoformat(f"{one}:00+00:00") for one in told}

    assert kept(read(case["dates"]), case["keep"]) == read(case["kept"])


@given(st.sets(st.datetimes(timezones=st.just(UTC)), max_size=40), st.integers(1, 5))
def test_rotation_never_loses_the_newest(dates: set[datetime], keep: int) -> None:
    left = kept(dates, keep)
    assert left <= dates
    assert len(left) <= 2 * keep
    assert not dates or max(dates) in left
    assert kept(left, keep) == left


def test_rotation_leaves_other_files(tmp_path: Path) -> None:
    for name in ("portrea-20261122T020000Z.tar", "portrea-20261123T020000Z.tar.age", "notes.tar"):
        (tmp_path / name).touch()
    assert [path.name for path in rotate(tmp_path, 1)] == ["portrea-20261122T020000Z.tar"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "portrea-20261123T020000Z.tar.age",
        "notes.tar",
    }


@pytest.mark.django_db
def test_command(
    lived: Path, site_home: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portrea.web.accounts.models import JournalEntry

    settings.PORTREA_HOME = lived
    settings.PORTREA_OBJECTS = {"bucket_name": "essai"}
    monkeypatch.setitem(settings.DATABASES, "default", database("", lived))
    monkeypatch.setattr("portrea.cli.serve.prepare_database", lambda: None)
    done = CliRunner().invoke(portrea, ["backup", "--verify"], catch_exceptions=False)
    assert "tout y est" in done.output
    assert "clé secrète" in done.output
    assert "Sans les fichiers du stockage d’objets" in done.output
    marker = json.loads((lived / "sauvegardes" / "derniere.json").read_text("utf-8"))
    assert marker["verified"] is True
    assert Path(marker["path"]).stat().st_size == marker["bytes"]
    tried = CliRunner().invoke(portrea, ["restore", marker["path"], "--dry-run"])
    assert "Rien n’a été changé" in tried.output
    settings.PORTREA_HOME = site_home
    monkeypatch.setitem(settings.DATABASES, "default", database("", site_home))
    back = CliRunner().invoke(portrea, ["restore", marker["path"]], catch_exceptions=False)
    assert "Remise en place" in back.output
    assert content_of(database("", site_home)) == content_of(database("", lived))
    made, restored = JournalEntry.objects.filter(act__startswith="site.backup").order_by("pk")
    assert (made.act, restored.act) == ("site.backup.make", "site.backup.restore")
    assert made.target_id == restored.target_id == Path(marker["path"]).name
    assert made.after["octets"] == marker["bytes"]
    assert made.after["lignes"] == restored.after["lignes"] > 0
    assert made.after["essayée"] is True
    assert made.actor.user is None
