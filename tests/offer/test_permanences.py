"""Permanences to come: hand-worked dates, where each is held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.offer.permanences import coming, held_in, permanences_of
from portrea.offer.record import Block, Closure, Place, Presence, PresenceKind, Service

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/offer/permanences.yaml").read_text("utf-8")
)


def presence_of(told: dict[str, Any]) -> Presence:
    closures = tuple(Closure(**one) for one in told.get("closures", ()))
    dates = tuple(told.get("dates", ()))
    return Presence(
        **{**told, "kind": PresenceKind(told["kind"]), "closures": closures, "dates": dates}
    )


def place_of(presence: Presence) -> Place:
    service = Service(block=Block.AIDE, key="aide", presences=(presence,), phone="0299090017")
    return Place(id="p1", name="Mairie", commune="35188", services=(service,))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_hand_worked(case: dict[str, Any]) -> None:
    place = place_of(presence_of(case["presence"]))
    found = tuple(permanences_of(place))
    told, unknown = coming(found, today=lambda _commune: case["from"], days=case["days"])
    if case["expected"] == "none":
        assert found == ()
    elif case["expected"] == "unknown":
        assert (told, unknown) == ([], list(found))
        assert len(found) == 1
    else:
        assert [[one.day, one.start, one.end] for one, _ in told] == case["expected"]


def test_held_where_it_is_held() -> None:
    away = place_of(presence_of(CASES[1]["presence"]))
    assert [one.address for one in held_in([away], {"35211"})] == ["Place de l’Église"]
    assert held_in([away], {"35188"}) == ()


def test_an_itinerant_place_is_a_permanence_by_its_own_hours() -> None:
    bus = replace(
        place_of(Presence()), itinerant=("Itinérant",), services=(), hours="Tu 10:00-12:00"
    )
    (one,) = permanences_of(bus)
    assert one.timing.hours == "Tu 10:00-12:00"
    assert tuple(permanences_of(replace(bus, itinerant=("Fixe",)))) == ()
