"""The layouts of real lists, one file each (``profiles/*.yaml``), and the choice of a mapping."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from portrea.offer.importing.guessing import guess_mapping
from portrea.offer.importing.mapping import Mapping, from_dict, recognised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.offer.importing.outcome import Listing

MENDED = "_a-corriger"
"""End of the name of the file of refused rows, beside that of its list."""


@cache
def profiles() -> tuple[Mapping, ...]:
    """Return the layouts shipped with Portrea, by identifier."""
    folder = files("portrea.offer.importing").joinpath("profiles")
    cards = [
        yaml.safe_load(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    return tuple(sorted((from_dict(card) for card in cards), key=lambda mapping: mapping.id))


def choose_mapping(listing: Listing, saved: Iterable[Mapping] = ()) -> Mapping:
    """Return the mapping of a list: a saved one, a shipped one, else guessed from its columns.

    Parameters
    ----------
    saved
        Mappings that people kept; they win over those shipped.
    """
    mine = recognised(listing.columns, saved)
    shipped = mine or recognised(listing.columns, profiles())
    if shipped is not None:
        return shipped
    source = listing.name.split(".")[0].removesuffix(MENDED)  # rows sent again are of their list
    return guess_mapping(listing.columns, listing.rows, source=source)
