"""Put a demo back to its beginning: only a demo, only what it made, only after saying what goes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

MARK = "demo.json"
"""Written by the demo only: without it, a folder is somebody's site."""
BASE = "portrea.sqlite3"
MADE = (
    "store",
    "tiles",
    "portraits",
    "static",
    "courriels",
    BASE,
    f"{BASE}-wal",
    f"{BASE}-shm",
    MARK,
)
"""What the demo and its site write, the mark last: a reset cut short can be started again."""


def reset(home: Path, *, confirmed: bool) -> None:
    """Remove what the demo made under ``home``; anything else stays.

    Raises
    ------
    ParameterError
        ``home`` is not a demo, or its entries are in a PostgreSQL database.
    """
    if not (home / MARK).is_file():
        raise ParameterError(
            f"« {home} » n’est pas le dossier d’une démonstration : rien n’a été effacé.",
            remedy="Donnez celui de la démonstration : --home DOSSIER.",
        )
    if os.environ.get("PORTREA_DATABASE_URL"):
        raise ParameterError(
            "PORTREA_DATABASE_URL nomme une base PostgreSQL : rien n’a été effacé.",
            remedy="La remise à zéro ne touche que la démonstration d’un poste, en SQLite.",
        )
    made = [home / name for name in MADE if (home / name).exists()]
    told = ", ".join(path.name for path in made)
    click.echo(f"Sera effacé de « {home} » : {told}.", err=True)
    held = accounts(home / BASE)
    if held:
        click.echo(f"La base contient {held} compte(s) et ce qui y a été saisi.", err=True)
    if not confirmed:
        click.confirm("Effacer et tout refaire ?", abort=True)
    for path in made:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def accounts(base: Path) -> int:
    """Return how many accounts a base holds; 0 when it has none, or cannot be read."""
    if not base.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{base.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM accounts_user").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0
