"""Which files of ``PORTREA_HOME`` a backup holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_FILE = "cle-secrete"
FOLDER = "sauvegardes"
ASIDE = "avant-restauration"
LEFT = ("static", "cache", "courriels", FOLDER, KEY_FILE)
"""Made again when missing, or not to be kept: styles, caches, e-mails written to files, backups.
The secret key is held only by an encrypted backup."""
POINTERS = ("store/manifest.json", "store/current")
"""Read first: whatever they point at is in folders that are never modified, copied after them."""


def kept_files(home: Path, *, secret: bool) -> Iterator[str]:
    """Yield the paths, under ``home``, of the files that a backup holds; pointers first."""
    yield from (name for name in POINTERS if (home / name).is_file())
    if secret and (home / KEY_FILE).is_file():
        yield KEY_FILE
    for name in sorted(entry.name for entry in home.iterdir()) if home.is_dir() else ():
        if not is_left(name):
            yield from (path for path in _below(home, name) if path not in POINTERS)


def is_left(name: str) -> bool:
    """Tell whether an entry of ``PORTREA_HOME`` stays out of backups."""
    return name in LEFT or name.startswith((".", "portrea.sqlite3", ASIDE))


def _below(home: Path, name: str) -> Iterator[str]:
    if (home / name).is_file():
        yield name
        return
    for folder, below, files in os.walk(home / name):
        below[:] = sorted(one for one in below if not one.startswith("."))
        for file in sorted(files):
            path = Path(folder) / file
            if not file.startswith(".") and path.is_file():
                yield path.relative_to(home).as_posix()
