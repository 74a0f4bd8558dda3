"""The registry of checks: each looks at one thing, changes nothing and says how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from django.db.utils import DatabaseError

from portrea.base.errors import PortreaError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOMS = ("machine", "databases", "data", "site", "work")
"""Modules of checks, in the order they are shown."""


class Level(StrEnum):
    """What is thought of a thing."""

    GOOD = "bon"
    LOOK = "à regarder"
    BROKEN = "cassé"
    UNSEEN = "pas vu"


EXIT = {Level.GOOD: 0, Level.UNSEEN: 0, Level.LOOK: 1, Level.BROKEN: 2}
"""Exit code of the command: that of the worst check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw, in a French sentence, and how to mend it when something is wrong."""

    level: Level
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; ``database``: it cannot be seen without one that is up to date."""

    key: str
    title: str
    group: str
    look: Callable[[], Finding]
    database: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A check and what it saw."""

    check: Check
    finding: Finding


_registry: dict[str, Check] = {}


def check(
    key: str, title: str, *, group: str, database: bool = False
) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register a function as a check; any app may, from its ``ready``."""

    def register(look: Callable[[], Finding]) -> Callable[[], Finding]:
        _registry[key] = Check(key, title, group, look, database)
        return look

    return register


def checks() -> tuple[Check, ...]:
    """Return every check, in the order of their modules."""
    rooms = [import_module(f"portrea.web.operation.doctor.{room}").__name__ for room in ROOMS]
    order = {name: place for place, name in enumerate(rooms)}
    found = _registry.values()
    return tuple(sorted(found, key=lambda each: order.get(each.look.__module__, len(rooms))))


def good(what: str) -> Finding:
    """Return that all is well."""
    return Finding(Level.GOOD, what)


def look(what: str, remedy: str) -> Finding:
    """Return that something should be looked at."""
    return Finding(Level.LOOK, what, remedy)


def broken(what: str, remedy: str) -> Finding:
    """Return that something does not work."""
    return Finding(Level.BROKEN, what, remedy)


def examine(database: Callable[[], Finding]) -> list[Result]:
    """Look at everything; what needs the database is left unseen when it is not usable.

    Parameters
    ----------
    database
        The check that says whether the database is usable.
    """
    usable = _seen(database).level is not Level.BROKEN
    unseen = Finding(Level.UNSEEN, "La base ne répond pas, ou n’est pas à jour.")
    return [
        Result(each, _seen(each.look) if usable or not each.database else unseen)
        for each in checks()
    ]


def worst(results: list[Result]) -> Level:
    """Return the worst of the levels."""
    return max((result.finding.level for result in results), key=EXIT.__getitem__)


def _seen(looking: Callable[[], Finding]) -> Finding:
    """Look at one thing; a check that fails never hides the others."""
    try:
        return looking()
    except PortreaError as error:
        return broken(" ".join(filter(None, (error.message, error.inside))), error.remedy)
    except DatabaseError as error:
        return broken(f"La base de données refuse : {error}", "Voyez le journal de la base.")
    except Exception as error:  # noqa: BLE001 - a defect of one check must not hide the others
        told = f"La vérification elle-même a échoué : {type(error).__name__}, {error}"
        return broken(told, "Signalez-le : c’est un défaut de Portrea.")
