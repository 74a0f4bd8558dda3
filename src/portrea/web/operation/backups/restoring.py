"""Restore a backup: prepared beside, checked, then put in place at once, the former kept aside."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from django.core.management.color import no_style
from django.db import DatabaseError, transaction

from portrea.base.errors import DataError, ParameterError, StoreError, system_fault
from portrea.web.operation.backups.archive import ENDING, FILES, PIECE, TABLES, Head, Proof, Reading
from portrea.web.operation.backups.databases import new_schema, new_sqlite, reached
from portrea.web.operation.backups.kept_files import KEY_FILE, is_left
from portrea.web.operation.backups.rows import load
from portrea.web.operation.backups.schema import (
    applied,
    bring_to,
    emptied,
    kept_models,
    refuse_unknown,
)
from portrea.web.operation.backups.sealing import opening
from portrea.web.operation.backups.swapping import DATABASE, DRAFT, SCHEMA, commit, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from portrea.base.progress import Progress

TABLE_FOLDER = "tables"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did: head and proof of the backup, where the former data are."""

    head: Head
    proof: Proof
    former: str = ""


def look(path: Path, *, key: Any = None, secret: str = "", progress: Progress) -> Restored:
    """Read a backup whole, check every byte, change nothing.

    Raises
    ------
    DataError
        It is damaged, closed to the key given, or of a newer version.
    """
    with opening(path, key=key, secret=secret) as source:
        reading = Reading(source)
        refuse_unknown(reading.head.migrations)
        for name, _ in reading.members():
            progress(0.5, name.split("/")[0])
    return Restored(reading.head, cast("Proof", reading.proof))


def verify(path: Path, *, key: Any = None, secret: str = "", progress: Progress) -> Restored:
    """Restore a backup for trial, in a place of its own, and compare its rows and its files."""
    with tempfile.TemporaryDirectory(prefix="portrea-essai-") as folder:
        new = Path(folder) / "nouveau"
        new.mkdir()
        with opening(path, key=key, secret=secret) as source:
            told = _unpack(source, new, Path(folder) / TABLE_FOLDER, progress)
        with new_sqlite(Path(folder) / DATABASE) as connection:
            _build(connection, told, Path(folder) / TABLE_FOLDER, progress)
    return told


def restore(
    path: Path,
    *,
    home: Path,
    database: dict[str, Any],
    secret: str = "",
    replace: bool = False,
    progress: Progress,
) -> Restored:
    """Put a backup in place of what a home and a database hold.

    Raises
    ------
    ParameterError
        The place is not empty and ``replace`` was not asked.
    DataError
        The backup is damaged, closed or newer; nothing was changed.
    StoreError
        The disk is full or cannot be written; nothing was changed.
    """
    sqlite = "sqlite" in database["ENGINE"]
    if not replace:
        refuse_full(home, database)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        home.mkdir(parents=True, exist_ok=True)
        new = prepare(home, database)
        tables = home / DRAFT / TABLE_FOLDER
        with opening(path, secret=secret) as source:
            told = _unpack(source, new, tables, progress)
        making = new_sqlite(new / DATABASE) if sqlite else new_schema(database, SCHEMA)
        with making as connection:
            _build(connection, told, tables, progress)
            bring_to(connection)
        shutil.rmtree(tables)
        former = commit(home, database, stamp=stamp, secret=told.head.secret)
    except OSError as error:
        raise StoreError(
            f"La restauration n’a pas pu écrire dans « {home} » : {system_fault(error)}.",
            remedy="Libérez de la place puis recommencez ; les données en place n’ont pas changé.",
        ) from error
    return Restored(told.head, told.proof, str(former))


def refuse_full(home: Path, database: dict[str, Any]) -> None:
    """Refuse a place where something is already kept."""
    held = any(not is_left(entry.name) for entry in home.iterdir()) if home.is_dir() else False
    if "sqlite" in database["ENGINE"]:
        held = held or Path(database["NAME"]).exists()
    else:
        with reached(database) as connection:
            held = held or bool(applied(connection))
    if held:
        raise ParameterError(
            f"« {home} » contient déjà des données, ou sa base n’est pas vide.",
            remedy="Restaurez ailleurs (--into DOSSIER), ou remplacez-les (--replace) : elles"
            " seront gardées de côté.",
        )


def _unpack(source: IO[bytes], new: Path, tables: Path, progress: Progress) -> Restored:
    """Write the files where they are prepared and the tables beside, all checked."""
    tables.mkdir()
    reading = Reading(source)
    refuse_unknown(reading.head.migrations)
    for name, content in reading.members():
        is_table = name.startswith(TABLES)
        progress(0.2, "tables" if is_table else "fichiers")
        root = tables if is_table else new
        target = root / name.removeprefix(TABLES if is_table else FILES)
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(cast("IO[bytes]", content), target, private=name == f"{FILES}{KEY_FILE}")
    return Restored(reading.head, cast("Proof", reading.proof))


def _copy(content: IO[bytes], target: Path, *, private: bool) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    with os.fdopen(handle, "wb") as stream:
        while piece := content.read(PIECE):
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())


def _build(
    connection: BaseDatabaseWrapper, told: Restored, tables: Path, progress: Progress
) -> None:
    """Make the tables as they were, load the rows, compare their numbers and their links."""
    progress(0.4, "tables de la base")
    bring_to(connection, told.head.migrations)
    models = kept_models(told.head.migrations)
    emptied(connection, models)
    try:
        with transaction.atomic(using=connection.alias):
            for done, model in enumerate(models):
                progress(0.5 + 0.4 * done / len(models), "lignes de la base")
                file = tables / f"{model._meta.label_lower}{ENDING}"
                rows = load(model, connection.alias, _unzipped(file))
                if rows != told.proof.rows.get(model._meta.label_lower):
                    raise DataError(f"La table « {model._meta.label} » n’a pas toutes ses lignes.")
            connection.check_constraints()
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), models):
                    cursor.execute(statement)
    except DatabaseError as error:
        raise DataError(
            f"Les lignes de la sauvegarde ne tiennent pas ensemble : {error}",
            remedy="Prenez une autre sauvegarde ; rien n’a été changé.",
        ) from error


def _unzipped(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rb") as lines:
        yield from lines
