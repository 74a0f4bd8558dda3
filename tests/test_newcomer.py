"""What the guide « Charger un fichier de l’INSEE » promises, followed to the letter."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from portrea.cli import portrea

OFFICIAL = Path(__file__).parent / "data" / "miniature" / "TD_FOR2_2022.csv"


def estimate(territory: str) -> dict[str, str]:
    words = ["needs", "estimate", territory, "--measure", "a2", "--format", "csv"]
    done = CliRunner().invoke(portrea, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    return row


@pytest.mark.slow
@pytest.mark.parametrize("territory", ["commune:35188", "epci:243500550"])
def test_the_loaded_file_is_named_where_it_counts(demo_copy: Path, territory: str) -> None:
    """Even where an older table of diplomas was already known (RP2018, over 2,000 inhabitants)."""
    assert demo_copy.is_dir()
    before = estimate(territory)
    assert "2018" in before["vintages"]
    added = CliRunner().invoke(portrea, ["data", "add", str(OFFICIAL)], catch_exceptions=False)
    assert added.exit_code == 0, added.output
    after = estimate(territory)
    assert after["n"] != before["n"]
    assert "insee_recensement 2022" in after["vintages"]
    if territory == "commune:35188":
        assert (before["quality"], after["quality"]) == ("C", "A")
        assert after["n"] == after["n_low"] == after["n_high"] == "265.0"
