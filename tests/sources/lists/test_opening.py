"""Any list opens: encodings, separators, headers, sheets, archives; what is hostile is refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.sources.lists import Limits, load_limits, read_list, read_lists
from portrea.sources.lists.table import build
from portrea.sources.lists.text import decode, separator_of

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/importing/reading.yaml").read_text("utf-8")
)
FILES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/importing/files.yaml").read_text("utf-8")
)


def written(rows, separator=";"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def limits(**changes) -> Limits:
    base = load_limits()
    return Limits(**{name: changes.get(name, getattr(base, name)) for name in Limits.__slots__})


def workbook(path: Path, sheets: dict[str, list[list]], merged: dict[str, list[str]] | None = None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(title, []):
            sheet.merge_cells(area)
    book.save(path)
    return path


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", CASES["encodings"])
@pytest.mark.parametrize("separator", CASES["separators"])
def test_every_encoding_and_separator(tmp_path, encoding, separator):
    rows = CASES["text"]
    if encoding == "mac-roman":
        rows = [[cell.replace("€", "EUR") for cell in row] for row in rows]
    path = tmp_path / "liste.csv"
    path.write_bytes(written(rows, separator).encode(encoding))
    found = read_list(path)
    assert [list(found.columns), *map(list, found.rows)] == rows
    assert found.separator == separator
    assert found.confidence > 0.5


@pytest.mark.parametrize("case", CASES["headers"], ids=lambda case: case["name"])
def test_header(case):
    found = build(case["rows"], load_limits(), name="cas", container="csv")
    assert found.header == case["header"]
    assert list(found.lines) == case["lines"]
    assert found.empty == case.get("empty", 0)
    assert len(found.extra or {}) == case.get("extra", 0)
    if "columns" in case:
        assert list(found.columns) == case["columns"]


def test_the_header_row_can_be_given():
    found = build(
        [["a", "b"], ["nom", "ville"], ["x", "y"]],
        load_limits(),
        name="c",
        container="csv",
        header=2,
    )
    assert found.columns == ("nom", "ville")
    with pytest.raises(DataError, match="n’existe pas"):
        build([["a"]], load_limits(), name="c", container="csv", header=9)


def test_a_line_of_another_encoding_is_read_and_told(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_bytes("nom;ville\né;à\nç;ù\nô;î\n".encode() + "Évreux;Nîmes\n".encode("cp1252"))
    found = read_list(path)
    assert found.rows[-1] == ("Évreux", "Nîmes")
    assert found.rows[0] == ("é", "à")
    assert [remark.code for remark in found.remarks] == ["mixed-encoding"]
    assert found.remarks[0].row == 5


def test_an_open_quote_says_its_line(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_text('nom;ville\na;b\n"c;d\ne;f\n', "utf-8")
    with pytest.raises(DataError, match="guillemet") as caught:
        read_list(path)
    assert caught.value.diagnostics[0].row == 3


def test_nul_bytes_are_taken_out_and_told(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_bytes(b"nom;ville\na\x00b;c\n")
    found = read_list(path)
    assert found.rows == (("ab", "c"),)
    assert found.remarks[0].code == "null-bytes"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(DataError, match="binaire"):
        read_list(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b";;\n;;\n"])
def test_nothing_to_read(tmp_path, content):
    path = tmp_path / "vide.csv"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_list(path)


@settings(max_examples=50)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=2,
        max_size=12,
    )
)
def test_no_row_is_lost(rows):
    text = written([["nom", "adresse", "ville"], *rows], ";")
    decoded = decode(text.encode(), "x")
    from portrea.sources.lists.text import parse

    back = parse(decoded.text, ";", "x", 100_000)
    found = build(back, load_limits(), name="x", container="csv", header=1)
    assert len(found.rows) + found.empty == len(rows)


def test_separator_with_decimal_commas():
    assert separator_of("nom;lat;lon\na;48,1;-1,9\nb;48,2;-1,8\n")[0] == ";"
    assert separator_of("nom\na\nb\n") == (",", 0.5)


# -- spreadsheets ----------------------------------------------------------------------------------


def test_workbook(tmp_path):
    path = workbook(
        tmp_path / "liste.xlsx",
        {
            "Lisez-moi": [["Ceci est une notice"]],
            "Lieux": [
                ["Recensement 2024"],
                [],
                ["nom", "cp", "ouvert", "le"],
                ["A", 1000, True, 45000.0],
                [None, 35290.0, False, None],
            ],
        },
        {"Lieux": ["A4:A5"]},
    )
    found = read_list(path)
    assert found.sheet == "Lieux"
    assert found.columns == ("nom", "cp", "ouvert", "le")
    assert found.lines == (4, 5)
    assert found.rows == (("A", "1000", "oui", "45000"), ("A", "35290", "non", ""))
    assert [remark.code for remark in found.remarks] == ["other-sheet"] or not found.remarks
    assert {item.sheet for item in read_lists(path)} == {"Lisez-moi", "Lieux"}
    assert read_list(path, sheet="Lisez-moi").sheet == "Lisez-moi"
    with pytest.raises(DataError, match="pas de feuille"):
        read_list(path, sheet="Autre")


def ods(path: Path, rows: str) -> Path:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Lieux">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest/>",
        )
        archive.writestr("content.xml", content)
    return path


def cell(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def test_ods(tmp_path):
    rows = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>"
        for row in (("nom", "ville"), ("Médiathèque", "Évreux"), ("Mairie", "Nîmes"))
    )
    found = read_list(ods(tmp_path / "liste.ods", rows))
    assert found.columns == ("nom", "ville")
    assert found.rows == (("Médiathèque", "Évreux"), ("Mairie", "Nîmes"))


def test_an_ods_that_repeats_a_cell_a_million_times_is_refused(tmp_path):
    repeated = cell("x").replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="14000"'
    )
    row = f'<table:table-row table:number-rows-repeated="900000">{repeated}</table:table-row>'
    with pytest.raises(DataError, match="lignes sur"):
        read_list(ods(tmp_path / "bombe.ods", row * 60))


def test_a_lonely_cell_far_away_is_refused_before_the_memory_is_filled(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "nom"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "loin.xlsx")
    with pytest.raises(DataError, match="lignes sur"):
        read_list(tmp_path / "loin.xlsx")


def changed(path: Path, member: str, change) -> Path:
    """Rewrite one member of an archive."""
    with zipfile.ZipFile(path) as archive:
        contents = {item.filename: archive.read(item) for item in archive.infolist()}
    contents[member] = change(contents.get(member, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def test_billion_laughs_are_refused(tmp_path):
    path = workbook(tmp_path / "rires.xlsx", {"L": [["nom", "ville"], ["a", "b"]]})
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    changed(path, "xl/workbook.xml", lambda xml: laughs + xml.partition(b"?>")[2])
    with pytest.raises(DataError, match="ENTITY"):
        read_list(path)


def test_macros_and_links_are_left_alone(tmp_path):
    path = workbook(tmp_path / "macros.xlsx", {"L": [["nom", "ville"], ["a", "b"]]})
    changed(path, "xl/vbaProject.bin", lambda _: b"Sub Auto_Open()")
    changed(path, "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    assert {remark.code for remark in read_list(path).remarks} == {"macros", "links"}


def test_formulas_are_values_only(tmp_path):
    path = workbook(
        tmp_path / "f.xlsx",
        {"L": [["nom", "ville"], ['=HYPERLINK("http://x")', "b"], ["c", "'=1+1"]]},
    )
    rows = read_list(path).rows
    assert rows[0][0] == ""  # never computed: openpyxl stores no value beside the formula
    assert rows[1][1] == "'=1+1"


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"not a workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_damaged_workbooks(tmp_path, content, suffix):
    path = tmp_path / f"abime{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_list(path)


# -- json ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("liste.json", [{"nom": "A", "adresse": {"cp": "01000"}, "tel": ["1", "2"]}]),
        (
            "liste.json",
            {"total": 1, "results": [{"nom": "A", "adresse": {"cp": "01000"}, "tel": ["1", "2"]}]},
        ),
    ],
)
def test_json(tmp_path, name, document):
    (tmp_path / name).write_text(json.dumps(document), "utf-8")
    found = read_list(tmp_path / name)
    assert found.columns == ("nom", "adresse.cp", "tel")
    assert found.rows == (("A", "01000", "1|2"),)


def test_numbers_of_json_keep_their_digits(tmp_path):
    path = tmp_path / "liste.json"
    path.write_text(
        '[{"siret": 21350188000016, "x": 1e999, "y": 123456789012345678901234567890}]', "utf-8"
    )
    assert read_list(path).rows == (("21350188000016", "1e999", "123456789012345678901234567890"),)


def test_json_lines_and_geojson(tmp_path):
    (tmp_path / "l.jsonl").write_text('{"nom": "A"}\n{"nom": "B", "ville": "C"}\n', "utf-8")
    assert read_list(tmp_path / "l.jsonl").rows == (("A", ""), ("B", "C"))
    features = [
        {
            "type": "Feature",
            "properties": {"nom": "A"},
            "geometry": {"type": "Point", "coordinates": [-1.9, 48.1]},
        },
        {
            "type": "Feature",
            "properties": {"nom": "B"},
            "geometry": {"type": "Polygon", "coordinates": []},
        },
        {"type": "Feature", "properties": None, "geometry": None},
    ]
    (tmp_path / "l.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), "utf-8"
    )
    found = read_list(tmp_path / "l.geojson")
    assert found.columns == ("nom", "geometry.longitude", "geometry.latitude")
    assert found.rows == (("A", "-1.9", "48.1"), ("B", "", ""))
    assert found.empty == 1
    assert [(remark.code, remark.row) for remark in found.remarks] == [("geometry", 3)]


@pytest.mark.parametrize(
    "text", ["{", "[]", "12", '"x"', "[" * 100_000, "[1, 2]", '{"a": 1}', "9" * 10_000]
)
def test_bad_json(tmp_path, text):
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(DataError):
        read_list(tmp_path / "x.json")


# -- archives and limits ---------------------------------------------------------------------------


def test_archives(tmp_path):
    text = written([["nom", "ville"], ["A", "B"]]).encode()
    (tmp_path / "l.csv.gz").write_bytes(gzip.compress(text))
    assert read_list(tmp_path / "l.csv.gz").rows == (("A", "B"),)
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr("../../evil/liste.csv", text)
        archive.writestr("__MACOSX/._liste.csv", b"x")
        archive.writestr("lisez-moi.pdf", b"x")
    found = read_list(tmp_path / "l.zip")
    assert found.rows == (("A", "B"),)
    assert found.member == "../../evil/liste.csv"
    assert not (tmp_path.parents[1] / "evil").exists()


def test_nested_archives_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr("dedans.zip", b"PK\x05\x06" + b"\x00" * 18)
    with pytest.raises(DataError, match="autre archive"):
        read_list(tmp_path / "l.zip")


@pytest.mark.parametrize("suffix", ["zip", "gz", "xlsx"])
def test_bombs_are_refused(tmp_path, suffix):
    small = limits(bomb_bytes=100_000, bomb_ratio=50)
    zeros = b"nom;ville\n" + b"a;b\n" * 500_000
    path = tmp_path / f"bombe.csv.{suffix}"
    if suffix == "gz":
        path.write_bytes(gzip.compress(zeros))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("liste.csv" if suffix == "zip" else "xl/worksheets/sheet1.xml", zeros)
    with pytest.raises(DataError, match="décompressé"):
        read_list(path, limits=small)


def test_an_archive_that_lies_on_its_sizes_is_refused(tmp_path):
    path = tmp_path / "ment.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("l.csv", b"nom;ville\n" + b"a;b\n" * 500_000)
    raw = bytearray(path.read_bytes())
    size = (10 + 4 * 500_000).to_bytes(4, "little")
    assert raw.count(size) == 2
    path.write_bytes(bytes(raw).replace(size, (2000).to_bytes(4, "little")))
    with pytest.raises(DataError):
        read_list(path)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"most_bytes": 10}, "nom;ville\na;b\nc;d\n"),
        ({"most_rows": 1}, "nom;ville\na;b\nc;d\n"),
        ({"most_columns": 1}, "nom;ville\na;b\n"),
        ({"longest_cell": 20}, "nom;ville\n" + "a" * 40 + ";b\n"),
    ],
)
def test_limits(tmp_path, change, text):
    path = tmp_path / "grand.csv"
    path.write_text(text, "utf-8")
    read_list(path)
    with pytest.raises(DataError):
        read_list(path, limits=limits(**change))


@pytest.mark.parametrize("name", ["x.pdf", "x.docx", "x", "x.exe", "x.csv.7z"])
def test_other_formats(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match="format"):
        read_list(tmp_path / name)
    with pytest.raises(DataError, match="introuvable"):
        read_list(tmp_path / "absent.csv")


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES["read"])
def test_every_row_of_the_real_lists_is_read(shared_data, name):
    found = read_list(shared_data / "offer_raw" / f"{name}.csv.gz")
    assert len(found.rows) + found.empty == FILES["read"][name]
    assert not found.extra
