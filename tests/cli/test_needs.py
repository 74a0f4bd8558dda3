"""``portrea needs estimate``: the columns promised, the same rows in every form, clear refusals."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner

from portrea.base.errors import TerritoryError
from portrea.cli import main, portrea
from portrea.cli.needs import LABELS
from portrea.needs.tables import MEASURES
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.slow
COLUMNS = [
    "level", "code", "name", "measure", "population", "n", "n_low", "n_high",
    "share", "share_low", "share_high", "n_low80", "n_high80", "share_low80", "share_high80",
    "p_top", "quality", "reasons", "vintages",
]  # fmt: skip
BOUNDS = ("n", "n_low", "n_high")
EPCI = "epci:243500550"
OUTSIDE = "epci:243500139"
"""Rennes: outside the pilot, only ages are known."""
COMMUNES = {"35023", "35040", "35133", "35188", "35203", "35227", "35277", "35331"}


@pytest.fixture(autouse=True)
def use_demo(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTREA_HOME", str(demo_home))


def estimate(*words: str) -> Result:
    return CliRunner().invoke(portrea, ["needs", "estimate", *words], catch_exceptions=False)


def rows(*words: str) -> pl.DataFrame:
    done = estimate(*words, "--format", "csv")
    assert done.exit_code == 0, done.output
    return pl.read_csv(io.StringIO(done.stdout), schema_overrides={"code": pl.String})


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["needs", "estimate", *words])
    captured = capsys.readouterr()
    assert captured.out == ""
    return int(stopped.value.code or 0), captured.err


# -- what is answered ------------------------------------------------------------------------------


def test_columns_are_the_promised_ones_in_order() -> None:
    assert rows(EPCI, "--measure", "a1").columns == COLUMNS


@pytest.mark.parametrize(
    ("level", "count"),
    [("iris", 8), ("commune", 8), ("epci", 1), ("departement", 1), ("region", 1)],
)
def test_every_level_from_an_epci(level: str, count: int) -> None:
    """Below: its parts, which add up to it; above: the area that holds it."""
    found = rows(EPCI, "--level", level, "--measure", "a1")
    assert set(found["level"]) == {level}
    if level in {"iris", "commune"}:
        whole = rows(EPCI, "--measure", "a1")["n"].item()
        assert found["n"].sum() == pytest.approx(whole, rel=1e-9)
    assert found.height >= count
    assert found["code"].is_unique().all()
    if level == "commune":
        assert set(found["code"]) == COMMUNES


@pytest.mark.parametrize("measure", ["a1", "a2", "b", "c"])
def test_each_measure_alone_is_the_published_one(measure: str, demo_home: Path) -> None:
    row = rows(EPCI, "--measure", measure).row(0, named=True)
    current = Store(demo_home).current()
    assert current is not None
    key = (pl.col("level") == "epci") & (pl.col("code") == "243500550")
    published = current.table("estimates").filter(key & (pl.col("measure") == measure))
    assert row["measure"] == measure
    assert row["quality"] == published["quality"].item()
    assert row["vintages"] == published["vintages"].item()
    for name in ("population", "n", "n_low", "n_high", "share", "share_low", "share_high"):
        assert row[name] == pytest.approx(published[name].item(), rel=1e-4), name
    assert row["n_low"] < row["n"] < row["n_high"]


def test_several_measures_and_the_default_ones() -> None:
    assert set(rows(EPCI)["measure"]) == {"a1", "a2", "b", "c"}
    assert set(rows(EPCI, "--measure", "b", "--measure", "b_sum")["measure"]) == {"b", "b_sum"}


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("243500550", {"243500550"}),
        ("35188", {"35188"}),
        ("commune:35188,commune:35133", {"35188", "35133"}),
        ("35188,35133", {"35188", "35133"}),
        ("epci:243500550,epci:243500618", {"243500550", "243500618"}),
        ("departement:35", {"35"}),
        ("region:53", {"53"}),
        ("iris:352380101", {"352380101"}),
    ],
)
def test_ways_of_writing_a_territory(written: str, codes: set[str]) -> None:
    assert set(rows(written, "--measure", "a1")["code"]) == codes


def test_outside_the_pilot_nothing_is_invented() -> None:
    """A1 by age (D), A2 as bounds without a value, B and C unknown, with the command to run."""
    done = estimate(OUTSIDE, "--format", "csv")
    found = pl.read_csv(io.StringIO(done.stdout), schema_overrides={"code": pl.String})
    cards = {row["measure"]: row for row in found.iter_rows(named=True)}
    assert cards["a1"]["quality"] == "D"
    assert cards["a1"]["n_low"] < cards["a1"]["n"] < cards["a1"]["n_high"]
    assert cards["a2"]["n"] is None
    assert 0 < cards["a2"]["n_low"] < cards["a2"]["n_high"] <= cards["a2"]["population"]
    for measure in ("b", "c"):
        assert cards[measure]["quality"] == "N"
        assert [cards[measure][name] for name in ("n", "n_low", "n_high", "share")] == [None] * 4
    assert "portrea data add FICHIER" in done.stderr


# -- forms -----------------------------------------------------------------------------------------


def test_every_form_says_the_same_rows(tmp_path: Path) -> None:
    words = (EPCI, "--level", "commune", "--measure", "a1", "--measure", "c")
    table = rows(*words)
    from_json = pl.DataFrame(json.loads(estimate(*words, "--format", "json").stdout))
    parquet = estimate(*words, "--format", "parquet")
    from_parquet = pl.read_parquet(io.BytesIO(parquet.stdout_bytes))
    for other in (from_json, from_parquet):
        assert other.columns == COLUMNS
        assert (
            other.select("code", "measure", "quality").rows()
            == table.select("code", "measure", "quality").rows()
        )
        for name in ("n", "n_low", "n_high", "share"):
            assert other[name].to_list() == pytest.approx(table[name].to_list(), rel=1e-6)


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_the_file_name_gives_the_form(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    done = estimate(EPCI, "--measure", "a1", "-o", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    reader = {"csv": pl.read_csv, "json": pl.read_json, "parquet": pl.read_parquet}[suffix]
    assert reader(path).columns == COLUMNS


def test_the_table_is_for_people(tmp_path: Path) -> None:
    """Rounded, in French, with the interval and the grade; the same thing in a file."""
    done = estimate(EPCI, "--measure", "a1")
    row = rows(EPCI, "--measure", "a1").row(0, named=True)
    text = done.stdout.replace("\u202f", " ").replace("\u00a0", " ")
    assert "A1 : illectronisme" in text
    assert "Intervalle à 95 %" in text
    assert "243500550" in text
    count, low, high = (f"{round(row[n], -1):,.0f}".replace(",", " ") for n in BOUNDS)
    assert re.search(rf"{count} +{low} à {high} ", text), text
    path = tmp_path / "table.txt"
    estimate(EPCI, "--measure", "a1", "-o", str(path))
    written = path.read_text("utf-8").replace("\u202f", " ").replace("\u00a0", " ")
    assert "243500550" in written
    assert "Intervalle à 95 %" in written


def test_progress_goes_to_the_error_stream_only() -> None:
    done = estimate(EPCI, "--measure", "a1", "--format", "csv")
    assert "Estimation :   0% lecture des données" in done.stderr
    assert "Estimation" not in done.stdout


# -- refusals --------------------------------------------------------------------------------------


def test_unknown_territory_is_refused_with_suggestions(capsys: pytest.CaptureFixture[str]) -> None:
    code, error = refused(capsys, "epci:243500551")
    assert code == TerritoryError.exit_code != 0
    assert "Territoire inconnu" in error
    assert "epci:243500550" in error


def test_a_list_with_one_unknown_is_refused_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code, error = refused(capsys, "commune:35188,commune:99999")
    assert code == TerritoryError.exit_code
    assert "99999" in error


@pytest.mark.parametrize(
    ("option", "possible"),
    [
        (("--level", "canton"), "departement"),
        (("--measure", "a9"), "b_sum"),
        (("--format", "xls"), "parquet"),
    ],
)
def test_unknown_options_are_refused(
    capsys: pytest.CaptureFixture[str], option: tuple[str, str], possible: str
) -> None:
    """The option at fault and what it accepts."""
    code, error = refused(capsys, EPCI, *option)
    assert code != 0
    assert option[0] in error
    assert possible in error


def test_an_empty_store_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTREA_HOME", str(tmp_path / "nothing"))
    code, error = refused(capsys, EPCI)
    assert code != 0
    assert "portrea demo" in error
    assert not (tmp_path / "nothing").exists()


def test_asking_never_changes_the_store(demo_home: Path) -> None:
    before = _stamps(demo_home)
    estimate(EPCI, "--level", "iris")
    assert _stamps(demo_home) == before


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_a_file_says_that_it_holds_more_than_the_site(demo_home: Path) -> None:
    """The whole numbers, for this machine only; the terminal shows what the site shows."""
    from portrea.steering.reading import Reader

    reader = Reader(Store(demo_home))
    commune = reader.snapshot.withheld["commune"].drop_nulls().sort()[0]
    words = (f"commune:{commune}", "--level", "iris", "--measure", "a1")
    whole = estimate(*words, "--format", "csv")
    assert "ne sont pas publiés par le site" in whole.stderr
    assert "ne les publiez pas tels quels" in whole.stderr
    shown = estimate(*words)
    assert "masqué : voir la commune" in shown.stdout
    assert "ne sont pas publiés" not in shown.stderr


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_shown_in_a_terminal(measure: str) -> None:
    done = estimate(EPCI, "--measure", measure)
    assert done.exit_code == 0, done.output
    assert LABELS[measure][0] in done.stdout
