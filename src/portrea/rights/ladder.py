"""How far a territory goes « à la source »: it informs, it proposes, it lets a partner open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    Key = tuple[str, str]


class Level(StrEnum):
    """The three levels; each holds the ones before it."""

    INFORMATION = "information"
    PROPOSAL = "proposition"
    ATTRIBUTION = "attribution"

    @property
    def proposes(self) -> bool:
        """Whether a summary already filled may be carried away by the person."""
        return self is not Level.INFORMATION

    @property
    def attributes(self) -> bool:
        """Whether a partner that holds the legal right may receive it."""
        return self is Level.ATTRIBUTION

    @property
    def means(self) -> str:
        """What the level is, in French, for whoever chooses."""
        return _MEANS[self]


_MEANS = {
    Level.INFORMATION: "Dire à la personne qu’un droit existe, où et comment le demander.",
    Level.PROPOSAL: "En plus, lui donner un résumé déjà rempli, qu’elle emporte. Rien n’est gardé.",
    Level.ATTRIBUTION: (
        "En plus, si elle le demande, faire de ce résumé un fichier pour un partenaire qui a le "
        "droit, par un texte, d’ouvrir ce droit."
    ),
}
DEFAULT = Level.PROPOSAL
"""A summary that nobody but the person holds needs no partner and no legal basis of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """What lets a partner receive a file: the text, from when to when, both days included."""

    basis: str
    signed: date
    until: date
    retired: bool = False


def level_in_force(chosen: Mapping[Key, Level], chain: Sequence[Key]) -> tuple[Level, Key | None]:
    """Return the level of a commune and the territory that chose it, ``None`` for nobody.

    Parameters
    ----------
    chosen
        What territories chose, by (level, code).
    chain
        The commune and what holds it, from the smallest: the nearest choice wins.
    """
    for key in chain:
        if key in chosen:
            return chosen[key], key
    return DEFAULT, None


def refusals(convention: Convention, *, level: Level, day: date, consent: bool) -> list[str]:
    """Return why a file may not be made for a partner, each in French; none when it may."""
    told = []
    if not level.attributes:
        told.append(f"Ici, le territoire s’arrête au niveau « {level} ».")
    if convention.retired:
        told.append("Ce partenaire a été retiré.")
    if not convention.basis.strip():
        told.append("Aucune base légale n’est écrite pour ce partenaire.")
    if day < convention.signed:
        told.append(f"Sa convention commence le {convention.signed:%d/%m/%Y}.")
    if day > convention.until:
        told.append(f"Sa convention est finie depuis le {convention.until:%d/%m/%Y}.")
    if not consent:
        told.append("La personne n’a pas donné son accord.")
    return told
