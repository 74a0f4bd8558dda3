"""Census: official layouts on miniature facsimiles, real extracts, hand-worked cases."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import polars.testing
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.sources.loading import load_path
from portrea.vocab.tables import KINDS

MINIATURE = Path(__file__).parents[1] / "data" / "miniature"
CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "sources" / "census.yaml").read_text("utf-8")
)


def by_vintage(path: Path) -> dict:
    return {item.provenance.vintage: item for item in load_path(path)}


def value_of(table: pl.DataFrame, level: str, code: str, variable: str) -> tuple:
    rows = table.filter(
        (pl.col("level") == level) & (pl.col("code") == code) & (pl.col("variable") == variable)
    )
    assert rows.height == 1, (level, code, variable, rows.height)
    return rows["value"][0], rows["status"][0]


def assert_rows(table: pl.DataFrame, rows: list) -> None:
    for level, code, variable, value, status in rows:
        found, state = value_of(table, level, code, variable)
        assert state == status, (code, variable, state)
        assert found == (value if value is None else pytest.approx(value, abs=1e-9)), variable


@pytest.mark.parametrize("name", CASES["files"])
def test_base_gives_the_hand_worked_figures(name: str) -> None:
    loaded = by_vintage(MINIATURE / name)
    assert set(loaded) == {case["vintage"] for case in CASES["files"][name]}
    for case in CASES["files"][name]:
        table = KINDS["observations"].conform(loaded[case["vintage"]].tables["observations"])
        assert table.height == case["total"]
        assert_rows(table, case["rows"])
        for code, commune, kind in case.get("territories", []):
            row = loaded[case["vintage"]].tables["territories"].filter(pl.col("code") == code)
            assert (row["commune"][0], row["kind"][0]) == (commune, kind)


def test_meaning_of_diplmin_is_never_mixed() -> None:
    loaded = by_vintage(MINIATURE / "base-cc-diplomes-formation-2018.CSV")
    mixed, clear = "non_schooled_no_diploma_or_bepc", "non_schooled_no_diploma"
    assert clear in loaded["2018"].tables["observations"]["variable"].to_list()
    assert mixed not in loaded["2018"].tables["observations"]["variable"].to_list()
    assert clear not in loaded["2013"].tables["observations"]["variable"].to_list()
    assert any("brevet" in str(remark) for remark in loaded["2013"].remarks)


def test_lost_zeros_and_arrondissements_are_told() -> None:
    base = by_vintage(MINIATURE / "base-ic-evol-struct-pop-2020.CSV")["2020"]
    assert any(remark.code == "lost-zeros" for remark in base.remarks)
    communes = by_vintage(MINIATURE / "base-cc-diplomes-formation-2018.CSV")["2018"]
    assert any(remark.code == "arrondissements" for remark in communes.remarks)


@pytest.mark.parametrize("name", CASES["crosstabs"])
def test_crosstab_gives_the_hand_worked_cells(name: str) -> None:
    case = CASES["crosstabs"][name]
    (item,) = load_path(MINIATURE / name)
    table = KINDS["crosstab"].conform(item.tables["crosstab"])
    assert item.provenance.vintage == case["vintage"]
    assert table.height == case["total"]
    keys = ["level", "code", "age", "diploma", "household"]
    cells = {tuple(row[:5]): row[5] for row in table.select(*keys, "persons").rows()}
    assert cells == {tuple(row[:5]): pytest.approx(row[5]) for row in case["rows"]}


def test_old_bases_publish_the_cep_and_two_higher_levels(tmp_path: Path) -> None:
    """RP 2010 (labels seen: DIPL0 « sans diplôme », CEP, BACP2 « sup court », SUP the rest)."""
    names = ["IRIS", *(f"P10_NSCOL15P{part}" for part in ("", "_DIPL0", "_CEP", "_BEPC"))]
    names += [f"P10_NSCOL15P_{part}" for part in ("CAPBEP", "BAC", "BACP2", "SUP")]
    path = tmp_path / "base-ic-diplomes-formation-2010.csv"
    path.write_text(";".join(names) + "\n352380101;100;10;15;5;30;20;12;8\n")
    (item,) = load_path(path)
    table = item.tables["observations"]
    assert value_of(table, "iris", "352380101", "non_schooled_no_diploma") == (25, "ok")
    assert value_of(table, "iris", "352380101", "non_schooled_sup") == (20, "ok")
    assert value_of(table, "iris", "352380101", "non_schooled_sup2") == (12, "ok")


def test_individual_file_in_a_zip_and_in_parquet_give_the_same_cells(tmp_path: Path) -> None:
    """INSEE publishes both: text codes in the csv, the same codes in parquet."""
    plain = MINIATURE / "FD_INDCVI_2020.csv"
    with zipfile.ZipFile(tmp_path / "RP2020_INDCVI_csv.zip", "w") as archive:
        archive.write(plain, plain.name)
    frame = pl.read_csv(plain, separator=";", infer_schema=False)
    frame.with_columns(pl.col("IPONDI").cast(pl.Float64)).write_parquet(
        tmp_path / "RP2020_indcvi.parquet"
    )
    expected = load_path(plain)[0].tables["crosstab"]
    for name in ("RP2020_INDCVI_csv.zip", "RP2020_indcvi.parquet"):
        found = load_path(tmp_path / name)[0].tables["crosstab"]
        pl.testing.assert_frame_equal(found, expected)


@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(["35188", "35238", "75056"]),
            st.sampled_from(["015", "020", "025", "060", "065"]),
            st.sampled_from("ABCDEFG"),
            st.sampled_from("12"),
            st.integers(1, 10_000),
        ),
        min_size=1,
        max_size=40,
        unique_by=lambda cell: cell[:4],
    )
)
def test_for2_loses_nobody(cells: list, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("for2") / "TD_FOR2_2022.csv"
    lines = [f"COM;{c};{s};{a};{d};{n}" for c, a, d, s, n in cells]
    path.write_text("\n".join(["NIVGEO;CODGEO;SEXE;AGEQ65;DIPL_19;NB", *lines]) + "\n")
    table = load_path(path)[0].tables["crosstab"]
    assert table["persons"].sum() == sum(cell[4] for cell in cells)


def write_workbook(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_workbook_with_insee_s_five_lines_above_the_names(tmp_path: Path) -> None:
    """Layout of base-ic-*.xlsx: titles, long labels, then the names on line 6 (public notebooks
    read them with ``header=5``)."""
    names = ["IRIS", "COM", "LIBCOM", "LIBIRIS", "TYP_IRIS", "P17_NSCOL15P", "P17_NSCOL15P_DIPLMIN"]
    names += ["P17_NSCOL15P_BEPC", "P17_NSCOL15P_CAPBEP", "P17_NSCOL15P_BAC", "P17_NSCOL15P_SUP2"]
    names += ["P17_NSCOL15P_SUP34", "P17_NSCOL15P_SUP5"]
    rows = [
        ["Diplômes - Formation en 2017"],
        ["Mise en ligne le 22/10/2020"],
        ["IRIS - France"],
        [],
        ["Code", "Commune", "Libellé", "Libellé IRIS", "Type", *["Pop 15 ans ou plus"] * 8],
        names,
        [
            "352380101",
            "35238",
            "Rennes",
            "Cathédrale",
            "H",
            1000.5,
            100,
            50,
            200,
            250,
            150,
            150,
            100.5,
        ],
        ["351880000", "35188", "Montfort-sur-Meu", "Montfort", "Z", 10, 1, 1, 2, 2, 2, 1, 1],
    ]
    path = write_workbook(
        tmp_path / "base-ic-diplomes-formation-2017.xlsx",
        {"IRIS": rows, "Variables": [["Nom", "Libellé"], ["IRIS", "Code"]]},
    )
    (item,) = load_path(path)
    observed = value_of(item.tables["observations"], "iris", "352380101", "non_schooled_no_diploma")
    assert observed == (100, "ok")
    total = value_of(item.tables["observations"], "iris", "352380101", "non_schooled_15_plus")
    assert total == (1000.5, "ok")
    names_of = item.tables["territories"].filter(pl.col("code") == "352380101")["name"]
    assert names_of.to_list() == ["Cathédrale"]
    assert item.provenance.vintage == "2017"


def test_wide_for2_workbook(tmp_path: Path) -> None:
    """Layout of BTX_TD_FOR2: a « Variables » block, names on line 11 (public code: skip 10)."""
    names = ["CODGEO", "LIBGEO"]
    names += [
        f"AGEQ65{age}_DIPL_19{d}_SEXE{s}" for age in ("015", "065") for d in "AC" for s in "12"
    ]
    block = [["Tableau FOR2"], [], ["Champ"], [], ["Communes"], []]
    block += [["Variables :", "AGEQ65", *["015"] * 4, *["065"] * 4]]
    block += [["", "DIPL_19", *"AACCAACC"], ["", "SEXE", *"12121212"], []]
    rows = [
        *block,
        names,
        ["35188", "Montfort-sur-Meu", 1, 2, 3, 4, 5, 6, 7, 8],
        ["75101", "Paris 1er", 1, 1, 1, 1, 1, 1, 1, 1],
        ["75102", "Paris 2e", 2, 2, 2, 2, 2, 2, 2, 2],
    ]
    path = write_workbook(tmp_path / "BTX_TD_FOR2_2017.xlsx", {"COM": rows})
    (item,) = load_path(path)
    table = item.tables["crosstab"]
    cells = {(r[1], r[2], r[3]): r[5] for r in table.rows()}
    assert cells["35188", "15-19", "no_diploma"] == 3  # 1 + 2
    assert cells["35188", "65+", "capbep"] == 15  # 7 + 8
    assert cells["75056", "15-19", "no_diploma"] == 6  # no commune row: 1 + 1 + 2 + 2
    assert item.provenance.vintage == "2017"


def test_unknown_diploma_letters_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "TD_FOR2_2007.csv"
    path.write_text("NIVGEO;CODGEO;SEXE;AGEQ65;DIPL_19;NB\nCOM;35188;1;015;Q;3\n")
    with pytest.raises(DataError, match="codes inconnus"):
        load_path(path)


def test_diplomas_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    names = "CODGEO;P21_NSCOL15P;P21_NSCOL15P_DIPLMIN;P21_NSCOL15P_BEPC;P21_NSCOL15P_CAPBEP"
    names += ";P21_NSCOL15P_BAC;P21_NSCOL15P_SUP2;P21_NSCOL15P_SUP34;P21_NSCOL15P_SUP5"
    path = tmp_path / "base-cc-diplomes-formation-2021.csv"
    path.write_text(f"{names}\n35188;1000;100;100;100;100;100;100;100\n")
    with pytest.raises(DataError, match="ne font pas le total"):
        load_path(path)


def test_dictionary_of_variables_says_so() -> None:
    with pytest.raises(DataError, match="dictionnaire de variables"):
        load_path(MINIATURE / "meta_base-ic-evol-struct-pop-2020.CSV")


@pytest.mark.parametrize("year", ["2016", "2018"])
def test_diplmin_alone_between_the_two_definitions_is_left_out(tmp_path: Path, year: str) -> None:
    yy = year[2:]
    path = tmp_path / f"extrait_{year}.csv"
    path.write_text(f"IRIS;P{yy}_POP;P{yy}_NSCOL15P;P{yy}_NSCOL15P_DIPLMIN\n352380101;10;8;2\n")
    (item,) = load_path(path)
    found = set(item.tables["observations"]["variable"])
    assert found == {"persons", "non_schooled_15_plus"}
    assert any(remark.code == "diplmin-unknown" for remark in item.remarks)


def test_an_extract_never_replaces_the_national_table(tmp_path: Path) -> None:
    """The part of a dataset's identity tells the départements covered."""
    header = "IRIS;P21_POP;P21_POP65P\n"
    (tmp_path / "a_2021.csv").write_text(header + "352380101;10;2\n")
    (tmp_path / "b_2021.csv").write_text(header + "751010101;10;2\n")
    parts = {load_path(tmp_path / name)[0].part for name in ("a_2021.csv", "b_2021.csv")}
    assert parts == {"population-iris-35", "population-iris-75"}


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES["shared"])
def test_real_files(shared_data: Path, name: str) -> None:
    case = CASES["shared"][name]
    (item,) = load_path(shared_data / "census" / name)
    assert item.provenance.vintage == case["vintage"]
    assert_rows(KINDS["observations"].conform(item.tables["observations"]), case["rows"])
    for code, commune, kind, label in case.get("territories", []):
        row = item.tables["territories"].filter(pl.col("code") == code).row(0, named=True)
        assert (row["commune"], row["kind"], row["name"]) == (commune, kind, label)


@pytest.mark.shared
def test_for2_auvergne_gives_the_exact_a2(shared_reference: Path) -> None:
    """65 or more, plus under 65 without diploma or CEP: 413,487 (issue 01, acceptance ③)."""
    (item,) = load_path(shared_reference / "method" / "insee_for2_auvergne_rp2012.csv")
    table = KINDS["crosstab"].conform(item.tables["crosstab"])
    concerned = table.filter((pl.col("age") == "65+") | (pl.col("diploma") == "no_diploma"))
    assert concerned["persons"].sum() == 413_487
    assert set(table["code"]) == {"83"}
