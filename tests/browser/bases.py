"""Where the pages of the tests write: SQLite, or the PostgreSQL of ``scripts/postgresql.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

if TYPE_CHECKING:
    from pathlib import Path


def bare() -> dict[str, str]:
    """This environment, without any setting of a site."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}


@cache
def database_of(home: Path) -> dict[str, str]:
    """Database of a home: its SQLite, or a ready one beside that of ``scripts/postgresql.py``."""
    server = os.environ.get("PORTREA_DATABASE_URL")
    if not server:
        return {}
    name = f"page_{token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{ready_database(server)}"')
    return {"PORTREA_DATABASE_URL": beside(server, name)}


@cache
def ready_database(server: str) -> str:
    """Make the empty database that each home copies; return its name."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute('CREATE DATABASE "page_ready"')
    with TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-c", "from portrea.cli.serve import prepare_site; prepare_site()"],
            env=bare()
            | {"PORTREA_HOME": home, "PORTREA_DATABASE_URL": beside(server, "page_ready")},
            check=True,
        )
    return "page_ready"


def beside(server: str, name: str) -> str:
    """Address of another database of a server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()
