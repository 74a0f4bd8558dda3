"""The commune of a place comes from its position only when the producer does not tell it."""

from __future__ import annotations

import polars as pl
import shapely

from portrea.offer.locating import with_communes
from portrea.vocab.tables import CONTOURS, PLACES

SQUARES = {"35001": shapely.box(-2, 48, -1.9, 48.1), "35002": shapely.box(-1.9, 48, -1.8, 48.1)}
CONTOUR_TABLE = CONTOURS.conform(
    pl.DataFrame(
        {
            "level": ["commune", "commune"],
            "code": list(SQUARES),
            "geometry": [shapely.to_wkb(square) for square in SQUARES.values()],
        }
    )
)


def places_of(rows):
    full = [{"id": i, "name": i, "situations": [], "source": "s", **row} for i, row in rows.items()]
    return PLACES.conform(pl.DataFrame(full, infer_schema_length=None))


def test_only_unknown_communes_are_filled():
    places = places_of(
        {
            "inside": {"longitude": -1.95, "latitude": 48.05},
            "told": {"longitude": -1.95, "latitude": 48.05, "commune": "35999"},
            "outside": {"longitude": 3.0, "latitude": 48.05},
            "nowhere": {"longitude": None, "latitude": None},
        }
    )
    filled = with_communes(places, CONTOUR_TABLE)
    assert dict(filled.select("id", "commune").iter_rows()) == {
        "inside": "35001",
        "told": "35999",
        "outside": None,
        "nowhere": None,
    }


def test_nothing_to_do_changes_nothing():
    places = places_of({"told": {"commune": "35999"}})
    assert with_communes(places, CONTOUR_TABLE).equals(places)
    assert with_communes(places, CONTOURS.empty()).equals(places)
