"""The comparison page's object: finding, drawing, tables, and what it says without data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.needs import indices
from portrea.needs.indices.definitions import criteria
from portrea.sources.store import Store
from portrea.steering.difference import MEASURES, Zones, explain, link, versions
from portrea.steering.figures_scatter import Axis, Point, scatter, ticks
from portrea.steering.figures_style import Caption
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from pathlib import Path

CODES = ("35001", "35002", "35003", "35004", "35005")
AGED = (0.5, 0.2, 0.3, 0.25, 0.1)
"""Against the shares of the miniature country: the youngest commune has the highest share."""


def made_reader(store: Store, home: Path, **columns: tuple[float, ...]) -> Reader:
    """Copy the miniature computation and add the tables of the indices."""
    current = store.current()
    assert current is not None
    table = pl.DataFrame(
        {
            "code": CODES,
            "population": [1000.0] * 5,
            "epci": ["243500618"] * 3 + ["200038990"] * 2,
            "departement": ["35"] * 5,
            "region": ["53"] * 5,
            **columns,
        }
    )
    blanks = [name for name in criteria() if name not in columns]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in blanks)
    years = [
        pl.lit("2021" if name in columns else None, pl.String).alias(f"{name}_vintage")
        for name in criteria()
    ]
    table = table.with_columns(years)
    scores = indices.index_table(table)
    estimates = current.table("estimates")
    tables = {
        name: current.table(name) for name in ("territories", "estimates", "reach", "places")
    } | {
        "indices": scores,
        "agreement": indices.compare(estimates, scores, measures=MEASURES),
        "criteria": indices.criteria_summary(table),
    }
    other = Store(home)
    other.switch_to(other.write_computation({"datasets": []}, tables))
    return Reader(other)


@pytest.fixture
def full(mini_store: Store, tmp_path: Path) -> Reader:
    names = ("aged", "low_diploma", "single", "thd", "poverty", "mobile")
    return made_reader(mini_store, tmp_path / "full", **dict.fromkeys(names, AGED))


@pytest.fixture
def bare(mini_store: Store, tmp_path: Path) -> Reader:
    return made_reader(mini_store, tmp_path / "bare", aged=AGED)


def test_an_opposite_order_is_said_and_drawn(full: Reader) -> None:
    """Ranks of the shares 1 3 4 2 5, of the index 5 2 4 3 1: 1 - 6*34/120 = -0.7."""
    zones = Zones("commune", CODES, "35005")
    found = explain(full, zones, measure="a1", version="v3")
    assert "corrélation des rangs −0,70" in found.finding
    assert "à l’envers" in found.finding
    assert found.figure is not None
    assert found.figure.svg.count("<circle") == 4
    assert ">Muel</text>" in found.figure.svg
    assert found.gaps is not None
    assert len(found.gaps.rows) == 5
    strong = [row[0].text for row in found.gaps.rows if row[0].strong]
    assert strong == ["Muel"]


def test_the_table_says_what_the_drawing_says(full: Reader) -> None:
    """Muel, least of five: tenth 1 of four criteria, tenth 9 of the antennas: (4*1 + 9)/5 = 2.6."""
    found = explain(full, Zones("commune", CODES), measure="a1", version="v3")
    assert found.figure is not None
    assert found.gaps is not None
    assert found.figure.table == found.gaps.id
    row = next(row for row in found.gaps.rows if row[0].territory == "commune:35005")
    assert "".join(row[1].text.split()) == "24–36%", "an interval, as everywhere"
    assert [cell.text for cell in row[2:5]] == ["2,6", "1", "5"]
    assert row[5].text.startswith("l’indice la dit moins fragile : ")


def test_without_enough_figures_nothing_is_shown_for_sure(bare: Reader) -> None:
    found = explain(bare, Zones("commune", CODES), measure="a1", version="v1")
    assert found.figure is None
    assert found.gaps is None
    assert "ne peut pas être calculé ici" in found.finding
    texts = [cell.text for row in found.recipe.rows for cell in row]
    assert "aucune donnée chargée" in texts
    assert "2021" in texts


@pytest.mark.parametrize("version", [version for version, _ in versions()])
@pytest.mark.parametrize("measure", MEASURES)
def test_every_choice_answers(full: Reader, measure: str, version: str) -> None:
    """B and C are unknown in the miniature country: no drawing, no failure."""
    found = explain(full, Zones("epci", ("243500618",)), measure=measure, version=version)
    assert found.finding
    assert sum(row[1].value or 0 for row in found.recipe.rows) == pytest.approx(1)


def test_links_in_words() -> None:
    assert link(0.9) == "un lien fort"
    assert link(-0.9) == "un lien fort, à l’envers"
    assert link(0.1) == link(-0.1) == "presque aucun lien"


NUMBERS = st.lists(
    st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 3)), min_size=1, max_size=20
)


@given(NUMBERS)
def test_ticks_enclose_the_values(values: list[float]) -> None:
    marks = ticks(values)
    assert 2 <= len(marks) <= 9
    assert marks[0] <= min(values) + 1e-6 * max(1, abs(min(values)))
    assert marks[-1] >= max(values) - 1e-6 * max(1, abs(max(values)))


def test_a_drawing_is_well_formed_whatever_the_names() -> None:
    points = [Point('L\'Haÿ <&> "x"', 0.1, 5.0, strong=True), Point("b", 0.1, 5.0)]
    drawing = scatter(Caption("x", "T", "D"), points, Axis("a", str), Axis("b", str))
    root = ElementTree.fromstring(drawing)
    assert root.get("role") == "img"
    assert len(root.findall(".//{*}title")) == 3
