"""Problem situations: what a person lacks in front of an online procedure, and who answers it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Situation(StrEnum):
    """The four published needs (PorTReA): information, equipment, help, training."""

    INFORMATION = "information"
    EQUIPEMENT = "equipement"
    AIDE = "aide"
    FORMATION = "formation"

    @property
    def label(self) -> str:
        """Everyday French words, as shown to a resident."""
        return _LABELS[self]


_LABELS = {
    Situation.INFORMATION: "Être informé et orienté",
    Situation.EQUIPEMENT: "Accéder à un équipement ou au réseau",
    Situation.AIDE: "Être aidé pour une démarche",
    Situation.FORMATION: "Apprendre à se servir du numérique",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a service, a programme or a kind of place covers situations.

    ``always`` keeps a typology's situations beside declared services; ``source`` is ``None`` when
    the rule is our own assumption.
    """

    situations: tuple[Situation, ...]
    reason: str
    source: str | None
    always: bool = False

    @property
    def assumed(self) -> bool:
        """Whether the rule is our own assumption, to be shown as such."""
        return self.source is None


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule; ``closed`` is the access mode of a place that welcomes no public."""

    services: Mapping[str, Rule]
    programmes: Mapping[str, Rule]
    typologies: Mapping[str, Rule]
    closed: str


@cache
def rules() -> Rules:
    """Return the rules shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.vocab").joinpath("situations.yaml").read_text("utf-8"))

    def read(family: str) -> dict[str, Rule]:
        return {
            name: Rule(
                tuple(Situation(s) for s in card["situations"]),
                card["raison"],
                card.get("source"),
                bool(card.get("toujours")),
            )
            for name, card in raw[family].items()
        }

    return Rules(read("services"), read("programmes"), read("typologies"), raw["ferme"])


def situations_of(
    *,
    kind: str | None = None,
    services: Sequence[str] = (),
    programmes: Sequence[str] = (),
    access_modes: Sequence[str] = (),
) -> tuple[Situation, ...]:
    """Return the situations one place covers, in the order of :class:`Situation`.

    Parameters
    ----------
    kind
        Typology codes, joined by ``|`` when several.
    services, programmes, access_modes
        Values of the mednum standard (services: 1.x or 0.1).

    Notes
    -----
    Declared services and programmes are the place's own word. A typology speaks only when no
    service is declared, unless its rule says ``toujours``.
    """
    book = rules()
    if book.closed in access_modes:
        return ()
    found = [book.services[name] for name in services if name in book.services]
    found += [book.programmes[name] for name in programmes if name in book.programmes]
    typologies = [book.typologies[k] for k in (kind or "").split("|") if k in book.typologies]
    found += [rule for rule in typologies if rule.always or not services]
    covered = {situation for rule in found for situation in rule.situations}
    return tuple(situation for situation in Situation if situation in covered)


def with_situations(places: pl.DataFrame) -> pl.DataFrame:
    """Add ``situations`` from ``kind``, ``services``, ``programmes`` and ``access_modes``.

    Same rules as :func:`situations_of`, applied once per distinct combination.
    """
    names = ["kind", "services", "programmes", "access_modes"]
    distinct = places.select(names).unique()
    covered = [
        [str(s) for s in situations_of(**{n: row[n] or () for n in names[1:]}, kind=row["kind"])]
        for row in distinct.iter_rows(named=True)
    ]
    answers = distinct.with_columns(
        situations=pl.Series(covered, dtype=pl.List(pl.String), strict=True)
    )
    rest = places.drop("situations", strict=False)
    return rest.join(answers, on=names, how="left", nulls_equal=True, maintain_order="left")
