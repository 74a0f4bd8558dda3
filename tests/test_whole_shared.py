"""Acceptance ②: the whole folder of real files in one command, then a région by EPCI."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.cli import portrea
from portrea.needs.tables import ESTIMATES

if TYPE_CHECKING:
    from pathlib import Path

BREST = "242900314"
PILOT = ("243500550", "243500618", "200038990")


def run(*words: str) -> str:
    result = CliRunner().invoke(portrea, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
@pytest.mark.shared
def test_the_whole_folder_then_bretagne_by_epci(
    whole_home: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = whole_home
    monkeypatch.setenv("PORTREA_HOME", str(path))
    assert "Laissés de côté" in told
    assert "Pour publier : portrea compute" in told
    options = ("--level", "epci", "--measure", "a1", "--format", "csv")
    table = run("needs", "estimate", "region:53", *options)
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table))}
    assert list(next(iter(rows.values()))) == list(ESTIMATES.schema)
    assert len(rows) == 61
    assert {BREST, *PILOT} <= set(rows)
    for row in rows.values():
        assert 0 < float(row["n_low"]) < float(row["n"]) < float(row["n_high"])
        assert row["quality"] in "BC"
        assert "TIC ménages 2019" in row["vintages"]
