"""Overseas beside the mainland: every outline kept, shapes true, nothing moved without need."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from portrea.steering.figures_insets import INSETS, gathered, gathered_points
from portrea.steering.figures_map import Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.territory.codes import Level
from portrea.territory.drawing import METROPOLE
from portrea.territory.geometry import Shapes, bounds

REUNION = shapely.box(55.2, -21.4, 55.8, -20.9)
RENNES = shapely.box(-1.8, 48.0, -1.5, 48.2)


def shapes(**polygons: shapely.Geometry) -> Shapes:
    codes = np.array([name.strip("_") for name in polygons], dtype=object)
    return Shapes(Level.DEPARTEMENT, codes, np.array(list(polygons.values()), dtype=object))


def test_an_island_alone_stays_where_it_is() -> None:
    alone = shapes(_974=REUNION)
    assert gathered(alone) == (alone, ())


def test_mainland_alone_is_untouched() -> None:
    alone = shapes(_35=RENNES)
    assert gathered(alone) == (alone, ())


def test_overseas_comes_near_and_the_mainland_does_not_move() -> None:
    near, insets = gathered(shapes(_35=RENNES, _974=REUNION))
    assert [inset.name for inset in insets] == ["La Réunion"]
    assert near.polygons[0].equals(RENNES)
    west, south, east, north = bounds(near)
    assert west > METROPOLE[0]
    assert south > METROPOLE[1]
    assert east < METROPOLE[2]
    assert north < METROPOLE[3]


@pytest.mark.parametrize("inset", INSETS, ids=lambda inset: inset.name)
def test_shape_is_true(inset: object) -> None:
    """A square of the ground stays a square of the map: same metres both ways."""
    side = 0.1
    middle = (inset.south + inset.north) / 2
    wide = side / np.cos(np.radians(middle))
    corners = np.array(
        [[inset.west, middle], [inset.west + wide, middle], [inset.west, middle + side]]
    )
    moved = inset.move(corners)
    across = (moved[1, 0] - moved[0, 0]) * np.cos(np.radians(inset.latitude))
    assert across == pytest.approx(moved[2, 1] - moved[0, 1])


def test_insets_do_not_overlap() -> None:
    cells = [
        shapely.box(
            *inset.move(np.array([[inset.west, inset.south], [inset.east, inset.north]])).ravel()
        )
        for inset in INSETS
    ]
    for i, cell in enumerate(cells):
        assert not any(cell.intersects(other) for other in cells[i + 1 :])


def test_places_follow_their_island() -> None:
    _, insets = gathered(shapes(_35=RENNES, _974=REUNION))
    moved = gathered_points(np.array([[55.5, -21.1], [-1.7, 48.1]]), insets)
    assert moved[0, 0] < 0 < moved[0, 1]
    assert moved[1].tolist() == [-1.7, 48.1]


def test_the_map_names_the_inset() -> None:
    drawn = choropleth(
        Caption("f", "Titre", "Texte"),
        {"35": Zone("35", 0.1, "10"), "974": Zone("974", 0.2, "20")},
        shapes(_35=RENNES, _974=REUNION),
        reading=Reading("part"),
    )
    assert "La Réunion" in drawn
