"""How far each list is believed, and when two dates are as fresh (``params/census.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CensusParameters:
    """Days within which two dates are as fresh; ranks of reliability, 1 to 5."""

    as_fresh_days: int
    fix: int
    usual: int
    lists: Mapping[str, int]


@cache
def census_parameters() -> CensusParameters:
    """Return the dated parameters shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.offer").joinpath("params/census.yaml").read_text("utf-8"))
    ranks = raw["reliability"]
    return CensusParameters(
        as_fresh_days=int(raw["layers"]["as_fresh_within"]),
        fix=int(ranks["fix"]),
        usual=int(ranks["usual"]),
        lists={str(pattern): int(rank) for pattern, rank in ranks["lists"].items()},
    )


@cache
def reliability_of(source: str) -> int:
    """Return the rank of a list, from 1 (taken from elsewhere) to 4 (told by the place)."""
    known = census_parameters()
    return next((r for p, r in known.lists.items() if fnmatchcase(source, p)), known.usual)
