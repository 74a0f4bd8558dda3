"""``portrea rights take-up``: the numbers of the page, in a terminal."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli import portrea

if TYPE_CHECKING:
    from pathlib import Path


def run(home: Path, *words: str) -> str:
    done = CliRunner(env={"PORTREA_HOME": str(home)}).invoke(
        portrea, ("rights", "take-up", "--territory", *words), catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_caveats_then_one_block_by_right(demo_home: Path) -> None:
    told = run(demo_home, "epci:243500550")
    assert told.index("Personne n’a compté ici") < told.index("  RSA\n")
    assert "Ont ce droit : entre" in told or "foyers (2023" in told
    assert "non estimable" in told
    assert "seul l’organisme décide" in told


def test_the_same_rows_as_csv_and_json(demo_home: Path) -> None:
    lines = csv.DictReader(io.StringIO(run(demo_home, "epci:243500550", "--format", "csv")))
    content = json.loads(run(demo_home, "epci:243500550", "--format", "json"))
    assert [line["says"] for line in lines] == [one["says"] for one in content["benefits"]]


def test_one_territory_at_a_time(demo_home: Path) -> None:
    with pytest.raises(ParameterError, match="un territoire à la fois"):
        run(demo_home, "commune:35211,commune:35188")
