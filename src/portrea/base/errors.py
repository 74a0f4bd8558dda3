"""Errors whose message a French-speaking user can act upon.

A message says where the fault is, what was received, why it is refused and how to mend it.
The text is French because agents, technicians and elected people read it; anything else that
goes wrong is a bug and stays an ordinary English exception.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault found in a piece of data, precise enough to be repaired.

    ``row`` is the line number in the user's file (1 = header), ``field`` its column.
    """

    code: str
    message: str
    row: int | None = None
    field: str | None = None
    value: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        where = [
            f"ligne {self.row}" if self.row else "",
            f"colonne « {self.field} »" if self.field else "",
        ]
        prefix = ", ".join(part for part in where if part)
        received = f" (reçu : « {self.value} »)" if self.value is not None else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{prefix + ' : ' if prefix else ''}{self.message}{received}{remedy}"


_SYSTEM = {
    errno.ENOENT: "ce dossier ou ce fichier n’existe pas",
    errno.EACCES: "vous n’avez pas le droit d’y accéder",
    errno.EPERM: "vous n’avez pas le droit d’y accéder",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EISDIR: "c’est un dossier, pas un fichier",
    errno.EADDRINUSE: "cette adresse est déjà prise",
    errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cette machine",
    errno.ENOTDIR: "un des dossiers du chemin est un fichier",
}


def system_fault(error: OSError) -> str:
    """Say in French why the system refused to read or write."""
    return _SYSTEM.get(error.errno or 0, error.strerror or str(error))


_NO_ROOM = ("disk is full", "No space left", "disk full")
"""Words of SQLite, of the system and of PostgreSQL."""


def no_room(error: BaseException) -> bool:
    """Tell whether the system or a database says that nothing more can be written on its disk."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return any(words in str(error) for words in _NO_ROOM)


class PortreaError(Exception):
    """Root of the expected errors: the user's input or environment is at fault, not the code.

    Parameters
    ----------
    message
        French sentence: what was received, where, and why it is refused.
    remedy
        French sentence: how to mend it.
    diagnostics
        Detailed faults, at most a few hundred.
    inside
        What only whoever runs the machine reads, in a terminal or its journal: a path of this
        machine, the words of its system. No page shows it.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        diagnostics: tuple[Diagnostic, ...] = (),
        inside: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.diagnostics = diagnostics
        self.inside = inside

    def render(self, *, most: int = 10) -> str:
        """Return the whole French message for a terminal, with at most ``most`` diagnostics."""
        lines = [self.message]
        if self.inside:
            lines.append(f"Sur cette machine : {self.inside}")
        lines += [f"  – {diagnostic}" for diagnostic in self.diagnostics[:most]]
        left = len(self.diagnostics) - most
        if left > 0:
            lines.append(f"  – et {left} autre{'s' if left > 1 else ''}")
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.render()


class DataError(PortreaError):
    """A file or a table does not hold what it should."""

    exit_code = 3


class ParameterError(PortreaError):
    """An option or a method parameter is out of its domain."""

    exit_code = 4


class TerritoryError(PortreaError):
    """A territory is unknown, ambiguous or empty.

    ``candidates`` are the territories that were perhaps meant, for a door that can link to them.
    """

    exit_code = 5
    candidates: tuple[Any, ...] = ()


class SecrecyError(PortreaError):
    """Publishing the answer would break statistical secrecy."""

    exit_code = 6


class StoreError(PortreaError):
    """The local store is missing, damaged or of another version."""

    exit_code = 7


class EngineError(PortreaError):
    """A program of somebody else, run beside ours, is absent or did not answer."""

    exit_code = 8
