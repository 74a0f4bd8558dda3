"""Make a backup: one instant of the database, the files beside it, checked by reading it again."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from portrea import __version__
from portrea.base.errors import DataError, StoreError, system_fault
from portrea.web.operation.backups.archive import (
    ENDING,
    FILES,
    TABLES,
    Head,
    Proof,
    Reading,
    Writer,
    written,
)
from portrea.web.operation.backups.databases import snapshot
from portrea.web.operation.backups.kept_files import KEY_FILE, kept_files
from portrea.web.operation.backups.rotation import NAME
from portrea.web.operation.backups.rows import lines
from portrea.web.operation.backups.schema import applied, kept_models
from portrea.web.operation.backups.sealing import Seal, check, opening, sealing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

    from portrea.base.progress import Progress

SMALL = 8 << 20
"""Bytes of a table kept in memory before it goes to the disk."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup made: where, what it holds, how long it is; ``key`` opens it, in memory only."""

    path: Path
    head: Head
    proof: Proof
    bytes: int
    key: Any


def make(
    *,
    home: Path,
    database: dict[str, Any],
    folder: Path,
    seal: Seal | None = None,
    progress: Progress,
) -> Backup:
    """Write a backup in a folder, under its date, and read it again whole.

    The site may go on writing. A failure, at any moment, leaves no file that looks like a backup.

    Raises
    ------
    DataError
        What was written is not what is read again.
    StoreError
        The folder cannot be written, or the disk is full.
    """
    seal = seal or Seal()
    check(seal)
    now = datetime.now(UTC)
    source = _Source(home, database, now, secret=bool(seal))
    path = folder / f"{now.strftime(NAME)}{seal.ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _new_file(path) as target:
            with sealing(target, seal) as (entry, key):
                head, proof = _write(entry, source, progress)
            target.flush()
            os.fsync(target.fileno())
            progress(0.9, "relecture")
            _read_again(target.name, key, proof)
    except OSError as error:
        raise StoreError(
            f"La sauvegarde n’a pas pu être écrite dans « {folder} » : {system_fault(error)}.",
            remedy="Libérez de la place ou choisissez un autre dossier ; rien n’a été changé.",
        ) from error
    return Backup(path, head, proof, path.stat().st_size, key)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file, of its owner alone, that takes its name only once it is whole."""
    handle, name = tempfile.mkstemp(prefix=".sauvegarde-", dir=path.parent)
    os.close(handle)
    try:
        with Path(name).open("w+b") as target:
            yield target
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


@dataclass(frozen=True, slots=True)
class _Source:
    """What is backed up, when; ``secret``: with the secret key."""

    home: Path
    database: dict[str, Any]
    now: datetime
    secret: bool


def _write(entry: IO[bytes], source: _Source, progress: Progress) -> tuple[Head, Proof]:
    home, secret = source.home, source.secret
    with snapshot(source.database) as connection:
        migrations = applied(connection)
        head = Head(
            version=__version__,
            date=source.now.isoformat(timespec="seconds"),
            engine=connection.vendor,
            migrations=migrations,
            computation=_computation(home),
            secret=secret and (home / KEY_FILE).is_file(),
        )
        with written(entry, head) as writer:
            models = kept_models(migrations)
            for done, model in enumerate(models):
                progress(0.5 * done / len(models), "base de données")
                _write_table(writer, model, connection)
            _write_files(writer, home, secret, progress)
    return head, writer.proof


def _write_table(writer: Writer, model: type[Model], connection: BaseDatabaseWrapper) -> None:
    """Write a table, compressed beside first: a member begins with its length."""
    label = model._meta.label_lower
    with tempfile.SpooledTemporaryFile(max_size=SMALL) as kept:
        rows = -1  # the first line names the columns
        with gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=5, mtime=0) as packed:
            for line in lines(model, connection.alias):
                packed.write(line)
                rows += 1
        size = kept.tell()
        kept.seek(0)
        writer.add(f"{TABLES}{label}{ENDING}", kept, size)
    writer.proof.rows[label] = rows


def _write_files(writer: Writer, home: Path, secret: bool, progress: Progress) -> None:
    """Copy the files; one that was erased since the database was read is erased."""
    for name in kept_files(home, secret=secret):
        progress(0.7, "fichiers")
        try:
            with (home / name).open("rb") as content:
                writer.add(f"{FILES}{name}", content, os.fstat(content.fileno()).st_size)
        except FileNotFoundError:
            continue


def _computation(home: Path) -> str:
    path = home / "store" / "current"
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _read_again(name: str, key: Any, proof: Proof) -> None:
    """Compare what the disk gives with what was written."""
    with opening(Path(name), key=key) as source:
        reading = Reading(source)
        for _ in reading.members():
            pass
    if reading.proof != proof:
        raise DataError(
            "La sauvegarde relue n’est pas celle qui a été écrite : elle a été supprimée.",
            remedy="Vérifiez le disque, puis recommencez.",
        )


def tell(home: Path, backup: Backup, *, verified: bool) -> None:
    """Write which backup is the last one, for whoever watches (``sauvegardes/derniere.json``).

    ``verified``: it was also restored for trial; its checksums were read again in any case.
    """
    marker = home / "sauvegardes" / "derniere.json"
    marker.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "date": backup.head.date,
        "path": str(backup.path),
        "verified": verified,
        "bytes": backup.bytes,
    }
    draft = marker.with_suffix(".tmp")
    draft.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    draft.replace(marker)
