"""Reading a survey: what is understood, what is refused, and what is never told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from portrea.base.errors import DataError
from portrea.needs.microdata import draft_mapping, kish_size, read_answers
from portrea.needs.survey_mapping import columns_of, parse_mapping
from synthetic_surveys import MAPPING, mapping


def rows(number: int = 20, **columns: Any) -> pl.DataFrame:
    """Answers of one person repeated, some columns changed."""
    base = {
        "AGE": "40", "DIPL": "bac", "NBPERS": "1", "Q1": "1",
        "RSA": "non", "CHOM": "non", "POIDS": "1,5",
    }  # fmt: skip
    given = {k: v if isinstance(v, list) else [v] * number for k, v in (base | columns).items()}
    return pl.DataFrame(given)


# -- what is understood ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "band"),
    [("15", "15-19"), ("19", "15-19"), ("20", "20-24"), ("44,0", "40-44"), ("64", "60-64"),
     ("79", "75-79"), ("80", "80+"), ("103", "80+")],
)  # fmt: skip
def test_years_fall_in_their_cell(years: str, band: str) -> None:
    assert read_answers(rows(AGE=years), mapping()).frame["age"].unique().to_list() == [band]


def test_a_row_is_translated() -> None:
    found = read_answers(rows(1, RSA="oui"), mapping()).frame.row(0, named=True)
    assert found == {
        "age": "40-44", "diploma": "bac", "yes": True, "weight": 1.5, "alone": True,
        "exposed": True, "income": None, "region": None,
    }  # fmt: skip


def test_under_fifteen_are_left_out_and_said() -> None:
    found = read_answers(rows(AGE=["14"] * 8 + ["30"] * 12), mapping())
    assert found.frame.height == 12
    assert "âge inconnu ou hors champ : 8 réponse(s) laissée(s)" in found.notes


def test_two_questions_are_joined_by_or() -> None:
    both = [MAPPING["indicateur"], {"colonne": "Q2", "oui": ["1"], "non": ["2"], "ignorer": ["9"]}]
    frame = rows(6, Q1=["1", "1", "2", "2", "2", "1"], Q2=["1", "2", "1", "2", "9", "9"])
    found = read_answers(frame, mapping(indicateur=both)).frame["yes"].to_list()
    assert found == [True, True, True, False, True]  # « 2 » and « 9 » is unknown: left out


def test_a_union_of_diplomas_and_wide_ages() -> None:
    chosen = mapping(
        diplome={"colonne": "DIPL", "classes": {"bac": ["bac", "sup2"]}},
        age={"colonne": "AGE", "classes": {"40": "40-59", "12": "12-14"}},
    )
    found = read_answers(rows(4, AGE=["40", "40", "40", "12"]), chosen).frame
    assert found["diploma"].unique().to_list() == ["bac+sup2"]
    assert found["age"].to_list() == ["40-59"] * 3


def test_whole_numbers_stored_as_decimals_are_codes() -> None:
    frame = rows(3).with_columns(Q1=pl.Series([1.0, 2.0, 2.0]), NBPERS=pl.Series([1, 2, 3]))
    found = read_answers(frame, mapping()).frame
    assert found["yes"].to_list() == [True, False, False]
    assert found["alone"].to_list() == [True, False, False]


def test_the_filter_keeps_its_codes() -> None:
    chosen = mapping(filtre={"colonne": "AN", "garder": [2024]})
    found = read_answers(rows(5, AN=["2023", "2024", "2024", "2023", "2024"]), chosen)
    assert found.frame.height == 3
    with pytest.raises(DataError, match="après le filtre"):
        read_answers(rows(5, AN="1999"), chosen)


def test_effective_size() -> None:
    """Weights 1, 1, 2: (1+1+2)² / (1+1+4) = 16/6."""
    assert kish_size(pl.Series([1.0, 1.0, 2.0]).to_numpy()) == pytest.approx(16 / 6)


# -- what is refused -------------------------------------------------------------------------------


def test_a_missing_column_is_named_with_its_neighbours() -> None:
    frame = rows().rename({"POIDS": "POID"})
    with pytest.raises(DataError) as caught:
        read_answers(frame, mapping())
    assert "POIDS" in str(caught.value)
    assert "POID" in caught.value.diagnostics[0].message


def test_an_unknown_code_is_named_when_it_is_a_category() -> None:
    frame = rows(20, DIPL=["bac"] * 13 + ["licence"] * 6 + ["Mme Unetelle"])
    with pytest.raises(DataError) as caught:
        read_answers(frame, mapping())
    told = str(caught.value)
    assert "2 code(s)" in told
    assert "7 réponse(s)" in told
    assert "licence" in told
    assert "Unetelle" not in told, "a rare value may be a person's"


@pytest.mark.parametrize("weight", ["0", "-1", "", "abc", "inf", "nan"])
def test_a_weight_that_is_not_positive_is_refused(weight: str) -> None:
    frame = rows(20, POIDS=["1"] * 17 + [weight] * 3)
    with pytest.raises(DataError, match=r"« POIDS » a 3 valeur"):
        read_answers(frame, mapping())


@pytest.mark.parametrize("age", ["quarante", "-3", "1980"])
def test_an_age_that_is_not_years_is_refused(age: str) -> None:
    with pytest.raises(DataError) as caught:
        read_answers(rows(20, AGE=["40"] * 18 + [age] * 2), mapping())
    assert "2 valeur(s)" in str(caught.value)
    assert age not in str(caught.value)


def test_a_region_with_too_many_codes_is_not_one() -> None:
    frame = rows(60, REG=[f"{i}" for i in range(60)])
    with pytest.raises(DataError, match="n’est pas une région"):
        read_answers(frame, mapping(region={"colonne": "REG"}))


# -- the mapping -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": None}, "absente(s) : age"),
        ({"couleur": {"colonne": "X"}}, "inconnue(s) : couleur"),
        ({"poids": {}}, "absente(s) : poids"),
        ({"poids": {"col": "P"}}, "« poids » doit donner sa « colonne »"),
        ({"indicateur": {"colonne": "Q1", "oui": ["1"]}}, "codes « oui » et « non »"),
        ({"indicateur": {"colonne": "Q1", "oui": [True], "non": ["2"]}}, "entre guillemets"),
        ({"diplome": {"colonne": "D", "classes": {"a": "licence"}}}, "« licence » n’est pas de"),
        ({"diplome": {"colonne": "D", "classes": {}}}, "« classes » à donner"),
        ({"age": {"colonne": "A", "classes": {"1": "65-84"}}}, "coupe les 80 ans"),
        ({"filtre": {"colonne": "AN"}}, "codes à « garder »"),
        ({"menage": {"colonne": "N", "seul": ["1"]}}, "codes « seul » et « autre »"),
    ],
)
def test_a_bad_mapping_is_explained(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_mapping(MAPPING | change, where="m.yaml")
    assert said in str(caught.value)
    assert "m.yaml" in str(caught.value)


def test_a_draft_lists_the_codes_to_complete_and_is_refused_until_then() -> None:
    bare = MAPPING | {
        "diplome": {"colonne": "DIPL", "classes": {"bac": "bac"}},
        "indicateur": {"colonne": "Q1", "oui": ["1"], "non": []},
        "filtre": {"colonne": "AN", "garder": ["à compléter"]},
    }
    frame = rows(
        20, DIPL=["bac"] * 9 + ["cap"] * 8 + ["rare"] * 3, Q1=["1"] * 10 + ["2"] * 10, AN="2024"
    )
    drawn = draft_mapping(bare, frame)
    assert drawn["diplome"]["classes"] == {"bac": "bac", "cap": "à compléter"}
    assert drawn["indicateur"]["à compléter"] == ["2"]
    assert drawn["filtre"]["garder"] == ["à compléter", "2024"]
    with pytest.raises(DataError, match="à compléter"):
        parse_mapping(yaml.safe_load(yaml.safe_dump(drawn)))
    drawn["diplome"]["classes"]["cap"] = "capbep"
    drawn["indicateur"] = {"colonne": "Q1", "oui": ["1"], "non": ["2"]}
    drawn["filtre"]["garder"] = ["2024"]
    assert set(columns_of(parse_mapping(drawn))) == set(frame.columns)


@pytest.mark.parametrize("entry", [{"classes": {"a": "bac"}}, {"colonne": "", "classes": {}}])
def test_a_draft_of_an_entry_without_column_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="« diplome » doit donner sa « colonne »"):
        draft_mapping(MAPPING | {"diplome": entry}, rows())


def test_the_shipped_mapping_of_the_barometre_is_a_draft() -> None:
    """Columns seen in public; codes that were not seen are not invented."""
    from importlib.resources import files

    text = (files("portrea.needs") / "mappings/barometre.yaml").read_text("utf-8")
    raw = yaml.safe_load(text)
    assert raw["verifie"] is False
    with pytest.raises(DataError, match="millesime"):
        parse_mapping(raw, where="barometre")
    frame = pl.DataFrame(
        {
            "ANNEE": ["2023"] * 12,
            "POND": ["1,1"] * 12,
            "ADM_INTERNET": ["Oui"] * 6 + ["Non"] * 6,
            "AGE6FUZ": ["18-24 ans"] * 6 + ["une autre classe"] * 6,
            "DIPL5": ["un diplôme"] * 12,
            "NBPERS5": ["une personne"] * 12,
            "REGION": ["Bretagne"] * 12,
        }
    )
    drawn = draft_mapping(raw, frame)
    assert drawn["age"]["classes"]["une autre classe"] == "à compléter"
    assert drawn["diplome"]["classes"] == {"un diplôme": "à compléter"}
    assert drawn["menage"]["à compléter"] == ["une personne"]
    assert "à compléter" not in drawn["indicateur"]


def test_the_mapping_of_the_guide_is_right() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/utilisateurs/guides/ajuster-une-enquete.md").read_text("utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    parsed = parse_mapping(yaml.safe_load(block))
    assert parsed.label == "ne sait pas faire une démarche en ligne"
    assert columns_of(parsed) == (
        "Q12", "AGE", "DIPLOME", "POIDS", "ANNEE", "TAILLE", "RSA", "CHOMAGE", "REGION",
    )  # fmt: skip
