"""What goes with a right: whom it is for, what to bring, which procedure, which dates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import DataError
from portrea.rights.catalogue import rights

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is told beside a right; never a condition to hold it.

    ``papers`` is empty when nobody knows them: they are to be asked. ``demarche`` is a code of
    orientation, ``procedure`` a key of the catalogue of procedures, ``dates`` names of date rules.
    """

    for_whom: str
    demarche: str
    procedure: str
    papers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    verified: bool = False


@cache
def table() -> Mapping[str, Any]:
    """Return what ``params/cartes.yaml`` says."""
    text = (files("portrea.rights") / "params" / "cartes.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@cache
def cards() -> Mapping[str, Card]:
    """Return the card of each right, in the order of the rights.

    Raises
    ------
    DataError
        A right has no card, or a card has no right.
    """
    told = table()
    apart = set(told["cards"]) ^ set(rights())
    if apart:
        raise DataError(
            f"Les cartes et les droits ne vont pas ensemble : {', '.join(sorted(apart))}.",
            remedy="Une carte par droit, dans rights/params/cartes.yaml.",
        )
    return {name: _card(told["cards"][name], told["papers"]) for name in rights()}


def _card(told: Mapping[str, Any], papers: Mapping[str, list[str]]) -> Card:
    known = papers[told["papers"]] if "papers" in told else ()
    return Card(**{**told, "papers": tuple(known), "dates": tuple(told["dates"])})
