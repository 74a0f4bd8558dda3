from __future__ import annotations

import polars as pl
import pytest

from portrea.territory.completion import SCHEMA, complete_territories
from portrea.vocab.tables import TERRITORIES

GATHERED = {**SCHEMA, "dataset": pl.String, "vintage": pl.String, "source": pl.String}


def gathered(*rows: dict) -> pl.DataFrame:
    empty = dict.fromkeys(GATHERED) | {"dataset": "d", "vintage": "2025", "source": "s"}
    return pl.DataFrame([empty | {"name": row["code"]} | row for row in rows], schema=GATHERED)


def row_of(frame: pl.DataFrame, level: str, code: str) -> dict:
    return frame.filter((pl.col("level") == level) & (pl.col("code") == code)).row(0, named=True)


def test_schema_is_the_declared_one():
    assert list(SCHEMA.items()) == list(TERRITORIES.schema.items())
    assert complete_territories(gathered()).is_empty()
    assert complete_territories(TERRITORIES.empty()).schema == pl.Schema(SCHEMA)


def test_iris_alone_are_enough_to_build_every_level():
    done = complete_territories(
        gathered(
            {"level": "iris", "code": "352380101", "kind": "H"},
            {"level": "iris", "code": "751150101", "kind": "H"},
            {"level": "iris", "code": "351120000", "kind": "Z", "name": "Fleurigné"},
        )
    )
    TERRITORIES.check(done)
    levels = dict(done.group_by("level").len().iter_rows())
    assert levels == {"iris": 3, "commune": 3, "departement": 2, "region": 2, "france": 1}
    rennes = row_of(done, "iris", "352380101")
    assert rennes["name"] == "Commune 35238 – IRIS 0101"
    assert (rennes["commune"], rennes["departement"], rennes["region"]) == ("35238", "35", "53")
    paris = row_of(done, "iris", "751150101")
    assert (paris["commune"], paris["name"]) == ("75056", "Paris – IRIS 0101")
    merged = row_of(done, "iris", "351120000")
    assert (merged["commune"], merged["name"]) == ("35062", "Fleurigné")
    assert row_of(done, "commune", "35062")["name"] == "La Chapelle-Fleurigné"
    assert row_of(done, "departement", "35")["name"] == "Ille-et-Vilaine"
    assert row_of(done, "region", "53")["name"] == "Bretagne"


def test_iris_without_a_name_of_a_single_iris_commune_takes_the_commune_name():
    done = complete_territories(
        gathered(
            {"level": "iris", "code": "351880000", "kind": "Z", "name": "5"},
            {"level": "commune", "code": "35188", "name": "Montfort-sur-Meu"},
        )
    )
    assert row_of(done, "iris", "351880000")["name"] == "Montfort-sur-Meu"


def test_a_former_commune_gives_its_epci_but_neither_name_nor_point():
    done = complete_territories(
        gathered(
            {
                "level": "commune",
                "code": "35112",
                "name": "Fleurigné",
                "epci": "200072452",
                "longitude": -1.1,
                "latitude": 48.3,
                "area_km2": 20.0,
                "vintage": "2021",
            }
        )
    )
    commune = row_of(done, "commune", "35062")
    assert commune["epci"] == "200072452"
    assert commune["name"] == "La Chapelle-Fleurigné"
    assert (commune["longitude"], commune["area_km2"]) == (None, None)
    assert row_of(done, "epci", "200072452")["name"] == "Intercommunalité 200072452"


def test_newest_detail_wins_and_nulls_are_filled_by_older_ones():
    done = complete_territories(
        gathered(
            {
                "level": "commune",
                "code": "35188",
                "name": "Ancien",
                "epci": "243500550",
                "vintage": "2020",
            },
            {
                "level": "commune",
                "code": "35188",
                "name": "Montfort-sur-Meu",
                "vintage": "2025",
                "dataset": "e",
            },
        )
    )
    commune = row_of(done, "commune", "35188")
    assert (commune["name"], commune["epci"]) == ("Montfort-sur-Meu", "243500550")


def test_a_point_is_never_made_of_two_halves():
    done = complete_territories(
        gathered(
            {
                "level": "commune",
                "code": "35188",
                "longitude": -9.0,
                "vintage": "2025",
                "dataset": "e",
            },
            {
                "level": "commune",
                "code": "35188",
                "longitude": -1.9,
                "latitude": 48.1,
                "vintage": "2020",
            },
        )
    )
    commune = row_of(done, "commune", "35188")
    assert (commune["longitude"], commune["latitude"]) == (-1.9, 48.1)


