"""Read ``roles.yaml``: which role may do which act, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


class Scope(StrEnum):
    """How far a role may do an act."""

    STRUCTURE = "structure"
    TERRITORY = "territoire"
    EVERYWHERE = "partout"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its French name, what it is, the roles that those who hold it may give.

    ``second_factor`` is how many days a person has to prepare one; ``None``: it stays optional.
    """

    name: str
    label: str
    definition: str
    gives: tuple[str, ...] = ()
    second_factor: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that changes or reveals what is kept; ``scopes`` says how far each role may."""

    name: str
    label: str
    definition: str
    scopes: Mapping[str, Scope]


ANYONE = "visiteur"
BY_LINK = "contributeur"
CONNECTED = "compte"
OF_A_STRUCTURE = "acteur"
ADMINISTRATOR = "administrateur"
NOT_GIVEN = (ANYONE, BY_LINK, CONNECTED)
"""Roles that nobody gives: they come with how a person is there."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Roles and acts, in the order of the file."""

    roles: Mapping[str, Role]
    acts: Mapping[str, Act]

    def scope(self, role: str, act: str) -> Scope | None:
        """Return how far a role may do an act, ``None`` when it may not."""
        return self.acts[act].scopes.get(role)

    @property
    def given(self) -> tuple[Role, ...]:
        """Roles that an account may be given."""
        return tuple(role for role in self.roles.values() if role.name not in NOT_GIVEN)


@cache
def matrix() -> Matrix:
    """Return the matrix of the site, read once."""
    text = files("portrea.web.accounts").joinpath("roles.yaml").read_text("utf-8")
    return read_matrix(text)


def read_matrix(text: str) -> Matrix:
    """Read a matrix; a role, a scope or a word that is not declared is a fault of the file."""
    content = yaml.safe_load(text)
    roles = {
        name: Role(
            name,
            card["label"],
            card["definition"],
            tuple(card.get("gives", ())),
            card.get("second_factor"),
        )
        for name, card in content["roles"].items()
    }
    acts = {name: _act(name, dict(card), set(roles)) for name, card in content["acts"].items()}
    unknown = {given for role in roles.values() for given in role.gives} - set(roles)
    if unknown:
        raise ValueError(f"roles.yaml: unknown roles in « gives »: {sorted(unknown)}")
    return Matrix(roles, acts)


def _act(name: str, card: dict[str, str], roles: set[str]) -> Act:
    label, definition = card.pop("label"), card.pop("definition")
    unknown = set(card) - roles
    if unknown:
        raise ValueError(f"roles.yaml: act {name} names unknown roles {sorted(unknown)}")
    return Act(name, label, definition, {role: Scope(scope) for role, scope in card.items()})
