"""Who refuses what: our checks by hand, the official cases, and any export judged by everybody."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from offer.exchange.strategies import CITIES, TODAY, complete
from portrea.base.errors import DataError
from portrea.base.spreadsheets import alive, inert
from portrea.cli.conformance import conformance
from portrea.offer.exchange import capacity, sheets
from portrea.offer.exchange.checks import check_lines, check_sheets
from portrea.offer.exchange.context import Context
from portrea.offer.record import Block, Capacity, Helper, Place, Saturation, Service
from portrea.sources.conformance import anct, table_schema
from portrea.sources.conformance.reading import read_document
from portrea.steering.conformance import check_file, conflicts
from portrea.steering.exchange import STANDARDS, export
from portrea.vocab.standards import mednum

CASES = Path(__file__).parents[2] / "cases/offer/exchange"
RAW = yaml.safe_load((CASES / "conformance.yaml").read_text("utf-8"))
FORMULAS = yaml.safe_load((CASES / "formulas.yaml").read_text("utf-8"))["cases"]
CONTEXT = Context(today=TODAY, cities=CITIES)
PARSER = "Bibliothèque de l’ANCT (npm 2.3.0)"


@pytest.fixture(scope="session")
def parser():
    """Install the ANCT's parser from its lock when it is not there."""
    folder = anct.folder()
    if not (folder / anct.PACKAGE).is_dir():
        npm = shutil.which("npm")
        assert npm, "npm est nécessaire à ce test"
        subprocess.run([npm, "ci"], cwd=folder, check=True, capture_output=True)
    return folder


def line_of(change):
    return dict.fromkeys(mednum.fields(), "") | RAW["base"] | change


def fields(faults):
    return sorted({fault.field for fault in faults})


# -- our own checks


@pytest.mark.parametrize("case", RAW["cases"], ids=[c["name"] for c in RAW["cases"]])
def test_case(case):
    refused, remarked = check_lines([line_of(case["change"])], [2], today=TODAY)
    assert (fields(refused), fields(remarked)) == (case["refused"], case["remarked"])


@pytest.mark.parametrize("case", RAW["twins"], ids=[c["name"] for c in RAW["twins"]])
def test_twins(case):
    rows = [line_of({}), line_of(case["change"])]
    refused, remarked = check_lines(rows, [2, 3], today=TODAY)
    assert (fields(refused), fields(remarked)) == (case["refused"], case["remarked"])
    assert all(fault.row == 3 for fault in (*refused, *remarked))


def test_sheets_of_data_inclusion():
    structures = [{"id": "a", "latitude": -2.0, "longitude": 48.1}, {"id": "a"}]
    services = [{"id": "s", "structure_id": "b", "contact_nom_prenom": "Camille Martin"}]
    refused, _ = check_sheets(structures, services)
    assert fields(refused) == [
        "services.contact_nom_prenom",
        "services.structure_id",
        "structures.id",
        "structures.latitude",
    ]
    assert "Camille" not in str(refused)


@pytest.mark.parametrize("case", FORMULAS, ids=[c["name"] for c in FORMULAS])
def test_formulas_are_disarmed_and_come_back(case):
    assert inert(case["text"]) == case["written"]
    assert alive(case["written"]) == case["text"]


@given(text=st.text("'=+-@ a1\t", max_size=8))
def test_no_two_texts_are_disarmed_alike(text):
    assert alive(inert(text)) == text
    assert inert(text).lstrip(" ")[:1] not in set("=@")


# -- files


def write_lines(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(mednum.fields()))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_conflict_between_validators_is_no_refusal(tmp_path, parser):
    known = next(c for c in conflicts() if c.kind == "conflit")
    rows = [line_of({known.field: known.value}), line_of({known.field: known.read_as, "id": "b"})]
    rows[1]["nom"] = "Autre"
    result = check_file(write_lines(tmp_path / "a.csv", rows), today=TODAY)
    by_name = {verdict.validator: verdict for verdict in result.verdicts}
    assert by_name[PARSER].silent is None
    assert by_name[PARSER].refused == ()
    assert [f.row for f in by_name[table_schema.NAME].refused] == [3]
    assert result.met == ((known, 1),)
    raw = anct.judge(rows, numbers=[2, 3])
    assert [fault.row for fault in raw.refused] == [2]


