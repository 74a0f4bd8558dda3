"""``portrea needs validate`` on the embedded data of one département."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.cli import main
from portrea.sources.store import Store
from portrea.steering.validation import VALIDATION, targets

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("demo_copy")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["needs", "validate", *words])
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


def test_every_target_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--draws", "20")
    assert code == 0
    assert "CC de Saint-Méen Montauban" in out
    assert "Écart absolu moyen" in out
    assert "invérifiable" in out
    assert "portrea data add" in out
    for target in targets():
        assert target["name"].split(" (")[0].split(" –")[0] in out


def test_csv_and_json_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = said(capsys, "--draws", "20", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    _, text, _ = said(capsys, "--draws", "20", "--format", "json")
    answer = json.loads(text)
    assert len(rows) == len(answer["targets"]) == len(targets())
    assert answer["statement"]
    assert {row["group"] for row in answer["summary"]} <= {row["group"] for row in rows}
    pilot = next(row for row in rows if row["code"] == "200038990")
    assert float(pilot["error"]) == pytest.approx(float(pilot["estimated"]) - 0.37)


def test_a_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "--benchmark", "insee_regions_2019")
    assert code == 4
    assert "calée" in err


def test_the_computation_keeps_the_same_rows(demo_home: Path) -> None:
    computation = Store(demo_home).current()
    assert computation is not None
    rows = VALIDATION.check(computation.table("validation"))
    assert rows.height == len(targets())
    pilot = rows.filter(pl.col("code") == "200038990")["estimated"].item()
    own = computation.table("estimates").filter(
        (pl.col("code") == "200038990") & (pl.col("measure") == "a2")
    )
    assert pilot == own["share"].item()
