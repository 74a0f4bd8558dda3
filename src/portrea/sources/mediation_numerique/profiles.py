"""The known layouts of lists of places (``mapping/profiles.yaml``) and how a header tells them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FOLDER = "portrea.sources.mediation_numerique"


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout: the columns that betray it, and where each mednum field comes from.

    ``standard`` is the mednum layout itself; ``legacy`` says that values are those of version 0.1;
    ``only`` and ``without`` keep or leave out rows by the values of a column, ``positive`` keeps
    those where a number is above zero.
    """

    id: str
    title: str
    producer: str
    signature: tuple[str, ...]
    prefix: str
    licence: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    hours_by_day: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, list[str]] = field(default_factory=dict)
    without: Mapping[str, list[str]] = field(default_factory=dict)
    positive: tuple[str, ...] = ()
    standard: bool = False
    legacy: bool = False


@cache
def profiles() -> tuple[Profile, ...]:
    """Return the known profiles, the most particular first (mednum last)."""
    text = files(FOLDER).joinpath("mapping/profiles.yaml").read_text("utf-8")
    found = [
        Profile(**{**card, "id": name, "signature": tuple(card["signature"])})
        for name, card in yaml.safe_load(text).items()
    ]
    return tuple(sorted(found, key=lambda profile: profile.standard))


def profile_of(columns: Collection[str]) -> Profile | None:
    """Return the first profile whose whole signature is in a header."""
    return next((p for p in profiles() if set(p.signature) <= set(columns)), None)


@cache
def words(name: str) -> Mapping[str, str]:
    """Return the producer's words of one table of ``mapping/words.csv``, with ours."""
    text = files(FOLDER).joinpath("mapping/words.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["word"]: row["value"] for row in rows if row["field"] == name}