def test_the_command_says_who_refuses_what(tmp_path, parser):
    rows = [line_of({}), line_of({"id": "b", "services": "Danser", "nom": "Autre"})]
    path = write_lines(tmp_path / "a.csv", rows)
    done = CliRunner().invoke(conformance, [str(path)])
    assert done.exit_code == 3
    assert "Table Schema (frictionless) : 1 refus" in done.output
    assert f"{PARSER} : 1 refus" in done.output
    assert "Danser" in done.output
    fine = CliRunner().invoke(conformance, [str(write_lines(tmp_path / "b.csv", rows[:1]))])
    assert (fine.exit_code, fine.output.count("aucun refus")) == (0, 3)


def test_a_validator_that_is_absent_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv(anct.FOLDER, str(tmp_path))
    verdict = anct.judge([line_of({})], numbers=[2])
    assert verdict.silent is not None
    assert verdict.silent.startswith("non exécuté")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a;b\n1;2\n", "aucun standard connu"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "pas une fiche"),
        (b"{}", "pas une liste"),
        (b"[" * 100_000, "JSON"),
        (b"", "aucun standard connu"),
    ],
)
def test_what_cannot_be_judged_is_said(tmp_path, content, words):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_document(path)


def test_the_form_of_the_file_is_judged(tmp_path):
    path = write_lines(tmp_path / "a.csv", [line_of({})])
    text = path.read_text("utf-8").replace(",", ";")
    path.write_bytes("\ufeff".encode() + text.encode() + b"z;;\n")
    document = read_document(path)
    assert [(fault.code, fault.row) for fault in document.faults] == [
        ("form-mark", 1),
        ("form", 1),
        ("form", 2),  # its hours hold a semicolon
        ("form", 3),
    ]


def test_columns_in_disorder_are_refused_once():
    columns = list(mednum.fields())
    row = list(line_of({}).values())
    schema = table_schema.official_schema("1.0.2")
    verdict = table_schema.judge(columns[::-1], [row[::-1]], schema, numbers=[2])
    assert [fault.message for fault in verdict.refused] == ["colonnes dans le désordre"]


# -- our exports, judged by everybody


def refusals(path):
    result = check_file(path, today=TODAY)
    assert all(
        verdict.silent is None or "sans objet" in verdict.silent for verdict in result.verdicts
    )
    return [fault for verdict in result.verdicts for fault in verdict.refused]


@pytest.mark.slow
@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(told=st.lists(complete, min_size=30, max_size=40))
def test_any_export_is_refused_by_nobody(tmp_path_factory, parser, told):
    folder = tmp_path_factory.mktemp("exports")
    found = [replace(place, id=f"a--{rank}") for rank, place in enumerate(told)]
    for standard in ("mednum", "mednum-5", "data-inclusion", "csv"):
        path = folder / f"{standard}.{STANDARDS[standard].extension}"
        report = export(found, standard, path, CONTEXT)
        assert report.written or standard == "mednum-5"
        if report.written:
            assert refusals(path) == [], standard
    path = folder / "mednum.json"
    export(found, "mednum", path, CONTEXT)
    assert refusals(path) == []


def sample():
    aide = Service(
        block=Block.AIDE,
        key="aide",
        procedures=("RSA", "logement"),
        languages=("arabe",),
        capacity=Capacity(hours_week=12.5, persons_week=30, saturation=Saturation.FORTE),
        helpers=(Helper(role="conseiller numérique", count=1.5), Helper(role="agent", count=1)),
        confirmed=date(2026, 5, 1),
    )
    return Place(
        id="a--1",
        name="=Mairie",
        city="Iffendic",
        postcode="35750",
        address="2 place",
        latitude=48.13,
        longitude=-2.03,
        updated=TODAY,
        services=(aide,),
    )


