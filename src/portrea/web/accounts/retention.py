"""The registry of what is kept about people: read from ``retention.yaml`` of each room, applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import Any

DURATIONS = {
    0: "aussitôt",
    1: "un jour",
    7: "sept jours",
    30: "un mois",
    90: "quatre-vingt-dix jours",
    365: "un an",
    730: "deux ans",
    1095: "trois ans",
}
THEN = {"delete": "effacé", "anonymise": "rendu anonyme"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing kept: what, why, on which legal basis, how many days, then what."""

    name: str
    what: str
    models: tuple[str, ...]
    why: str
    basis: str
    days: int
    then: str
    function: str
    note: str = ""

    @property
    def outcome(self) -> str:
        """French participle of what happens at the end."""
        return THEN[self.then]

    @property
    def duration(self) -> str:
        """French words of the duration, as the privacy page writes them."""
        return DURATIONS.get(self.days, f"{self.days} jours")

    def run(self, before: datetime, *, dry_run: bool) -> int:
        """Erase, or only count, what is older than ``before``."""
        module, name = self.function.split(":")
        function: Callable[..., int] = getattr(import_module(module), name)
        return function(before, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one entry erased, or would erase."""

    entry: Entry
    before: datetime
    rows: int


@cache
def registry() -> tuple[Entry, ...]:
    """Return the entries of every app that has a ``retention.yaml``, in the order of the apps."""
    return tuple(entry for text in _texts() for entry in read(text))


@cache
def not_personal() -> dict[str, str]:
    """Return the columns whose name looks personal and that are not: « app.Model.column » → why."""
    pages = (yaml.safe_load(text) for text in _texts())
    return {column: why for page in pages for column, why in page.get("not_personal", {}).items()}


def _texts() -> list[str]:
    files = (Path(config.path) / "retention.yaml" for config in apps.get_app_configs())
    return [path.read_text("utf-8") for path in files if path.is_file()]


def read(text: str) -> list[Entry]:
    """Read a registry; a missing word or an unknown outcome is a fault of the file."""
    entries = []
    for name, card in (yaml.safe_load(text).get("entries") or {}).items():
        if card["then"] not in THEN:
            raise ValueError(f"retention.yaml: {name}: unknown outcome « {card['then']} »")
        entries.append(Entry(name=name, **{**card, "models": tuple(card["models"])}))
    return entries


@act("retention.run")
def retention_run(
    *, actor: Any, now: datetime | None = None, dry_run: bool = False, names: Sequence[str] = ()
) -> list[Outcome]:
    """Apply the registry, each entry in its own transaction, and write what it did.

    Parameters
    ----------
    now
        Instant from which ages are counted (the present one by default).
    dry_run
        Count without erasing.
    names
        Entries to apply; all by default.
    """
    require(actor, "retention.run")
    instant = now or timezone.now()
    return [_apply(entry, actor, instant, dry_run=dry_run) for entry in _named(names)]


def _named(names: Sequence[str]) -> list[Entry]:
    known = {entry.name: entry for entry in registry()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ParameterError(
            f"Entrée inconnue : {', '.join(unknown)}.", remedy=f"Entrées : {', '.join(known)}."
        )
    return [known[name] for name in names or known]


def _apply(entry: Entry, actor: Any, now: datetime, *, dry_run: bool) -> Outcome:
    before = now - timedelta(days=entry.days)
    with transaction.atomic():
        rows = entry.run(before, dry_run=dry_run)
        if rows and not dry_run:
            journal.record(
                act="retention.run",
                actor=actor,
                target=("retention", entry.name),
                after={"lignes": rows, "avant": before.isoformat(timespec="seconds")},
            )
    return Outcome(entry, before, rows)
