"""Parameters of the offer (``params/offer.yaml``): how old is old."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class OfferParameters:
    """Days bounding the freshness tiers."""

    recent_days: int
    to_check_days: int


@cache
def load_parameters() -> OfferParameters:
    """Return the dated parameters shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.offer").joinpath("params/offer.yaml").read_text("utf-8"))
    fresh = raw["freshness"]
    return OfferParameters(
        recent_days=int(fresh["recent"]),
        to_check_days=int(fresh["to_check"]),
    )
