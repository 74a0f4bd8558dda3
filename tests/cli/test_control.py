"""Changing parameters, benchmarking and reproducing, from the command line."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from portrea.cli import main, portrea
from portrea.needs import load_parameters
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

EPCI = "epci:243500618"


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(portrea, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stopped:
        main([str(w) for w in words])
    return int(stopped.value.code or 0), capsys.readouterr().err


def rows(*words: str | Path) -> pl.DataFrame:
    text = run("needs", "estimate", EPCI, "--draws", "20", "--format", "csv", *words)
    return pl.read_csv(io.StringIO(text), schema_overrides={"code": pl.String})


def total(measure: str, *words: str | Path) -> float:
    found = rows("--measure", measure, *words)["n"].item()
    return float(found)


# -- parameters ------------------------------------------------------------------------------------


def test_the_yaml_printed_is_accepted_back(tmp_path: Path) -> None:
    path = tmp_path / "parametres.yaml"
    path.write_text(run("needs", "parameters", "--format", "yaml"), "utf-8")
    assert load_parameters(overrides=path).digest == load_parameters().digest
    edited = yaml.safe_load(path.read_text("utf-8")) | {"exposure.delta.central": 0.5}
    path.write_text(yaml.safe_dump(edited), "utf-8")
    printed = run("needs", "parameters", "--parameters", path, "--format", "csv")
    told = pl.read_csv(io.StringIO(printed), infer_schema_length=None)
    row = told.filter(pl.col("path") == "exposure.delta.central").row(0, named=True)
    assert (row["value"], row["published"]) == (0.5, 0.3)


def test_the_table_is_for_people(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("exposure.delta.central: 0.5\n", "utf-8")
    text = run("needs", "parameters", "--parameters", path)
    assert "0.5 [changé]" in text
    assert "hypothèse" in text


def test_a_bad_parameter_is_refused_with_its_remedy(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("exposure.delta.centrale: 0.5\n", "utf-8")
    code, text = refused(capsys, "needs", "parameters", "--parameters", path)
    assert code == 4
    assert "exposure.delta.central" in text
    assert "p.yaml" in text


# -- estimate --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_changed_parameters_and_benchmark_move_the_estimate(
    demo_copy: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert demo_copy.is_dir()
    parameters = tmp_path / "p.yaml"
    parameters.write_text("exposure.overlaps.rsa_jobseekers: 0.8\n", "utf-8")
    assert total("b", "--parameters", parameters) < total("b")
    targets = tmp_path / "calage.csv"
    targets.write_text(
        "niveau;code;mesure;valeur;source;millesime\nepci;243500618;a1;3000;étude;2024\n", "utf-8"
    )
    assert total("a1", "--benchmark", targets) == pytest.approx(3000, abs=1)
    assert total("a1", "--no-benchmark") == total("a1")
    code, text = refused(
        capsys, "needs", "estimate", EPCI, "--benchmark", targets, "--no-benchmark"
    )
    assert code == 4
    assert "contredisent" in text


def test_an_unknown_benchmark_lists_the_names(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTREA_HOME", str(demo_home))
    code, text = refused(capsys, "needs", "estimate", EPCI, "--benchmark", "inconnu")
    assert code == 4
    assert "insee_regions_2019" in text


# -- compute, then reproduce -----------------------------------------------------------------------


@pytest.mark.slow
def test_compute_with_choices_then_reproduce(
    demo_copy: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    parameters = tmp_path / "p.yaml"
    parameters.write_text("exposure.delta.central: 0.5\n", "utf-8")
    said = run("compute", "--parameters", parameters, "--draws", "20", "--seed", "3")
    assert "exposure.delta.central" in said
    current = Store(demo_copy).current()
    assert current is not None
    card = current.folder / "card.json"
    assert "octet pour octet" in run("needs", "reproduce", card)
    told = json.loads(card.read_text("utf-8"))
    other = tmp_path / "card.json"
    other.write_text(json.dumps(told | {"datasets": [*told["datasets"], "perdu.123"]}), "utf-8")
    code, text = refused(capsys, "needs", "reproduce", other)
    assert code == 3
    assert "perdu.123" in text
    assert Store(demo_copy).current().id == current.id  # type: ignore[union-attr]


# -- one's own counts ------------------------------------------------------------------------------


def test_refused_rows_are_written_in_a_file(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "ccas.csv"
    path.write_text(
        "niveau;code;variable;valeur;millesime;source\n"
        "commune;35223;households_rsa;12;2025;CCAS\n"
        "commune;35223;rsa;12;2025;CCAS\n",
        "utf-8",
    )
    code, text = refused(capsys, "data", "add", path)
    assert code == 3
    assert "ligne 3" in text
    written = pl.read_csv(home / "refus/ccas-refus.csv", separator=";")
    assert written["ligne"].to_list() == [3]
    assert "households_rsa" in written["motif"].item()
    assert Store(home).datasets() == []
