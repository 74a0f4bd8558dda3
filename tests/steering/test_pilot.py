"""The pilot territory: both axes from the embedded data, published figures beside, never inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.sources.store import Store
from portrea.steering.portrait import compose
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.steering.document import Portrait

pytestmark = pytest.mark.slow
SAINT_MEEN = "epci:200038990"
EPCI = ("epci:243500618", SAINT_MEEN, "epci:243500550")


@pytest.fixture(scope="module")
def reader(demo_home: Path) -> Reader:
    return Reader(Store(demo_home))


def portrait_of(reader: Reader, key: str) -> Portrait:
    return compose(Subject.of(reader, reader.gazetteer.resolve(key)))


def published(portrait: Portrait) -> list[list[str]]:
    section = portrait.section("publie")
    assert section is not None
    cells = [[cell.text for cell in row] for row in section.tables[0].rows]
    return [[t.replace("\u202f", " ").replace("\u00a0", " ") for t in row] for row in cells]


@pytest.mark.parametrize("key", EPCI)
def test_both_axes_are_shown(reader: Reader, key: str) -> None:
    level, code = key.split(":")
    for measure in ("a1", "a2", "b", "c"):
        found = reader.estimate(level, code, measure)
        assert found is not None
        assert found.available, measure
        assert found.count.low < found.count.value < found.count.high


def test_33_communes(reader: Reader) -> None:
    codes = [c for key in EPCI for c in reader.members("commune", "epci", key.split(":")[1])]
    assert len(codes) == 33


def test_published_figures_stand_beside_ours_with_reasons(reader: Reader) -> None:
    """30 % and 465 places for the three; 37 % for Saint-Méen Montauban; our own in each row."""
    three = portrait_of(reader, ",".join(EPCI))
    rows = published(three)
    assert {"30 %", "465"} <= {cell.removesuffix(" lieux") for row in rows for cell in row}
    alone = published(portrait_of(reader, SAINT_MEEN))
    assert "37 %" in {cell for row in alone for cell in row}
    for row in (*rows, *alone):
        assert len(set(row[1:3])) == 2, "ours is not a copy of theirs"
    section = three.section("publie")
    assert section is not None
    assert any("indépendants" in reason for reason in section.paragraphs)
