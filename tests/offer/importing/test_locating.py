"""Places without position: sure answers are kept, the rest at the commune or for a person."""

from __future__ import annotations

import polars as pl
import pytest

from portrea.offer.importing.locating import Communes, at_communes, with_answers
from portrea.offer.record import Place
from portrea.sources.ban import Found

COMMUNES = Communes(
    pl.DataFrame(
        {
            "level": ["commune"] * 5 + ["departement"],
            "code": ["35188", "35297", "97411", "2A004", "72256", "35"],
            "name": [
                "Montfort-sur-Meu",
                "Saint-Méen-le-Grand",
                "Saint-Denis",
                "Ajaccio",
                "Saint-Denis",
                "Ille-et-Vilaine",
            ],
            "departement": ["35", "35", "974", "2A", "72", "35"],
            "longitude": [-1.96, -2.19, 55.45, 8.73, 0.1, None],
            "latitude": [48.13, 48.19, -20.9, 41.92, 48.0, None],
        }
    )
)


def place(identifier="p", **fields):
    return Place(id=identifier, name="Lieu", **fields)


@pytest.mark.parametrize(
    ("fields", "commune", "confidence"),
    [
        ({"commune": "35188"}, "35188", 1.0),
        ({"city": "MONTFORT SUR MEU", "postcode": "35160"}, "35188", 0.9),
        ({"city": "St-Méen-le-Grand", "postcode": "35290"}, "35297", 0.9),
        ({"city": "Saint-Denis", "postcode": "97400"}, "97411", 0.9),
        ({"city": "Ajaccio", "postcode": "20090"}, "2A004", 0.9),
    ],
)
def test_at_the_commune(fields, commune, confidence):
    located = at_communes([place(**fields)], COMMUNES)
    (found,) = located.places
    assert (found.position, found.commune) == ("commune", commune)
    assert (found.latitude, found.longitude) == COMMUNES.centre(commune)
    assert located.confidence == {"p": confidence}
    assert not located.queue


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"city": "Saint-Denis"},
        {"city": "Montfort-sur-Meu"},
        {"city": "Saint-Denis", "postcode": "75001"},
        {"commune": "99999"},
        {"postcode": "35160"},
    ],
)
def test_what_is_not_sure_waits_for_a_person(fields):
    located = at_communes([place(**fields)], COMMUNES)
    (found,) = located.places
    assert found.latitude is None
    assert found.position is None
    assert [queued.id for queued in located.queue] == ["p"]


def test_a_declared_position_is_never_changed():
    here = place(
        latitude=48.0,
        longitude=-2.0,
        position="declared",
        city="Montfort-sur-Meu",
        postcode="35160",
    )
    (found,) = at_communes([here], COMMUNES).places
    assert (found.latitude, found.longitude, found.position) == (48.0, -2.0, "declared")
    assert found.commune == "35188"


def answer(identifier, *, sure=True, kind="housenumber"):
    return Found(
        identifier, 48.1, -1.9, 0.9, kind, "1 Rue du Test", "35188", sure, "" if sure else "score"
    )


def test_answers_of_the_geocoder():
    places = [
        place("a"),
        place("b"),
        place("c"),
        place("d", latitude=1.0, longitude=1.0, position="declared"),
    ]
    located = with_answers(
        places, [answer("a", kind="street"), answer("b", sure=False), answer("d"), answer("zz")]
    )
    a, b, c, d = located.places
    assert (a.latitude, a.position, a.commune) == (48.1, "street", "35188")
    assert (b.latitude, c.latitude, d.latitude) == (None, None, 1.0)
    assert [(q.id, q.proposed, q.latitude) for q in located.queue] == [("b", "1 Rue du Test", 48.1)]
