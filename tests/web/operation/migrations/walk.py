"""A process of its own: every migration of ours, on rows, up, down and up again.

``python walk.py`` reads the database that the environment names, empty, and tells in JSON: the
migrations walked, and why the code of before can no longer write in the tables, by migration.
``python walk.py since`` reads one already made, and first takes away what came since the rule.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import yaml

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "tests"))
django.setup()

from django.apps import apps as current  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from web.operation.migrations.filling import Filling  # noqa: E402

if TYPE_CHECKING:
    from django.db.migrations import Migration
    from django.db.migrations.state import ProjectState

TOLD = yaml.safe_load((ROOT / "tests/cases/operation/migrations.yaml").read_text("utf-8"))
CONTENTS, PAST = TOLD["contents"], TOLD["past"]
OURS = {found.label for found in current.get_app_configs() if found.name.startswith("portrea.")}
Rows = dict[str, list[dict[str, Any]]]


def main(*, since: bool) -> None:
    """Walk to the newest state, from nothing or from the state of the rule."""
    if since:
        MigrationExecutor(connection).migrate([(label, PAST.get(label)) for label in sorted(OURS)])
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor._create_project_state(with_applied_migrations=True)
    rows, walked, broken = Filling(0, CONTENTS), [], {}
    rows.fill(state.apps, OURS)
    for number, (migration, _) in enumerate(plan, start=1):
        before, state = state, forwards(migration, state)
        if migration.app_label in OURS:
            refused = written_by_the_code_of_before(before, migration.app_label, number)
            walked.append(str(migration))
            broken |= {str(migration): refused} if refused else {}
            there_and_back(migration, before)
        rows.fill(state.apps, OURS)
    print(json.dumps({"walked": walked, "broken": broken}))


def there_and_back(migration: Migration, before: ProjectState) -> None:
    """Take a migration away and put it again: what was there before it is there after."""
    above = kept()
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(before.clone(), editor)
    below = kept()
    forwards(migration, before)
    again = kept()
    same_rows(above, below, f"{migration}, down")
    same_rows(below, again, f"{migration}, up again")


def forwards(migration: Migration, state: ProjectState) -> ProjectState:
    """Apply a migration to the database; return the state after it."""
    with connection.schema_editor(atomic=migration.atomic) as editor:
        after: ProjectState = migration.apply(state.clone(), editor)
    return after


def written_by_the_code_of_before(before: ProjectState, label: str, number: int) -> list[str]:
    """Return why the models of before can no longer write in the newer tables."""
    try:
        with transaction.atomic():
            Filling(number, CONTENTS).fill(before.apps, {label})
            transaction.set_rollback(True)
    except DatabaseError as error:
        return [str(error).splitlines()[0]]
    return []


def kept() -> Rows:
    """Return the rows of every table of ours."""
    with connection.cursor() as cursor:
        names = [n for n in connection.introspection.table_names(cursor) if n.split("_")[0] in OURS]
        return {name: list(_rows(cursor, name)) for name in sorted(names)}


def _rows(cursor: Any, name: str) -> list[dict[str, Any]]:
    cursor.execute(f'SELECT * FROM "{name}"')
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, map(str, row), strict=True)) for row in cursor.fetchall()]


def same_rows(former: Rows, newer: Rows, when: str) -> None:
    """Refuse that a row is lost, or a column that stayed is changed."""
    for name in former.keys() & newer.keys():
        shared = shared_columns(former[name], newer[name])
        old, new = (sorted([row[c] for c in shared] for row in t[name]) for t in (former, newer))
        if old != new:
            raise AssertionError(f"{when}: {name} {shared}: {old} then {new}")


def shared_columns(former: list[dict[str, Any]], newer: list[dict[str, Any]]) -> list[str]:
    """Return the columns of both; of a table without a row nothing is asked."""
    if not former or not newer:
        return ["id"] if former else []
    return sorted(former[0].keys() & newer[0].keys())


if __name__ == "__main__":
    main(since="since" in sys.argv)
