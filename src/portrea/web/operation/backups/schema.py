"""The state of the tables: which migrations a database had, which models that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portrea.base.errors import DataError
from portrea.web.accounts import triggers as journal_triggers
from portrea.web.action import triggers as tally_triggers
from portrea.web.operation.backups.databases import as_usual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

FLEETING = {"sessions.session", "accounts.throttlecount", "accounts.loginlink"}
"""Tables that a backup leaves: restored, they would open again sessions that were closed."""


def applied(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the migrations that a database has had, as ``app.name``, sorted."""
    recorded = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in recorded)


def refuse_unknown(names: Iterable[str]) -> None:
    """Refuse migrations that this version of Portrea does not have.

    Raises
    ------
    DataError
        The backup was made by a newer version.
    """
    ours = MigrationLoader(None).disk_migrations
    unknown = sorted(name for name in names if _split(name) not in ours)
    if unknown:
        raise DataError(
            "Cette sauvegarde vient d’une version plus récente de Portrea que celle-ci"
            f" (« {unknown[0]} » inconnu ici).",
            remedy="Installez d’abord la version qui l’a faite, ou une plus récente.",
        )


def models_at(names: Iterable[str]) -> list[type[Model]]:
    """Return the models whose tables exist after some migrations, sorted by label.

    After all of ours they are today's; after fewer, those that the migrations describe.
    """
    loader = MigrationLoader(None)
    done = {_split(name) for name in names}
    if done >= set(loader.graph.nodes):
        registry: Any = apps
    else:
        registry = loader.project_state(sorted(done & set(loader.graph.nodes))).apps
    found = registry.get_models(include_auto_created=True)
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    return sorted(kept, key=lambda model: model._meta.label_lower)


def kept_models(names: Iterable[str]) -> list[type[Model]]:
    """Return the models that a backup holds."""
    return [model for model in models_at(names) if model._meta.label_lower not in FLEETING]


def bring_to(connection: BaseDatabaseWrapper, names: Iterable[str] | None = None) -> None:
    """Apply migrations to a database being made: those named, or all of ours."""
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    if names is not None:
        wanted = {_split(name) for name in names}
        plan = [step for step in plan if (step[0].app_label, step[0].name) in wanted]
    tally_triggers.remove(connection)
    with as_usual(connection):
        executor.migrate(targets, plan)


def emptied(connection: BaseDatabaseWrapper, models: Iterable[type[Model]]) -> None:
    """Remove the rows that migrations put in new tables; nothing then counts what is loaded."""
    tally_triggers.remove(connection)
    with (
        journal_triggers.lifted(connection),
        transaction.atomic(using=connection.alias),
        connection.cursor() as cursor,
    ):
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our tables


def _split(name: str) -> tuple[str, str]:
    app, _, migration = name.partition(".")
    return app, migration
