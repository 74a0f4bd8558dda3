"""Files of records: the real ones, ours written and read back, the Coop’s, and what is no list."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.action.activity import Activity
from portrea.action.activity_tables import write_row
from portrea.base.errors import DataError
from portrea.steering.activity_files import (
    COOP,
    FORMER,
    OURS,
    csv_of,
    read_activities,
    workbook_of,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/activities.yaml").read_text("utf-8")
)
HELP = Activity(
    kind="collectif", where="autre", day=date(2026, 5, 4), people=8, known=2, minutes=90,
    band="60-120", themes=("email",), ages={"SoixanteDixPlus": 3, "60+": 1}, oriented=False,
)  # fmt: skip
NUMBER = UUID(int=7)


@pytest.mark.shared
def test_the_514_real_records_are_read_and_keep_their_numbers(shared_data: Path) -> None:
    (path,) = (shared_data / "activity").glob("*.csv.gz")
    first, again = read_activities(path), read_activities(path)
    assert first.form == FORMER
    assert len({one.uuid for one in first.lines}) == len(first.lines) == 514
    assert not [one.fault for one in first.lines if one.fault]
    assert first == again


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@given(
    words=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=20),
    known=st.none() | st.integers(0, 8),
)
@settings(max_examples=25, deadline=None)
def test_what_is_exported_is_imported_the_same(
    kind: str, words: str, known: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = replace(HELP, known=known, procedure=words, title=f"= {words}".strip())
    rows = [write_row(told, str(NUMBER)), write_row(HELP, str(UUID(int=8)))]
    path = tmp_path_factory.mktemp("export") / f"export.{kind}"
    path.write_bytes(workbook_of(rows) if kind == "xlsx" else csv_of(rows))
    read = read_activities(path)
    assert read.form == OURS
    assert [(one.uuid, one.activity) for one in read.lines] == [
        (NUMBER, told),
        (UUID(int=8), HELP),
    ]


def page(folder: Path, content: Any) -> Path:
    path = folder / "activites.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_a_page_of_the_coop(tmp_path: Path) -> None:
    told = CASES["coop"][0]["attributes"]
    items = [
        {"type": "activite", "id": str(NUMBER), "attributes": told},
        {"type": "activite", "id": "2", "attributes": told | {"suppression": "2026-06-01"}},
        {"type": "activite", "id": "3", "attributes": told | {"accompagnements": 0}},
        "perdu",
    ]
    read = read_activities(page(tmp_path, {"data": items, "links": {}}))
    assert (read.form, read.removed) == (COOP, 1)
    assert [(one.number, bool(one.activity)) for one in read.lines] == [
        (1, True), (3, False), (4, False),
    ]  # fmt: skip
    assert read.lines[0].uuid == NUMBER
    assert "au moins une" in read.lines[1].fault
    assert read_activities(page(tmp_path, [told])).lines[0].activity == read.lines[0].activity


def test_two_lines_alike_are_two_helps(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    line = "individuel;2026-05-04;domicile\n"
    path.write_text(f"type;date;lieu\n{line}{line}individuel;2026-05-04;lune\n", "utf-8")
    read = read_activities(path)
    assert len({one.uuid for one in read.lines}) == 3
    assert [one.number for one in read.lines] == [2, 3, 4]
    assert "« lune »" in read.lines[2].fault
    assert read == read_activities(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", b"nom;prenom\na;b\n"),
        ("page.json", b"{"),
        ("page.json", b'{"data": 3}'),
        ("page.json", b"[" * 100_000),
        ("vide.csv", b""),
        ("photo.png", b"\x89PNG"),
        ("faux.xlsx", b"PK\x03\x04"),
    ],
)
def test_what_is_no_list_is_refused_in_french(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_activities(path)
    assert refused.value.remedy
