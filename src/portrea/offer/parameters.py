"""Parameters of the offer (``params/offer.yaml``): how old is old, how near is the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class OfferParameters:
    """Days bounding the freshness tiers; km within which two cards tell the same place."""

    recent_days: int
    to_check_days: int
    same_name_km: float
    same_kind_km: float
    same_kinds: tuple[str, ...]


@cache
def load_parameters() -> OfferParameters:
    """Return the dated parameters shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.offer").joinpath("params/offer.yaml").read_text("utf-8"))
    fresh, merging = raw["freshness"], raw["merging"]
    return OfferParameters(
        recent_days=int(fresh["recent"]),
        to_check_days=int(fresh["to_check"]),
        same_name_km=float(merging["same_name_within"]),
        same_kind_km=float(merging["same_kind_within"]),
        same_kinds=tuple(merging["same_kind"]),
    )
