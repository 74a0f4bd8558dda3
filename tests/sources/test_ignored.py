"""Files left out on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from portrea.base.errors import DataError
from portrea.sources.ignored import known, known_reason
from portrea.sources.loading import load_path
from portrea.sources.peek import peek
from portrea.sources.recognise import recognise
from portrea.sources.source import Peek

SKIPPED_FOLDERS = ("offer_raw", "offer_clean", "routing", "census")
"""Read by other sources, or not data: judged in their own tests."""


def test_a_published_estimate_is_never_an_input() -> None:
    header = ("code_epci", "Libellé EPCI", "taux_illectronisme_pct", "nombre")
    reason = known_reason([Peek(Path("x.csv"), "csv", header)])
    assert reason is not None
    assert "réservé au contrôle" in reason


def test_an_unknown_file_stays_unknown() -> None:
    assert known_reason([Peek(Path("x.csv"), "csv", ("colonne", "autre"))]) is None
    assert known_reason([]) is None


def test_loading_a_known_unused_file_says_why(tmp_path: Path) -> None:
    path = tmp_path / "bpe.csv"
    path.write_text("DEPCOM;DCIRIS;TYPEQU;NB_EQUIP\n35238;352380101;A401;2\n", "utf-8")
    with pytest.raises(DataError, match="pas encore utilisé par Portrea"):
        load_path(path)


def test_case_does_not_matter() -> None:
    assert known_reason([Peek(Path("x.csv"), "csv", ("DEPCOM", "dciris", "typequ", "nb_equip"))])


def test_every_entry_names_columns_and_says_why() -> None:
    for columns, reason in known().values():
        assert len(columns) >= 2
        assert reason[0].islower()
        assert not reason.endswith(".")


@pytest.mark.shared
def test_every_shared_table_is_read_or_left_out_with_a_reason(shared_data: Path) -> None:
    undecided, read_and_ignored = [], []
    for path in sorted(shared_data.rglob("*")):
        if path.parent.name in SKIPPED_FOLDERS or not path.is_file() or path.suffix == ".md":
            continue
        peeks = peek(path)
        recognised = any(recognise(found) for found in peeks)
        reason = known_reason(peeks)
        if not recognised and reason is None:
            undecided.append(path.name)
        if recognised and reason is not None:
            read_and_ignored.append(path.name)
    assert undecided == []
    assert read_and_ignored == []
