"""Job-seekers: the real extract and bad inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cases_of_sources import observations, value_of
from portrea.base.errors import DataError
from portrea.sources.loading import load_path

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.shared
def test_real_extract_keeps_communes_only(shared_data: Path) -> None:
    table = observations(shared_data / "qpv" / "defm2019_communes_avec_qpv.csv.gz")
    assert table.height == 2 * (1181 - 45)
    assert value_of(table, "commune", "01004", "jobseekers_abcde") == 1648
    assert value_of(table, "commune", "01004", "jobseekers_abc") == 1457
    assert "13201" not in table["code"].to_list()
    assert set(table["status"]) == {"ok", "suppressed"}


def test_abc_above_abcde_is_refused(tmp_path: Path) -> None:
    rows = "\n".join(f"35{i:03};100;200" for i in range(1, 40))
    path = tmp_path / "defm_2021.csv"
    path.write_text(f"CODGEO;ABCDE;ABC\n{rows}\n", "utf-8")
    with pytest.raises(DataError, match="dépasse"):
        load_path(path)


def test_years_in_columns_make_datasets(tmp_path: Path) -> None:
    path = tmp_path / "defm.csv"
    path.write_text("CODGEO;DEFM2022;DEFM2023\n35188;450;430\n35238;17005;16995\n", "utf-8")
    table = observations(path)
    assert set(table["vintage"]) == {"2022", "2023"}
    assert set(table["variable"]) == {"jobseekers"}
    assert set(table["status"]) == {"rounded"}
