"""Places counted for a decision, against a case worked by hand."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl
import yaml

from portrea.steering.offer_counts import offer_counts

CASE = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/offer_counts.yaml").read_text("utf-8")
)
SERVICES = {"place": pl.String, "saturation": pl.String}


def test_places_worked_by_hand() -> None:
    places = pl.DataFrame(
        CASE["places"], schema={"hours": pl.String, "situations": pl.List(pl.String)}
    )
    services = pl.DataFrame(CASE["saturation"], schema=SERVICES, orient="row")
    found = asdict(offer_counts(places, services))
    assert found | {"lacking": list(found["lacking"])} == CASE["expected"]


def test_without_a_place_nothing_is_counted() -> None:
    places = pl.DataFrame(schema={"hours": pl.String, "situations": pl.List(pl.String)})
    found = offer_counts(places, pl.DataFrame(schema=SERVICES))
    assert (found.places, found.hours, found.told) == (0, 0, 0)
    assert len(found.lacking) == 4
