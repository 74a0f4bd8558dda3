"""The file of the settings: ``NAME="value"`` lines that systemd, a shell and compose all read."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LINE = re.compile(r'(?P<name>[A-Z][A-Z0-9_]*)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"\s]*))')
_ESCAPED = re.compile(r'(["\\$`])')
_BACK = re.compile(r"\\(.)")
HEADER = "# Réglages de Portrea, écrits par « portrea init ». Ce fichier contient des secrets."


def read_env(path: Path) -> dict[str, str]:
    """Return the settings of a file, empty when it does not exist yet.

    Raises
    ------
    DataError
        A line is not a setting; its number is told, never its content.
    """
    if not path.exists():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise DataError(
                f"« {path} », ligne {number} : ce n’est pas un réglage.",
                remedy='Forme attendue : PORTREA_HOSTS="portrait.exemple.fr".',
            )
        quoted = found["quoted"]
        value = found["bare"] if quoted is None else _BACK.sub(r"\1", quoted)
        values[found["name"]] = value or ""
    return values


def env_text(values: Mapping[str, str]) -> str:
    """Return the file of settings: one quoted line each, in the order given.

    Raises
    ------
    ParameterError
        A value holds a line end, which no reader of these files would keep.
    """
    broken = [name for name, value in values.items() if not value.isprintable()]
    if broken:
        raise ParameterError(
            f"{', '.join(broken)} : un réglage tient sur une ligne, sans caractère invisible.",
            remedy="Réécrivez-le sur une seule ligne.",
        )
    lines = (f'{name}="{_escaped(value)}"' for name, value in values.items())
    return "\n".join((HEADER, *lines, ""))


def _escaped(value: str) -> str:
    return _ESCAPED.sub(r"\\\1", value)


def write_env(path: Path, values: Mapping[str, str]) -> bool:
    """Write the file at once, readable by its owner only; return whether it changed."""
    text = env_text(values)
    if path.exists() and path.read_text("utf-8") == text:
        path.chmod(0o600)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    return True