def test_capacity_lines():
    line = next(capacity.lines_of(sample()))
    assert tuple(line) == capacity.COLUMNS
    told = {k: v for k, v in line.items() if v is not None}
    assert told == {
        "id_lieu": "a--1",
        "service": "aide",
        "bloc": "aide",
        "heures_semaine": "12.5",
        "personnes_semaine": "30",
        "saturation": "forte",
        "capacite_declaree": "oui",
        "demarches": "RSA|logement",
        "langues": "arabe",
        "intervenants": "conseiller numérique|agent",
        "intervenants_nombre": "2.5",
        "confirme_le": "2026-05-01",
    }


def test_a_workbook_is_read_back(tmp_path):
    path = tmp_path / "a.xlsx"
    export([sample()], "xlsx", path, CONTEXT)
    book = load_workbook(path, read_only=True)
    assert book.sheetnames == [sheets.README, *sheets.COLUMNS]
    rows = {}
    for name in sheets.COLUMNS:
        heading, *lines = book[name].iter_rows(values_only=True)
        rows[name] = [dict(zip(heading, line, strict=True)) for line in lines]
    book.close()
    assert rows[sheets.PLACES][0]["Nom"] == "'=Mairie"
    assert sheets.of_sheets(rows) == [sample()]


def test_geoparquet_has_its_metadata(tmp_path):
    path = tmp_path / "a.parquet"
    export([sample(), replace(sample(), id="b", latitude=None)], "geoparquet", path, CONTEXT)
    facts = json.loads(pl.read_parquet_metadata(path)["geo"])
    assert facts["version"] == "1.1.0"
    column = facts["columns"][facts["primary_column"]]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    assert column["bbox"] == [-2.03, 48.13, -2.03, 48.13]
    from shapely import from_wkb

    points = pl.read_parquet(path)["geometry"].to_list()
    assert from_wkb(points[0]).coords[0] == (-2.03, 48.13)
    assert points[1] is None


def test_geojson_has_its_box(tmp_path):
    path = tmp_path / "a.geojson"
    export([sample(), replace(sample(), id="b", longitude=-1.0)], "geojson", path, CONTEXT)
    told = json.loads(path.read_text("utf-8"))
    assert told["bbox"] == [-2.03, 48.13, -1.0, 48.13]
    assert [f["geometry"]["coordinates"] for f in told["features"]] == [[-2.03, 48.13], [-1, 48.13]]


def test_an_identifier_is_written_once_and_a_failure_leaves_nothing(tmp_path):
    path = tmp_path / "a.csv"
    report = export([sample(), sample()], "mednum", path, CONTEXT)
    assert (report.written, report.left_out[0].field) == (1, "id")
    before = path.read_bytes()

    def broken():
        yield sample()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        export(broken(), "mednum", path, CONTEXT)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


# -- the cases of the reference


@pytest.mark.shared
def test_the_35_shared_cases(shared_reference):
    path = shared_reference / "standards/mednum/exemples-valides-et-invalides.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        cases = list(csv.DictReader(stream))
    assert len(cases) == 35
    columns = list(mednum.fields())
    rows = [[case[name] for name in columns] for case in cases]
    schema = table_schema.official_schema("1.0.2")
    verdict = table_schema.judge(columns, rows, schema, numbers=range(len(rows)))
    found = {number: set() for number in range(len(rows))}
    for fault in verdict.refused:
        found[fault.row].add(fault.field)
    for number, case in enumerate(cases):
        told = case["attendu"]
        assert found[number] == (set() if told.startswith("ok") else {told.split()[1]}), case["cas"]


@pytest.mark.shared
def test_the_official_schemas_are_the_published_ones(shared_reference):
    for version in ("1.0.2", "0.1.1"):
        path = shared_reference / f"standards/mednum/schema-{version}.json"
        assert table_schema.official_schema(version) == json.loads(path.read_text("utf-8"))


def test_the_lock_of_the_parser_names_no_host():
    lock = (anct.folder() / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert '"integrity"' in lock
