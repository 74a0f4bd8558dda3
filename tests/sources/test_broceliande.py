"""The pilot extract: hand-checked rows, one vintage per dataset, reproducible from the files."""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

from portrea.sources.broceliande import EMBEDDED
from portrea.sources.broceliande.read import table
from portrea.vocab.tables import KINDS

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "tests/cases/sources/broceliande.yaml").read_text("utf-8"))


def test_datasets_hold_the_hand_checked_rows() -> None:
    loaded = EMBEDDED()
    identities = [(item.provenance.vintage, item.part) for item in loaded]
    assert len(set(identities)) == len(identities)
    found = {}
    for item in loaded:
        frame = KINDS["observations"].conform(item.tables["observations"])
        for level, code, variable, value, status in frame.rows():
            found[item.provenance.vintage, level, code, variable] = (value, status)
    for *key, value, status in CASES["rows"]:
        expected = value if value is None else pytest.approx(value)
        assert found[tuple(key)] == (expected, status), key


def test_extract_covers_the_33_communes_and_nothing_else() -> None:
    frame = table()
    assert frame["code"].str.head(5).n_unique() == CASES["communes"]
    assert set(frame["code"].str.head(2)) == {"35"}


def test_no_zero_of_a_caf_table_and_no_published_result_is_an_input() -> None:
    frame = table()
    caf = frame.filter(pl.col("producer") == "CNAF")
    assert not caf.filter(pl.col("value") == 0).height
    hidden = frame.filter(pl.col("status") == "suppressed")
    # 4 communes x RSA (foyers, personnes), 6 communes x AAH, 2 communes x foyers under 30
    assert hidden.height == 16
    assert hidden["value"].null_count() == hidden.height
    places = frame.filter(pl.col("variable").str.contains("place|concern|a2"))
    assert places.is_empty()


def test_other_departements_get_nothing() -> None:
    assert EMBEDDED(departements=["62"]) == []
    assert EMBEDDED(departements=["35"])


@pytest.mark.shared
def test_script_makes_the_committed_file(shared_data: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts/extract_broceliande.py"))
    assert_frame_equal(script["extract"](shared_data), table(), check_exact=True)
