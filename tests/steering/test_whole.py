"""The national row is named France only when it is."""

from __future__ import annotations

import polars as pl
import pytest

from portrea.steering.display import parameters
from portrea.steering.whole import name_of_whole
from portrea.steering.wording import territory_name

ALL = sorted(code for codes in parameters("names")["departements"].values() for code in codes)
TERRITORIES = pl.DataFrame(
    {"level": ["departement"] * 2, "code": ["976", "973"], "name": ["Mayotte", "Guyane"]}
)


def estimates(
    codes: list[str], grades: dict[str, str] | None = None, measure: str = "a1"
) -> pl.DataFrame:
    quality = [(grades or {}).get(code, "C") for code in codes]
    return pl.DataFrame(
        {
            "level": ["departement"] * len(codes),
            "code": codes,
            "measure": [measure] * len(codes),
            "quality": quality,
        },
        schema=dict.fromkeys(("level", "code", "measure", "quality"), pl.String),
    )


def test_there_are_101_departements() -> None:
    assert len(ALL) == 101


@pytest.mark.parametrize(
    ("codes", "grades", "name"),
    [
        (ALL, {}, "France"),
        (ALL, {"976": "N"}, "France (hors Mayotte)"),
        ([c for c in ALL if c != "976"], {"973": "N"}, "France (hors Guyane et Mayotte)"),
        (["35"], {}, "Départements chargés"),
        (["31", "35", "59"], {}, "Départements chargés"),
        ([], {}, "France"),  # no estimate at all: only places, which say nothing of an extent
    ],
)
def test_name_says_what_is_missing(codes: list[str], grades: dict[str, str], name: str) -> None:
    assert name_of_whole(TERRITORIES, estimates(codes, grades)) == name


def test_its_grammar() -> None:
    loaded = territory_name("france", "FR", "Départements chargés")
    assert (loaded.of, loaded.at) == ("des départements chargés", "dans les départements chargés")
    part = territory_name("france", "FR", "France (hors Mayotte)")
    assert (part.of, part.at) == ("de la France (hors Mayotte)", "en France (hors Mayotte)")


def test_the_headline_measure_decides() -> None:
    both = pl.concat([estimates(["35"]), estimates(ALL, measure="b")])
    assert name_of_whole(TERRITORIES, both) == "Départements chargés"
    assert name_of_whole(TERRITORIES, estimates(ALL, measure="b")) == "France"
