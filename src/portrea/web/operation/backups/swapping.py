"""Put in place what was prepared beside: whole, or not at all, wherever one is stopped.

A restoration prepares everything in ``.restauration`` of ``PORTREA_HOME``, then writes ``pret``
there. Before that file, nothing counts and :func:`finish` throws it away; after it, each entry is
moved by one renaming, the former one kept aside, and :func:`finish` goes on where a stop left it.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from portrea.web.operation.backups.databases import exchange_schemas
from portrea.web.operation.backups.kept_files import ASIDE, KEY_FILE, is_left

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DRAFT, NEW, READY = ".restauration", "nouveau", "pret"
DATABASE = "portrea.sqlite3"
SCHEMA = "portrea_restauration"


def prepare(home: Path, database: dict[str, Any]) -> Path:
    """Return the empty folder where a restoration prepares the new entries of a home."""
    finish(home, database)
    new = home / DRAFT / NEW
    new.mkdir(parents=True)
    return new


def commit(home: Path, database: dict[str, Any], *, stamp: str, secret: bool) -> Path:
    """Put the prepared entries in place; return where the former ones are.

    ``stamp`` names that folder (and the former schema of PostgreSQL); ``secret``: the secret key is
    among what is replaced.
    """
    sqlite = "sqlite" in database["ENGINE"]
    former = [e.name for e in home.iterdir() if not is_left(e.name)] if home.is_dir() else []
    if sqlite:
        former += [e.name for e in home.iterdir() if e.name.startswith(DATABASE)]
    if secret and (home / KEY_FILE).exists():
        former.append(KEY_FILE)
    told = {
        "aside": f"{ASIDE}-{stamp}",
        "former": sorted(former),
        "schema": "" if sqlite else f"avant_{stamp.lower()}",
        "new": sorted(entry.name for entry in (home / DRAFT / NEW).iterdir()),
    }
    _write(home / DRAFT / READY, json.dumps(told))
    finish(home, database)
    return home / told["aside"]


def finish(home: Path, database: dict[str, Any]) -> bool:
    """End a restoration that was stopped: go on if it was ready, else forget it.

    Return whether one was put in place.
    """
    draft = home / DRAFT
    ready = draft / READY
    if not ready.is_file():
        shutil.rmtree(draft, ignore_errors=True)
        return False
    told = json.loads(ready.read_text("utf-8"))
    if told["schema"]:
        exchange_schemas(database, SCHEMA, told["schema"])
    aside = home / told["aside"]
    aside.mkdir(exist_ok=True)
    _put_aside(home, aside, told["former"])
    for name in told["new"]:
        if (draft / NEW / name).exists():
            (draft / NEW / name).rename(home / name)
    _synced(home)
    ready.unlink()
    shutil.rmtree(draft, ignore_errors=True)
    return True


def _put_aside(home: Path, aside: Path, names: Iterable[str]) -> None:
    """Move former entries aside, all before any new one comes: what is aside is not moved twice."""
    moved = aside / ".complet"
    if moved.exists():
        return
    for name in names:
        if (home / name).exists() and not (aside / name).exists():
            (home / name).rename(aside / name)
    _write(moved, "")


def _write(path: Path, content: str) -> None:
    """Write a file that is whole, and on the disk, as soon as it is there."""
    draft = path.with_name(f"{path.name}.ecriture")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    _synced(path.parent)


def _synced(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
