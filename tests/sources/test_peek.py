"""Containers, encodings, headers; truncated, empty and mis-encoded files."""

from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.sources.peek import decode_head, header_row, peek
from portrea.sources.reading import code, number, read_table, unique_names

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [["35188", "Montfort-sur-Meu", "1,5"], ["01004", "Ambérieu", "2"]]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_of_every_kind(tmp_path: Path, separator: str, encoding: str, ending: str) -> None:
    quoted = [
        [f'"{cell}"' if "," in cell and separator == "," else cell for cell in r] for r in ROWS
    ]
    lines = [separator.join(r) for r in [["CODGEO", "LIBGEO", "TAUX"], *quoted]]
    path = tmp_path / "f.csv"
    path.write_bytes((ending.join(lines) + ending).encode(encoding))
    (found,) = peek(path)
    assert (found.columns, found.separator) == (("CODGEO", "LIBGEO", "TAUX"), separator)
    frame = read_table(found)
    assert [list(row) for row in frame.rows()] == ROWS
    assert frame.select(number("TAUX"))["TAUX"].to_list() == [1.5, 2.0]


def test_gz_and_zip(tmp_path: Path) -> None:
    text = b"a;b\n1;2\n"
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("un.csv", text)
        archive.writestr("meta_un.csv", "c;d;e\n5;6;7\n")
        archive.writestr("lisez-moi.pdf", "x")
    assert read_table(peek(tmp_path / "f.csv.gz")[0]).rows() == [("1", "2")]
    found = peek(tmp_path / "f.zip")
    assert [item.member for item in found] == ["un.csv", "meta_un.csv"]
    assert read_table(found[1]).rows() == [("5", "6", "7")]


def test_workbook_sheets_and_titles_above_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "IRIS"
    for row in (["Population"], ["RP 2021"], [], ["Code", "Pop"], ["IRIS", "P21_POP"]):
        sheet.append(row)
    sheet.append(["010010000", 832.0])
    book.create_sheet("Notes").append(["texte"])
    path = tmp_path / "f.xlsx"
    book.save(path)
    first, second = peek(path)
    assert (first.sheet, first.columns, first.skip) == ("IRIS", ("IRIS", "P21_POP"), 4)
    assert second.sheet == "Notes"
    assert read_table(first).rows() == [("010010000", "832")]


def test_workbook_inside_a_zip(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["CODGEO", "X1"])
    book.active.append(["35188", 1])
    book.save(tmp_path / "in.xlsx")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.write(tmp_path / "in.xlsx", "in.xlsx")
    (found,) = peek(tmp_path / "f.zip")
    assert (found.container, found.member) == ("xlsx", "in.xlsx")
    assert read_table(found).rows() == [("35188", "1")]


def test_parquet_geojson_and_json(tmp_path: Path) -> None:
    pl.DataFrame({"code": ["1"], "geometry": [b"x"]}).write_parquet(tmp_path / "f.parquet")
    (parquet,) = peek(tmp_path / "f.parquet")
    assert (parquet.container, parquet.columns) == ("parquet", ("code", "geometry"))
    assert parquet.sample == (("1", ""),)
    feature = {
        "type": "Feature",
        "properties": {"code_qp": "QP035001", "nom": "A"},
        "geometry": json.loads(shapely.to_geojson(shapely.box(0, 0, 1, 1))),
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature] * 3})
    (tmp_path / "f.geojson").write_text(text)
    (geojson,) = peek(tmp_path / "f.geojson")
    assert (geojson.container, geojson.columns) == ("geojson", ("code_qp", "nom"))
    (tmp_path / "f.json").write_text(json.dumps([{"id": 1, "nom": "é"}, {"id": 2, "nom": "b"}]))
    (plain,) = peek(tmp_path / "f.json")
    assert plain.columns == ("id", "nom")
    assert read_table(plain).height == 2


def test_empty_absent_and_strange_files(tmp_path: Path) -> None:
    empty = tmp_path / "vide.csv"
    empty.touch()
    with pytest.raises(DataError, match="vide"):
        peek(empty)
    with pytest.raises(DataError, match="introuvable"):
        peek(tmp_path / "absent.csv")
    picture = tmp_path / "f.png"
    picture.write_bytes(b"x")
    with pytest.raises(DataError, match="n’est pas lu"):
        peek(picture)


