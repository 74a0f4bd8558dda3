"""What a migration may not do while the release of before still answers (expand, then contract)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models
from django.db.models import NOT_PROVIDED

if TYPE_CHECKING:
    from django.db.migrations.operations.base import Operation
    from django.db.migrations.state import ProjectState

ALWAYS: dict[tuple[type, ...], str] = {
    (
        migrations.RenameField,
        migrations.RenameModel,
        migrations.AlterModelTable,
    ): "the release of before still says the former name",
    (
        migrations.RemoveField,
        migrations.DeleteModel,
    ): "the release of before still reads it: contract in the next release",
    (
        migrations.AlterUniqueTogether,
        migrations.AddConstraint,
    ): "the release of before does not know it, and the table is locked while it is checked",
}
"""What an operation does to a table that is already there, whatever its columns."""


def faults(migration: migrations.Migration, before: ProjectState) -> list[str]:
    """Return why a site cannot go on answering during a migration, one line each.

    Parameters
    ----------
    before
        State of the models before it, changed here operation by operation.
    """
    label, found = migration.app_label, []
    new = {o.name_lower for o in migration.operations if isinstance(o, migrations.CreateModel)}
    for operation in migration.operations:
        name = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
        if name not in new:
            why = _why(operation, before, label)
            found += [f"{migration}: {operation.describe()}: {why}"] if why else []
        operation.state_forwards(label, before)
    return found


def _why(operation: Operation, before: ProjectState, label: str) -> str:
    for kinds, why in ALWAYS.items():
        if isinstance(operation, kinds):
            return why
    if isinstance(operation, migrations.AddField) and not _optional(operation.field):
        return "the release of before does not fill it: null=True or db_default="
    if isinstance(operation, migrations.AlterField):
        former = before.models[label, operation.model_name_lower].get_field(operation.name)
        return _narrowed(former, operation.field)
    if isinstance(operation, migrations.RunPython | migrations.RunSQL) and not operation.reversible:
        return "no way back"
    return ""


def _optional(field: models.Field) -> bool:
    told = field.many_to_many or field.null or field.db_default is not NOT_PROVIDED
    return bool(told) and not (field.unique and not field.null)


def _narrowed(former: models.Field, newer: models.Field) -> str:
    """Return what the release of before may write that the column now refuses."""
    if former.null and not newer.null:
        return "the release of before still writes NULL"
    if former.get_internal_type() != newer.get_internal_type():
        return "another type"
    if newer.unique and not former.unique:
        return "the release of before writes it twice"
    longest = former.max_length or 0, newer.max_length or 0
    return "shorter than before" if longest[1] < longest[0] else ""
