"""The rules of the ranking, as written in ``params/orientation.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rules:
    """The file, part by part; a point is a minute of travel.

    ``silence`` tells, by constraint, whether a place that says nothing is asked (true) or left out.
    """

    silence: Mapping[str, bool]
    answers: Mapping[str, Mapping[str, str]]
    points: Mapping[str, Any]
    least_left: int
    near: Mapping[str, float]
    near_home: float
    visible: Mapping[str, float]
    best: int
    told: Mapping[str, Mapping[str, str]]
    typed: Mapping[str, Any]
    outside: Mapping[str, float]


@cache
def rules() -> Rules:
    """Return the dated rules shipped with Portrea."""
    folder = files("portrea.offer.orientation").joinpath("params/orientation.yaml")
    raw = yaml.safe_load(folder.read_text("utf-8"))
    return Rules(
        {name: card["silence"] == "demander" for name, card in raw["contraintes"].items()},
        raw["repond"],
        raw["points"],
        int(raw["arrivee"]["reste"]),
        raw["proche"],
        float(raw["domicile"]["proche"]),
        raw["visible"],
        int(raw["meilleurs"]),
        raw["dits"],
        raw["saisie"],
        raw["hors_de_france"],
    )
