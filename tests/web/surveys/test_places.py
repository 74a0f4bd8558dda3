"""Where a typed place is: two numbers, an arrondissement, or why it is not known."""

from __future__ import annotations

import pytest

from portrea.web.surveys.answering.places import place_named, place_of


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("48.13 -1.95", "48.13000 -1.95000"),
        ("48,13 -1,95", "48.13000 -1.95000"),
        ("48.13, -1.95", "48.13000 -1.95000"),
        (" 48.13;-1.95 ", "48.13000 -1.95000"),
        ("148.13 -1.95", ""),
        ("48.13", ""),
    ],
)
def test_two_numbers_are_a_place(typed: str, point: str) -> None:
    assert place_named(typed).point == point


def test_what_is_not_a_place_says_why() -> None:
    """Without any computation no commune is known; a postcode alone is never one."""
    assert "ne sont pas connues ici" in place_named("Rennes").why
    assert "nom de la commune" in place_named("35160").why
    assert "position" in place_of("99999").why


def test_an_arrondissement_has_its_own_point() -> None:
    """Paris 12e: within Paris, and its disc is that of its area (16.3 km² → about 2,280 m)."""
    north, east, _height, metres = map(float, place_of("75112").point.split())
    assert (round(north, 1), round(east, 1)) == (48.8, 2.4)
    assert 2_200 < metres < 2_400
