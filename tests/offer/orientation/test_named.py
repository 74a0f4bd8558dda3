"""What people write of where they live: postcodes, former names, arrondissements."""

from __future__ import annotations

import polars as pl
import pytest

from portrea.base.errors import TerritoryError
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.named import named
from portrea.offer.orientation.where import departure
from portrea.territory import Gazetteer
from portrea.territory.codes import ARRONDISSEMENTS, arrondissement_points
from portrea.vocab.tables import TERRITORIES

COMMUNES = (
    ("35188", "Montfort-sur-Meu", "35", -1.96, 48.14),
    ("35023", "Bédée", "35", -1.94, 48.18),
    ("04127", "Montfort", "04", 5.95, 44.06),
    ("64403", "Montfort", "64", -0.86, 43.35),
    ("26216", "Saint-Jean-de-Galaure", "26", 5.03, 45.23),
    ("75056", "Paris", "75", 2.34, 48.86),
    ("69123", "Lyon", "69", 4.84, 45.76),
    ("13055", "Marseille", "13", 5.38, 43.30),
)
POSTCODES = {"35160": ("35188",), "35137": ("35023", "35188"), "98799": ("99999",)}


@pytest.fixture(scope="module")
def gazetteer():
    rows = [
        {"level": "commune", "code": code, "name": name, "commune": code, "departement": where,
         "longitude": x, "latitude": y, "area_km2": 30.0}
        for code, name, where, x, y in COMMUNES
    ]  # fmt: skip
    names = TERRITORIES.schema
    return Gazetteer(pl.DataFrame(rows, schema_overrides=names).select(
        *(pl.col(n) if n in rows[0] else pl.lit(None, t).alias(n) for n, t in names.items())
    ))  # fmt: skip


def codes(text, gazetteer):
    found = named(text, gazetteer, postcodes=lambda typed: POSTCODES.get(typed, ()))
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bedee", ["35023"]),
        ("35188", ["35188"]),
        ("35160", ["35188"]),
        ("35137", ["35023", "35188"]),
        ("Montfort", ["04127", "64403"]),
        ("montfort 35", ["35188"]),
        ("Montfort-sur-Meu (35)", ["35188"]),
        ("Montfort 64", ["64403"]),
        ("Mureils", ["26216"]),
        ("Paris 12", ["75112"]),
        ("paris 1er", ["75101"]),
        ("Lyon 3ème arrondissement", ["69383"]),
        ("12e arrondissement de Paris", ["75112"]),
        ("75012", ["75112"]),
        ("75112", ["75112"]),
        ("69009", ["69389"]),
        ("13016", ["13216"]),
    ],
)
def test_what_is_written_leads_to_a_commune(text, expected, gazetteer):
    assert codes(text, gazetteer) == expected


@pytest.mark.parametrize("text", ["", "75021", "98799", "99999", "zzzzzzz"])
def test_what_does_not_exist_is_refused(text, gazetteer):
    with pytest.raises(TerritoryError):
        codes(text, gazetteer)


def test_a_city_is_asked_which_arrondissement(gazetteer):
    assert codes("Paris", gazetteer) == ["75056", *(str(75100 + n) for n in range(1, 21))]
    assert codes("lyon", gazetteer)[0] == "69123"
    assert codes("Paris 21", gazetteer) == codes("Paris", gazetteer)
    assert len(codes("Marseille", gazetteer)) == 17


def test_a_former_commune_tells_its_name_and_that_of_today(gazetteer):
    (one,) = named("Mureils", gazetteer, postcodes=lambda _typed: ())
    assert (one.former, one.name) == ("Mureils", "Saint-Jean-de-Galaure")


def test_departure_from_an_arrondissement_is_not_the_middle_of_the_city(gazetteer):
    found = departure(Asked.of("commune=75112"), gazetteer)
    assert found.commune.code == "75056"
    assert found.part == "Paris 12e arrondissement"
    assert (found.longitude, found.latitude) == pytest.approx((2.40, 48.84), abs=0.02)
    assert departure(Asked.of("commune=69381"), gazetteer).part == "Lyon 1er arrondissement"
    assert departure(Asked.of("commune=13216"), gazetteer).part == "Marseille 16e arrondissement"


def test_every_arrondissement_has_a_point():
    assert set(arrondissement_points()) == set(ARRONDISSEMENTS)