def test_two_lists_of_iris_are_never_mixed_in_a_commune():
    """A newer but partial list (habitat IRIS only) does not replace the full one."""
    full = [
        {"level": "iris", "code": f"35238{n:04}", "dataset": "rp", "vintage": "2021"}
        for n in range(101, 111)
    ]
    partial = [
        {"level": "iris", "code": f"35238{n:04}", "dataset": "caf", "vintage": "2023"}
        for n in (101, 102, 999)
    ]
    older = [
        {"level": "iris", "code": f"35238{n:04}", "dataset": "old", "vintage": "2016"}
        for n in range(201, 211)
    ]
    orphan = [{"level": "iris", "code": "351880000", "dataset": "old", "vintage": "2016"}]
    done = complete_territories(gathered(*full, *partial, *older, *orphan))
    iris = done.filter(pl.col("level") == "iris")["code"].to_list()
    assert iris == ["351880000", *[row["code"] for row in full]]


def test_upper_levels_without_commune_are_left_out_and_malformed_codes_too():
    done = complete_territories(
        gathered(
            {"level": "commune", "code": "35188", "epci": "243500550"},
            {"level": "epci", "code": "249999998", "name": "Dissoute"},
            {"level": "commune", "code": "1001", "name": "Zéro perdu"},
        )
    )
    assert done.filter(pl.col("level") == "epci")["code"].to_list() == ["243500550"]
    assert "1001" not in done["code"].to_list()


def test_areas_add_up_only_when_all_are_known():
    known = [{"level": "commune", "code": c, "area_km2": 2.0} for c in ("35188", "35238")]
    done = complete_territories(gathered(*known))
    assert row_of(done, "departement", "35")["area_km2"] == 4.0
    assert row_of(done, "france", "FR")["area_km2"] == 4.0
    done = complete_territories(gathered(*known, {"level": "commune", "code": "35062"}))
    assert row_of(done, "departement", "35")["area_km2"] is None


def test_quartier_takes_the_parents_of_its_commune():
    done = complete_territories(
        gathered(
            {"level": "qpv", "code": "QN03501M", "name": "Maurepas", "commune": "35238"},
            {"level": "commune", "code": "35238", "name": "Rennes", "epci": "243500139"},
        )
    )
    quartier = row_of(done, "qpv", "QN03501M")
    assert (quartier["epci"], quartier["departement"]) == ("243500139", "35")


def test_order_of_rows_does_not_matter():
    rows = [
        {"level": "commune", "code": "35188", "name": "A", "epci": "243500550", "vintage": "2020"},
        {"level": "commune", "code": "35188", "name": "B", "dataset": "e"},
        {"level": "iris", "code": "351880000", "kind": "Z"},
        {"level": "iris", "code": "352380101", "kind": "H"},
        {"level": "commune", "code": "35112", "epci": "200072452"},
    ]
    assert complete_territories(gathered(*rows)).equals(
        complete_territories(gathered(*reversed(rows)))
    )


@pytest.mark.slow
def test_every_real_iris_finds_its_commune(real_territories):
    """IRIS of the 2021 census against communes of 2025: none is left without a commune."""
    TERRITORIES.check(real_territories)
    iris = real_territories.filter(pl.col("level") == "iris")
    communes = real_territories.filter(pl.col("level") == "commune")
    assert iris.height == 49_280
    assert communes.height == 34_875
    assert iris.join(communes, left_on="commune", right_on="code", how="anti").is_empty()
    assert iris.select("commune", "departement", "region").null_count().sum_horizontal().item() == 0
    islands = iris.filter(pl.col("epci").is_null())["commune"].unique().sort().to_list()
    assert islands == ["22016", "29083", "29155", "85113"]  # Bréhat, Sein, Ouessant, Yeu
    assert iris.filter(pl.col("commune") == "75056").height == 992
    counts = dict(real_territories.group_by("level").len().iter_rows())
    assert counts == {
        "iris": 49_280,
        "commune": 34_875,
        "epci": 1_253,
        "departement": 101,
        "region": 18,
        "france": 1,
    }
    assert not communes["name"].str.starts_with("Commune ").any()


@pytest.mark.slow
def test_real_names_are_found(real_gazetteer):
    assert real_gazetteer.search("st meen montauban")[0].key == "epci:200038990"
    assert real_gazetteer.search("Le Mans")[0].key == "commune:72181"
    assert real_gazetteer.search("marsielle")[0].key == "commune:13055"
    assert real_gazetteer.get("commune", "72181").title == "commune du Mans (72)"
    pilot = real_gazetteer.resolve("243500618,200038990,243500550")
    communes = [c for t in pilot.territories for c in real_gazetteer.children(t, "commune")]
    assert len(communes) == 33
    assert real_gazetteer.search("mont") != real_gazetteer.search("monts")
