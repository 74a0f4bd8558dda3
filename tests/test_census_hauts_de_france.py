"""Acceptance of the living census, on four real lists that overlap: from import to export."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from portrea.sources.loading import load_embedded
from portrea.sources.store import Store

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_django.fixtures import SettingsWrapper

ROOT = Path(__file__).resolve().parents[1]
NAME = "recensement_hauts_de_france"
ANCT = "Bibliothèque de l’ANCT"
pytestmark = [pytest.mark.slow, pytest.mark.shared, pytest.mark.django_db]


@pytest.fixture
def script() -> ModuleType:
    """The module that writes the page."""
    spec = importlib.util.spec_from_file_location(NAME, ROOT / f"scripts/{NAME}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    return module


def test_from_four_overlapping_lists_to_conforming_exports(
    shared_data: Path, home: Path, tmp_path: Path, script: ModuleType, settings: SettingsWrapper
) -> None:
    settings.PORTREA_HOME = home
    load_embedded(Store(home), departements=script.DEPARTEMENTS)
    shown = script.show(shared_data / "offer_raw", tmp_path, script.referent_of(script.REGION))
    told = shown.figures
    assert [line[1:4] for line in shown.lists] == [
        (1249, 1249, 0), (1249, 1249, 0), (1741, 1741, 0), (1672, 1672, 0),
    ]  # fmt: skip
    assert told["imported"] == sum(line[4] for line in shown.lists), "no row lost, none doubled"
    assert told["places"] == told["imported"] - told["joined"]
    assert 1741 <= told["places"] < told["imported"], "at least the places of the longest list"
    check_moderation(told)
    check_exports(shown, told, tmp_path, script)
    assert compared(script.page(shown)) == compared(script.PAGE.read_text("utf-8"))


def check_moderation(told: dict[str, int]) -> None:
    """Every decision has its effect, nothing that a person said is asked again nor lost."""
    assert (told["proposed"], told["accepted"], told["refused"], told["waiting"]) == (7, 4, 2, 1)
    assert told["closed"] == 1
    assert (told["pairs_joined"], told["pairs_apart"], told["merges_undone"]) == (5, 5, 1)
    assert told["asked_again"] == 0
    assert told["moderated"] == told["places"] - told["closed"] - (5 - 1)
    assert (told["again_updated"], told["again_unchanged"]) == (1, 1740)
    assert (told["questions"], told["fixes_kept"], told["fixes_lost"]) == (1, 1, 0)
    assert told["after_undo"] < told["before_undo"]


def check_exports(shown: Any, told: dict[str, int], folder: Path, script: ModuleType) -> None:
    """Each place is written or told why it is not, and no validator refuses anything."""
    written = [line[1:3] for line in shown.exports]
    assert len(written) == len(script.FILES)
    assert len({sum(pair) for pair in written}) == 1
    assert {left for _, left in written[2:]} == {0}, "only the national list asks for an address"
    assert written[0][0] == pl.read_csv(folder / "mednum.csv", infer_schema=False).height
    assert written[-1][0] == pl.read_parquet(folder / "lieux.parquet").height
    assert sum(written[0]) <= told["after_again"]
    parquet = pl.read_parquet(folder / "lieux.parquet")
    assert parquet["address"].null_count() == told["no_address"] == written[0][1]
    assert {count for _, _, count in shown.verdicts if isinstance(count, int)} == {0}
    silent = [count for _, validator, count in shown.verdicts if isinstance(count, str)]
    assert all(why.startswith(("sans objet", "non exécuté")) for why in silent)
    run = [validator for _, validator, count in shown.verdicts if count == 0]
    assert run.count("Table Schema (frictionless)") == 3
    assert run.count("Contrôles de Portrea") == 4
    assert "Schéma data·inclusion v1" in run


def compared(page: str) -> list[str]:
    """Return the lines that do not depend on Node being installed."""
    return [line for line in page.splitlines() if ANCT not in line]
