"""One's own counts: guessed headers, mended codes, faults told row by row, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from portrea.base.errors import DataError
from portrea.sources.hand_tables import RefusedRowsError
from portrea.sources.loading import add_path, load_path
from portrea.sources.peek import peek
from portrea.sources.recognise import recognise
from portrea.sources.store import Store

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/sources/comptages.yaml").read_text("utf-8")
)
HEADER = "niveau;code;variable;valeur;millesime;source\n"


def by_name(cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {"argvalues": cases, "ids": [case["name"] for case in cases]}


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("case", **by_name(CASES["read"]))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_read(case: dict[str, Any], encoding: str, tmp_path: Path) -> None:
    path = write(tmp_path, case["file"], case["text"], encoding)
    loaded = load_path(path)
    rows = pl.concat([item.tables["observations"] for item in loaded])
    wanted = [tuple(row) for row in case["rows"]]
    found = rows.select("level", "code", "variable", "value", "status").rows()
    assert sorted(found, key=str) == sorted(wanted, key=str)
    assert [item.provenance.vintage for item in loaded] == case["vintages"]
    said = {remark.code for item in loaded for remark in item.remarks}
    assert said == set(case["remarks"])


@pytest.mark.parametrize("case", **by_name(CASES["refused"]))
def test_refused_row_by_row(case: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path, case["file"], case["text"])
    with pytest.raises(RefusedRowsError) as caught:
        load_path(path)
    told = {fault.row: str(fault) for fault in caught.value.diagnostics}
    assert set(told) == set(case["lines"])
    missing = [(line, w) for line, words in case["lines"].items() for w in words
               if w not in told[line]]  # fmt: skip
    assert not missing, told
    assert caught.value.table["ligne"].to_list() == sorted(case["lines"])
    assert caught.value.table["motif"].null_count() == 0


def test_one_fault_refuses_the_whole_file(home: Path, tmp_path: Path) -> None:
    text = HEADER + "commune;35188;households_rsa;104;2024;CCAS\ncommune;35001;rsa;1;2024;CCAS\n"
    store = Store(home)
    with pytest.raises(DataError):
        add_path(store, write(tmp_path, "ccas.csv", text))
    assert store.datasets() == []


def test_spreadsheet(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Niveau", "Code", "Variable", "Valeur", "Année", "Source"])
    sheet.append(["commune", 1001, "households_rsa", 12, 2024, "CCAS"])
    path = tmp_path / "comptages.xlsx"
    book.save(path)
    rows = load_path(path)[0].tables["observations"]
    assert rows.rows() == [("commune", "01001", "households_rsa", 12.0, "ok")]


def test_loading_the_mended_file_again_replaces_it(home: Path, tmp_path: Path) -> None:
    store = Store(home)
    for count in (104, 110):
        text = HEADER + f"commune;35188;households_rsa;{count};2024;CCAS\n"
        add_path(store, write(tmp_path, "ccas.csv", text))
    assert store.observations()["value"].to_list() == [110.0]


def test_two_files_of_the_same_year_stay_side_by_side(home: Path, tmp_path: Path) -> None:
    store = Store(home)
    for rank, code in enumerate(("35188", "35001", "35002")):
        text = HEADER + f"commune;{code};households_rsa;10;2024;CCAS {rank}\n"
        add_path(store, write(tmp_path, f"ccas-{rank}.csv", text))
    assert store.observations().height == 3


def test_the_producer_is_the_one_written(tmp_path: Path) -> None:
    text = HEADER + "commune;35188;households_rsa;104;2024;CCAS de Montfort\n"
    card = load_path(write(tmp_path, "ccas.csv", text))[0].provenance
    assert card.producer == "CCAS de Montfort"
    assert card.source == "comptages"
    assert not card.verified


@pytest.mark.slow
@pytest.mark.shared
def test_no_published_file_is_taken_for_local_counts(shared_data: Path) -> None:
    taken = []
    for path in sorted(shared_data.rglob("*.csv"))[:200]:
        try:
            found = [recognise(item) for item in peek(path)]
        except DataError:
            continue
        taken += [path for source in found if source is not None and source.id == "comptages"]
    assert not taken
