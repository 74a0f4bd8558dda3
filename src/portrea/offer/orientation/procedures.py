"""Procedures in everyday words, and the organizations they are addressed to (``params``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import ParameterError
from portrea.offer.record import Block

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Organization:
    """Whom a procedure is addressed to.

    ``phone`` is a national number; ``verified`` only when a public file, told by ``source``, gives
    it. ``kinds`` and ``words`` tell a place that is the organization itself.
    """

    code: str
    name: str
    kinds: tuple[str, ...]
    words: tuple[str, ...]
    phone: str | None
    verified: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is told of the date of a procedure, and where that is written."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One choice of « which procedure », with the words people use for it.

    ``bring`` are words by which :func:`portrea.offer.bringing.to_bring` finds its papers.
    """

    code: str
    label: str
    need: Block
    phrases: tuple[str, ...]
    organizations: tuple[Organization, ...]
    bring: str | None = None
    deadline: Deadline | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A national number to call instead, ``verified`` when a public file gives it."""

    number: str
    whose: str
    verified: bool
    source: str | None


@cache
def table() -> dict[str, Any]:
    """Return the file of everyday words as it is written."""
    text = files("portrea.offer.orientation").joinpath("params/demarches.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def organizations() -> Mapping[str, Organization]:
    """Return the organizations by code."""
    return {
        code: Organization(
            code,
            card["nom"],
            tuple(card["types"]),
            tuple(card["mots"]),
            card["telephone"],
            card["verifie"],
            card["source"],
        )
        for code, card in table()["organismes"].items()
    }


@cache
def procedures() -> Mapping[str, Procedure]:
    """Return the procedures by code, in the order shown."""
    return {code: _procedure(code, card) for code, card in table()["demarches"].items()}


def procedure_of(code: str) -> Procedure:
    """Return a procedure by its code; a French error when there is none."""
    found = procedures().get(code)
    if found is None:
        raise ParameterError(
            f"Démarche inconnue : « {code[:60]} ».",
            remedy="Choisissez-la dans la liste, ou écrivez ce que vous cherchez avec vos mots.",
        )
    return found


def phones_of(procedure: Procedure | None) -> tuple[Phone, ...]:
    """Return the national numbers of a procedure, those a file gives first."""
    if procedure is None:
        return ()
    found = [
        Phone(one.phone, one.name, one.verified, one.source)
        for one in procedure.organizations
        if one.phone
    ]
    return tuple(sorted(found, key=lambda phone: not phone.verified))


def _procedure(code: str, card: dict[str, Any]) -> Procedure:
    told = card.get("echeance")
    return Procedure(
        code,
        card["libelle"],
        Block(card.get("besoin", Block.AIDE)),
        tuple(card["phrases"]),
        tuple(organizations()[name] for name in card["organismes"]),
        card.get("apporter"),
        Deadline(told["texte"], told["source"]) if told else None,
        card.get("note"),
    )
