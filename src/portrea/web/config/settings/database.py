"""The database of what people enter: SQLite under ``PORTREA_HOME``, or PostgreSQL by address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA busy_timeout=10000; PRAGMA journal_size_limit=67108864;"
)
"""``FULL``: what was acknowledged survives a power cut; it costs 0.2 ms by commit on a virtual
disk (median of 400), where a page costs several. Then: bytes of the journal kept once it is copied
in the file, milliseconds one waits for the pen."""


KEPT_OPEN = 60
"""Seconds a thread keeps its connection: opening one costs a fifth of a page of orientation."""


SILENT_NETWORK = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""Without them a network cut without a goodbye holds a page for a quarter of an hour.

Seconds to open a connection, milliseconds a question may stay without a receipt, seconds of silence
before the server is called, then between three calls. Without effect on a socket of the machine."""


def database(url: str, home: Path) -> dict[str, Any]:
    """Return the Django description of the database named by ``url`` (empty: SQLite)."""
    return _postgresql(url) if url else sqlite(home / "portrea.sqlite3")


def sqlite(path: Path) -> dict[str, Any]:
    """Return a SQLite database that readers and writers share without « database is locked »."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": KEPT_OPEN,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE_START},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise ParameterError(
            "PORTREA_DATABASE_URL n’est pas une adresse PostgreSQL : "
            f"« {parts.scheme or '?'}://… » reçu.",
            remedy="Forme attendue : postgresql://utilisateur:secret@machine:5432/base.",
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "portrea.web.config.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": KEPT_OPEN,
        "CONN_HEALTH_CHECKS": True,  # a database started again between two requests is not seen
        "OPTIONS": SILENT_NETWORK | options,
    }
