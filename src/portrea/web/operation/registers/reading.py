"""The processings of the site: what the files declare, joined with what the code knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from django.apps import apps

from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.retention import registry

if TYPE_CHECKING:
    from portrea.web.accounts.retention import Entry

HERE = "portrea.web.operation.registers"
TECHNICAL = frozenset({"AutoField", "BigAutoField"})


@dataclass(frozen=True, slots=True)
class Processing:
    """One processing of the register.

    ``kept`` are its entries of retention; ``columns`` « table.column » of every table it keeps;
    ``recipients`` the French names of the roles that may read it, each with the act that says so.
    """

    name: str
    title: str
    purpose: str
    people: str
    data: str
    kept: tuple[Entry, ...]
    columns: tuple[str, ...]
    recipients: tuple[tuple[str, str], ...]

    @property
    def bases(self) -> tuple[str, ...]:
        """Legal bases, each once."""
        return tuple(dict.fromkeys(entry.basis for entry in self.kept))


@cache
def declared() -> dict[str, Any]:
    """Return ``processings.yaml`` as it is written."""
    found: dict[str, Any] = yaml.safe_load((files(HERE) / "processings.yaml").read_text("utf-8"))
    return found


@cache
def proofs() -> dict[str, str]:
    """Return the test that shows the end of each entry: name → ``file::test``."""
    found: dict[str, str] = yaml.safe_load((files(HERE) / "proofs.yaml").read_text("utf-8"))
    return found


@cache
def processings() -> tuple[Processing, ...]:
    """Return the processings, in the order of the file."""
    known = {entry.name: entry for entry in registry()}
    cards = {n: c for n, c in declared().items() if n not in {"measures", "transfers"}}
    return tuple(_processing(name, dict(card), known) for name, card in cards.items())


def _processing(name: str, card: dict[str, Any], known: dict[str, Entry]) -> Processing:
    kept = tuple(known[one] for one in card.pop("kept"))
    acts = card.pop("acts")
    labels = dict.fromkeys(label for entry in kept for label in entry.models)
    columns = tuple(column for label in labels for column in columns_of(label))
    return Processing(name, kept=kept, columns=columns, recipients=_readers(acts), **card)


def columns_of(label: str) -> tuple[str, ...]:
    """Return every column of a table but its number: « app.Model.column »."""
    kept = apps.get_model(label)._meta.concrete_fields
    return tuple(f"{label}.{c.name}" for c in kept if c.get_internal_type() not in TECHNICAL)


def _readers(acts: list[str]) -> tuple[tuple[str, str], ...]:
    roles = matrix().roles
    return tuple(
        (matrix().acts[act].label, ", ".join(
            f"{roles[role].label} ({scope})" for role, scope in matrix().acts[act].scopes.items()
        ))
        for act in acts
    )  # fmt: skip