def test_header_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a;b\n")
    with pytest.raises(DataError, match="aucune ligne"):
        read_table(peek(path)[0])


@pytest.mark.parametrize("suffix", [".csv.gz", ".zip", ".parquet", ".xlsx"])
def test_truncated_containers_are_refused(tmp_path: Path, suffix: str) -> None:
    whole = tmp_path / f"entier{suffix}"
    frame = pl.DataFrame({"CODGEO": [f"{i:05}" for i in range(5000)], "X": list(range(5000))})
    if suffix == ".csv.gz":
        whole.write_bytes(gzip.compress(frame.write_csv().encode()))
    elif suffix == ".zip":
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("f.csv", frame.write_csv())
    elif suffix == ".parquet":
        frame.write_parquet(whole)
    else:
        book = openpyxl.Workbook()
        book.active.append(["CODGEO", "X"])
        book.save(whole)
    cut = tmp_path / f"coupe{suffix}"
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"incomplet|ouvert"):
        read_table(peek(cut)[0])


def test_csv_cut_in_the_middle_of_a_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a;b;c\n1;2;3\n4;5")
    with pytest.raises(DataError, match="coupé") as caught:
        read_table(peek(path)[0])
    assert caught.value.diagnostics[0].row == 3


def test_csv_with_a_line_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a;b\n1;2\n3;4;5\n")
    with pytest.raises(DataError, match="tableau régulier"):
        read_table(peek(path)[0])


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    good = "nom;x\n" + "é;1\n" * 200_000
    path.write_bytes(good.encode() + "è;2\n".encode("cp1252"))
    with pytest.raises(DataError, match="deux codages"):
        read_table(peek(path)[0])


def test_accent_met_late_in_a_windows_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"nom;x\n" + b"a;1\n" * 200_000 + "é;2\n".encode("cp1252"))
    assert read_table(peek(path)[0])["nom"][-1] == "é"


def test_utf16_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("a;b\n1;2\n".encode("utf-16"))
    with pytest.raises(DataError, match="UTF-16") as caught:
        peek(path)
    assert "CSV UTF-8" in caught.value.render()


@given(st.text(alphabet="éàçœ€abc;\n", min_size=1))
def test_utf8_text_is_read_as_utf8(text: str) -> None:
    decoded, encoding = decode_head(text.encode(), "f.csv")
    assert (decoded, encoding) == (text, "utf-8")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["a", "b"], ["1", "2"]], 0),
        ([["Titre", ""], ["", ""], ["CODE", "POP"], ["1", "2"]], 2),
        (
            [["Titre", "", ""], ["Code", "Pop", "X"], ["CODGEO", "P21_POP", "X1"], ["1", "2", "3"]],
            2,
        ),
        # block of codes above the names of the INSEE cross tables
        ([["Titre", "", "", ""], ["", "DIPL_19", "A", "A"], ["CODGEO", "LIBGEO", "XA1", "XA2"]], 2),
        ([["a", "b"], ["1", "2"], ["3", "4", "5"]], 0),
        ([["Titre", "", ""], ["nom du lieu", "adresse", "ville"], ["A", "B", "C"]], 2),
        ([], 0),
    ],
)
def test_header_row(rows: list[list[str]], expected: int) -> None:
    assert header_row(rows) == expected


def test_codes_and_numbers_as_spreadsheets_spoil_them() -> None:
    frame = pl.DataFrame({"c": ["1004", "2A004", " 35188 "], "n": ["1 234,5", "nd", "12\u202f000"]})
    assert frame.select(code("c", 5))["c"].to_list() == ["01004", "2A004", "35188"]
    assert frame.select(number("n"))["n"].to_list() == [1234.5, None, 12000.0]


def test_unnamed_and_repeated_columns_get_names() -> None:
    assert unique_names(["a", "", "a", " "]) == ["a", "__unnamed_1", "a__2", "__unnamed_3"]
