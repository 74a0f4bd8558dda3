"""Records as tables: lines read by hand, refusals that say where and why, written and read back."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.activity import Activity, band_of, words
from portrea.action.activity_records import read_coop
from portrea.action.activity_tables import (
    COLUMNS,
    codes,
    counting,
    identifier_in,
    is_table,
    read_row,
    titles,
    write_row,
)
from portrea.base.errors import DataError

FOLDER = Path(__file__).parents[1] / "cases/action"
CASES = yaml.safe_load((FOLDER / "activity_tables.yaml").read_text("utf-8"))
(COOP,) = yaml.safe_load((FOLDER / "activities.yaml").read_text("utf-8"))["coop"]


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


def check(found: Activity, kept: dict[str, Any]) -> None:
    told = {name: getattr(found, name) for name in kept}
    assert {n: list(v) if isinstance(v, tuple) else v for n, v in told.items()} == kept


@pytest.mark.parametrize("case", CASES["read"], ids=named)
def test_a_line_read_by_hand(case: dict[str, Any]) -> None:
    check(read_row(case["row"]), case["kept"])


@pytest.mark.parametrize("case", CASES["refused"], ids=named)
def test_a_line_that_cannot_be_says_where_and_why(case: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        read_row(case["row"])
    assert case["why"] in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize("case", CASES["coop_refused"], ids=named)
def test_an_activity_of_the_coop_that_cannot_be_says_where(case: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        read_coop(COOP["attributes"] | case["change"])
    assert case["why"] in refused.value.message


@pytest.mark.parametrize("case", CASES["coop_read"], ids=named)
def test_an_activity_of_the_coop_as_its_interface_tells_it(case: dict[str, Any]) -> None:
    check(read_coop(COOP["attributes"] | case["change"]), case["kept"])


@pytest.mark.shared
def test_every_word_of_the_coop_is_read_by_its_label(shared_reference: Path) -> None:
    columns = {
        "thematique": "thematiques", "materiel": "materiel", "autonomie": "autonomie",
        "structure_de_redirection": "structure_de_redirection", "niveau_atelier": "niveau_atelier",
        "type_activite": "type", "type_lieu": "type_lieu",
    }  # fmt: skip
    least = {"type": "individuel", "date": "2026-05-04", "type_lieu": "autre"}
    path = shared_reference / "standards/coop/vocabulaires-activite.csv"
    with path.open(encoding="utf-8") as lines:
        told = [row for row in csv.DictReader(lines) if row["vocabulaire"] in columns]
    assert len(told) == 54
    for row in told:
        more = {"accompagnements": "2"} if row["valeur"] == "collectif" else {}
        name = columns[row["vocabulaire"]]
        by_label = read_row(least | more | {name: row["libelle"].replace("|", " ")})
        assert by_label == read_row(least | more | {name: row["valeur"]}), row["libelle"]
        assert by_label.other_themes == ()


def code(listed: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *words()[listed]])


def several(listed: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(words()[listed])), unique=True, max_size=4).map(tuple)


TEXT = st.text(st.characters(categories=["L", "N"], include_characters="| \\«»-"), max_size=12)
FREE = st.lists(st.builds("zz{}".format, TEXT.map(str.strip)).filter(
    lambda text: not text.endswith("\\") and "\\|" not in text), max_size=3).map(tuple)  # fmt: skip


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    people = draw(st.integers(1, 30))
    minutes = draw(st.none() | st.integers(1, 600))
    result, oriented = draw(code("results")), draw(st.sampled_from([None, True, False]))
    classes = {
        name: {draw(st.sampled_from(list(words()[name]))): draw(st.integers(1, people))}
        for name in ("ages", "statuses", "genders")
    }
    return Activity(
        kind=draw(st.sampled_from(list(words()["kinds"]))),
        where=draw(st.sampled_from(list(words()["places"]))),
        day=draw(st.dates(date(2015, 1, 1), date(2030, 1, 1))),
        people=people, minutes=minutes,
        band=band_of(minutes) if minutes else draw(code("bands")),
        known=draw(st.none() | st.integers(0, people)),
        themes=draw(several("themes")) + draw(several("procedure_themes")),
        other_themes=draw(FREE), tags=draw(FREE), bodies=draw(FREE),
        procedure=draw(TEXT.map(str.strip)), title=draw(TEXT.map(str.strip)),
        autonomy=draw(code("autonomies")), equipment=draw(several("equipment")),
        result=result, reason=draw(code("reasons")) if result in ("partie", "non") else "",
        oriented=oriented, oriented_to="" if oriented is False else draw(code("redirections")),
        level=draw(code("levels")), commune=draw(st.sampled_from(["", "35238", "2A004"])),
        **classes,
    )  # fmt: skip


@given(activities())
def test_what_is_written_is_read_back_the_same(told: Activity) -> None:
    row = write_row(told, "x")
    assert set(row) <= set(titles())
    assert identifier_in(row) == "x"
    assert read_row(row) == told


def test_titles_are_known_one_from_another() -> None:
    assert len(set(titles())) == len(titles()) == 1 + len(COLUMNS) + len(counting())
    assert is_table(titles())
    assert is_table([column.coop for column in COLUMNS if column.coop])
    assert not is_table(["Nom", "Prénom", "Date"])
    assert ("Type", "collectif", "Atelier collectif") in codes()
