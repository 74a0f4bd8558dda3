"""The secret key: given by the environment, else drawn once and kept under ``PORTREA_HOME``."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def secret_key(given: str, home: Path) -> str:
    """Return the key given, else the one kept in ``home``, drawing it the first time."""
    return given or _kept(home / "cle-secrete")


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        key = secrets.token_urlsafe(50)
        stream.write(key)
    return key
