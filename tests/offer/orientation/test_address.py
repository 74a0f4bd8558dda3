"""An address written in one line: what is the street, what tells the commune."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.offer.orientation.address import split_address


@pytest.mark.parametrize(
    ("text", "street", "town"),
    [
        ("12 rue du Four, Montfort-sur-Meu", "12 rue du Four", "Montfort-sur-Meu"),
        ("12 rue du Four 35160 Montfort-sur-Meu", "12 rue du Four", "35160 Montfort-sur-Meu"),
        ("12 rue du Four, 35160", "12 rue du Four", "35160"),
        ("12, rue du Four, 35160 Montfort", "12, rue du Four", "35160 Montfort"),
        ("3 bis place de l’Église, appt 4, Rouen", "3 bis place de l’Église, appt 4", "Rouen"),
        ("Le Bourg, Iffendic", "Le Bourg", "Iffendic"),
        ("12 rue du Four Iffendic", "12 rue du Four Iffendic", ""),
        ("rue du Général de Gaulle", "rue du Général de Gaulle", ""),
    ],
)
def test_an_address_is_cut(text: str, street: str, town: str) -> None:
    assert split_address(text) == (street, town)


@pytest.mark.parametrize("text", ["Montfort-sur-Meu", "35160", "35160 Montfort", "Montfort 35", ""])
def test_a_commune_is_no_address(text: str) -> None:
    assert split_address(text) is None


@given(st.text(max_size=80))
def test_any_text_is_cut_or_is_no_address(text: str) -> None:
    cut = split_address(text)
    assert cut is None or cut[0]
