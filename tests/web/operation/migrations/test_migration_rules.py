"""A migration lets the release of before answer: each rule on a case, then every new migration."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from web.operation.migrations.rules import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.migrations.operations.base import Operation

ROOT = Path(__file__).resolve().parents[4]
TOLD = yaml.safe_load((ROOT / "tests/cases/operation/migrations.yaml").read_text("utf-8"))


def before() -> ProjectState:
    """One table of the release of before."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=80)),
        ("day", models.DateField(null=True)),
    ]
    migrations.CreateModel("Stop", fields).state_forwards("places", state)
    return state


def said(*operations: Operation) -> list[str]:
    migration = migrations.Migration("0002_case", "places")
    migration.operations = list(operations)
    return faults(migration, before())


def nothing(apps: object, editor: object) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("stop", "note", models.TextField(default="")),
        migrations.AddField("stop", "code", models.TextField(db_default="", unique=True)),
        migrations.RemoveField("stop", "day"),
        migrations.DeleteModel("stop"),
        migrations.RenameField("stop", "name", "title"),
        migrations.RenameModel("stop", "Halt"),
        migrations.AlterModelTable("stop", "halts"),
        migrations.AlterField("stop", "name", models.CharField(max_length=40)),
        migrations.AlterField("stop", "name", models.IntegerField()),
        migrations.AlterField("stop", "name", models.CharField(max_length=80, unique=True)),
        migrations.AlterField("stop", "day", models.DateField()),
        migrations.AddConstraint(
            "stop", models.UniqueConstraint(fields=["name"], name="places_stop_name")
        ),
        migrations.RunPython(nothing),
    ],
    ids=lambda one: one.describe(),
)
def test_what_breaks_the_release_of_before_is_refused(operation: Operation) -> None:
    (line,) = said(operation)
    assert line.startswith("places.0002_case: ")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("stop", "note", models.TextField(null=True)),
        migrations.AddField("stop", "shown", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("stop", "near", models.ManyToManyField("places.stop")),
        migrations.AlterField("stop", "name", models.CharField(max_length=120)),
        migrations.AddIndex("stop", models.Index(fields=["day"], name="places_stop_day")),
        migrations.RunPython(nothing, migrations.RunPython.noop),
        migrations.RunPython(nothing, nothing),
    ],
    ids=lambda one: one.describe(),
)
def test_what_it_bears_is_accepted(operation: Operation) -> None:
    assert said(operation) == []


def test_a_new_table_is_free() -> None:
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
    unique = models.UniqueConstraint(fields=["name"], name="places_line_name")
    assert said(
        migrations.CreateModel("Line", fields),
        migrations.AddField("line", "code", models.TextField(default="")),
        migrations.AddConstraint("line", unique),
    ) == []  # fmt: skip


def test_every_migration_since_the_rule() -> None:
    loader = MigrationLoader(None)
    found = []
    for (label, name), migration in loader.disk_migrations.items():
        if not migration.__module__.startswith("portrea.") or name <= TOLD["past"].get(label, ""):
            continue
        state = loader.project_state((label, name), at_end=False)
        lines = faults(migration, state)
        found += [] if f"{label}.{name}" in TOLD["contracts"] else lines
    assert found == []


def test_what_is_told_of_migrations_exists() -> None:
    known = {f"{label}.{name}" for label, name in MigrationLoader(None).disk_migrations}
    assert set(TOLD["contracts"]) <= known
    assert {f"{label}.{name}" for label, name in TOLD["past"].items()} <= known


def test_every_migration_has_a_way_back() -> None:
    loader = MigrationLoader(None)
    blocked = [
        f"{migration}: {operation.describe()}"
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if migration.__module__.startswith("portrea.") and not operation.reversible
    ]
    assert blocked == []


def elsewhere(code: Callable[..., None]) -> bool:
    """Whether a data migration asks the usual database, not the one that is being made."""
    told = inspect.getsource(code)
    return ".objects" in told and "connection.alias" not in told


def test_a_migration_asks_the_database_being_made() -> None:
    """A backup is brought up to date in a database of its own, where the usual one may be empty."""

    def faulty(apps: Any, _editor: object) -> None:
        apps.get_model("offer", "Place").objects.update(name="")

    assert elsewhere(faulty)
    found = [
        str(migration)
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if migration.__module__.startswith("portrea.")
        and isinstance(operation, migrations.RunPython)
        and any(elsewhere(one) for one in (operation.code, operation.reverse_code) if one)
    ]
    assert found == []
