"""Non-take-up of a territory: what the store holds, both roads side by side, files given away."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError, TerritoryError
from portrea.base.provenance import Provenance
from portrea.rights.take_up import Range, Saying, threshold
from portrea.sources.eligible import COLUMNS
from portrea.sources.store import Store
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.reading import Reader
from portrea.steering.sections_take_up import CAVEATS, take_up_section
from portrea.steering.take_up import Report, report_of, state_of
from portrea.steering.take_up_files import RANGES, rows_of, to_csv, to_json
from portrea.steering.take_up_words import said

if TYPE_CHECKING:
    from pathlib import Path

EPCI = "epci:243500550"
HIDDEN = "35026"
"""A commune whose RSA and AAH counts are hidden by the source, in the embedded data."""


def told(home: Path, reference: str) -> Report:
    reader = Reader(Store(home))
    return report_of(reader, reader.gazetteer.resolve(reference).territories[0])


def row(report: Report, name: str) -> Any:
    return next(row for row in report.rows if row.told.line.name == name)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def simulate(home: Path, *rows: dict[str, Any], name: str = "eligible-35.parquet") -> None:
    usual = {
        "level": "departement", "code": "35", "right": "rsa", "eligible": 25_000.0,
        "low": 20_000.0, "high": 31_000.0, "mc_error": 300.0, "households": 90_000, "flag": "",
        "month": "2026-11", "vintages": "RP 2021, Filosofi 2021",
    }  # fmt: skip
    (home / "rights").mkdir(exist_ok=True)
    frame = pl.DataFrame([usual | one for one in rows]).select(COLUMNS)
    frame.write_parquet(home / "rights" / name)


def publish(home: Path, source: str, value: float, *, vintage: str = "2024") -> None:
    card = Provenance(source=source, title="Essai", producer="Essai", vintage=vintage)
    line = {
        "level": "departement", "code": "35", "variable": "households_rsa", "value": value,
        "status": "ok",
    }  # fmt: skip
    Store(home).write_dataset(card, {"observations": pl.DataFrame([line])})


def test_a_level_that_is_not_published_is_the_sum_of_its_communes(demo_home: Path) -> None:
    rsa = row(told(demo_home, EPCI), "rsa")
    codes = Reader(Store(demo_home)).codes("commune", "epci", "243500550")
    known = Store(demo_home).observations(variables=["households_rsa"], levels=["commune"])
    here = known.filter(pl.col("code").is_in(codes), pl.col("variable") == "households_rsa")
    hidden = here["value"].null_count()
    assert rsa.figure.communes
    assert rsa.figure.range.low == here["value"].sum() - 2.5 * (here.height - hidden)
    assert rsa.figure.range.high == here["value"].sum() + 2.5 * (here.height - hidden) + 4 * hidden


def test_a_count_hidden_by_its_source_stays_hidden(demo_home: Path) -> None:
    rsa = row(told(demo_home, f"commune:{HIDDEN}"), "rsa")
    assert rsa.told.saying is Saying.HIDDEN
    assert rsa.told.beneficiaries is None


def test_without_figures_nothing_is_made_up(demo_home: Path) -> None:
    report = told(demo_home, "departement:35")
    assert {row.told.saying for row in report.rows} == {Saying.NO_COUNT}
    section = take_up_section(report)
    assert section.lead.text.startswith("Aucun ordre de grandeur")
    assert not section.figures
    assert all(row["eligible_rate_high"] is None for row in rows_of(report))


def test_both_roads_are_side_by_side_and_never_mixed(demo_copy: Path) -> None:
    publish(demo_copy, "caf", 19_766)
    before = row(told(demo_copy, "departement:35"), "rsa")
    simulate(demo_copy, {})
    report = told(demo_copy, "departement:35")
    rsa = row(report, "rsa")
    assert rsa.told == before.told
    assert rsa.simulated.eligible == Range(20_000.0, 25_000.0, 31_000.0)
    assert rsa.gap == Range(234.0, 5_234.0, 11_234.0)
    cells = [plain(cell.text) for cell in take_up_section(report).tables[0].rows[0]]
    assert cells[1:3] == ["19 766 foyers (2024)", "environ 29 900 (24 500 à 30 200)"]
    assert cells[4].startswith("environ 25")
    notes = [plain(note) for note in take_up_section(report).notes]
    assert "paramètres de novembre 2026" in notes[-2]
    assert notes[-1].endswith("RSA, ± 588.")


def test_fewer_eligible_than_beneficiaries_is_an_error_of_the_model(demo_copy: Path) -> None:
    publish(demo_copy, "caf", 40_000)
    simulate(demo_copy, {"mc_error": 0.0})
    section = take_up_section(told(demo_copy, "departement:35"))
    assert plain(section.tables[0].rows[0][5].text) == "environ −15 000 (−20 000 à −9 000)"
    assert "ne dit rien du non-recours" in section.notes[-1]


def test_counts_of_ones_own_are_not_shown(demo_copy: Path) -> None:
    publish(demo_copy, "comptages", 12, vintage="2025")
    assert row(told(demo_copy, "departement:35"), "rsa").figure is None


def test_the_last_year_is_read_and_said(demo_copy: Path) -> None:
    publish(demo_copy, "caf", 20_000, vintage="2022")
    publish(demo_copy, "autre", 19_000, vintage="2024")
    rsa = row(told(demo_copy, "departement:35"), "rsa")
    assert (rsa.figure.value, rsa.figure.year) == (19_000, "2024")


def test_households_are_not_compared_with_persons(demo_copy: Path) -> None:
    simulate(demo_copy, {"right": "c2s"})
    health = row(told(demo_copy, "departement:35"), "c2s_gratuite")
    assert health.simulated.unit == "foyers"
    assert health.gap is None


def test_a_right_without_beneficiaries_is_told_apart(demo_copy: Path) -> None:
    simulate(demo_copy, {"right": "af"}, {"right": "cf", "eligible": 8.0})
    report = told(demo_copy, "departement:35")
    assert [one.right for one in report.others] == ["af", "cf"]
    assert report.others[1].eligible is None
    assert take_up_section(report).tables[-1].rows[1][1].text == "non publié"


def test_the_newest_simulation_wins(demo_copy: Path) -> None:
    import os

    simulate(demo_copy, {"eligible": 24_000.0}, name="eligible-a.parquet")
    os.utime(demo_copy / "rights/eligible-a.parquet", (2e9, 2e9))
    state = state_of(demo_copy)
    simulate(demo_copy, {"eligible": 26_000.0}, name="eligible-b.parquet")
    assert state_of(demo_copy) != state
    assert row(told(demo_copy, "departement:35"), "rsa").simulated.eligible.value == 24_000


def test_a_file_of_another_shape_is_told(demo_copy: Path) -> None:
    (demo_copy / "rights").mkdir()
    pl.DataFrame({"level": ["commune"], "code": ["35001"]}).write_parquet(
        demo_copy / "rights/eligible-x.parquet"
    )
    with pytest.raises(DataError, match="portrea rights eligible"):
        told(demo_copy, "departement:35")


@pytest.mark.parametrize("reference", ["iris:352380101", "france:FR"])
def test_a_level_where_nothing_is_published_is_refused(demo_home: Path, reference: str) -> None:
    with pytest.raises(TerritoryError, match="de la commune à la région"):
        told(demo_home, reference)


def test_files_say_what_the_page_says(demo_copy: Path) -> None:
    publish(demo_copy, "caf", 19_766)
    report = told(demo_copy, "departement:35")
    lines = list(csv.DictReader(io.StringIO(to_csv(report))))
    assert lines[0]["unclaimed_rate_low"] == "4700"
    assert (lines[0]["rate"], lines[0]["rate_low"], lines[0]["rate_high"]) == (
        "0.34", "0.195", "0.345",
    )  # fmt: skip
    content = json.loads(to_json(report))
    assert content["caveats"] == list(CAVEATS)
    assert "seul l’organisme décide" in content["warning"]
    assert [one["benefit"] for one in content["benefits"]] == [one["benefit"] for one in lines]


def test_no_number_given_away_is_under_the_threshold(demo_home: Path) -> None:
    """Every commune of the demo: rounding outwards never brings a small number back."""
    reader = Reader(Store(demo_home))
    for code in reader.codes("commune", "epci", "243500550"):
        for line in rows_of(told(demo_home, f"commune:{code}")):
            for name in RANGES:
                if name != "gap_model":
                    assert line[name] is None or line[name] >= threshold()
                    low = line[f"{name}_low"]
                    assert not low or low >= threshold()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "–"),
        (Range(0, 12.9, 14.5), "moins de 20"),
        (Range(24_554, 29_948, 30_177), "environ 29 900 (24 500 à 30 200)"),
        (Range(145, None, 159), "entre 140 et 160"),
        (Range(-42_500, -20_000, -2_500), "environ −20 000 (−43 000 à −2 000)"),
        (Range(-40, None, 60), "entre −40 et 60"),
        (Range(500, 500, 500), "environ 500"),
    ],
)
def test_numbers_are_said_without_false_precision(found: Range | None, words: str) -> None:
    assert plain(said(found, "commune")) == words


@given(st.floats(11, 5e6))
def test_an_axis_of_counts_has_few_round_ticks(top: float) -> None:
    drawn = interval_bars(Caption("x", "t", "d"), [Bar("un", 0, top, None, "")], counts=True)
    labels = [
        int(text.replace("\u202f", "")) for text in re.findall(r">([\d\u202f]+)</text>", drawn)
    ]
    assert 2 <= len(labels) <= 8
    assert labels[0] == 0
    assert labels[-1] >= top
    assert str(labels[1]).rstrip("0") in ("1", "2", "5")
