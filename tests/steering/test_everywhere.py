"""Every EPCI has its portrait on the embedded data (benchmarks/everywhere.py: all France)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.sources.store import Store
from portrea.steering.opendata import to_json
from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import compose
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.steering.document import Portrait

pytestmark = pytest.mark.slow
EPCI_OF_ILLE_ET_VILAINE = 18
"""Seated in the département (COG 2025); those seated elsewhere come with their communes."""
PRINTED = ("243500139", "243500550", "243500618", "200038990", "243500782")


@pytest.fixture(scope="module")
def reader(demo_home: Path) -> Reader:
    return Reader(Store(demo_home))


def portrait_of(reader: Reader, key: str) -> Portrait:
    return compose(Subject.of(reader, reader.gazetteer.resolve(key)))


def test_every_loaded_epci_is_composed(reader: Reader) -> None:
    """A headline with an interval, every section that needs no further file, no empty cell."""
    codes = reader.gazetteer.table.filter(level="epci")["code"].to_list()
    assert len(codes) >= EPCI_OF_ILLE_ET_VILAINE
    said = set()
    for code in codes:
        portrait = portrait_of(reader, f"epci:{code}")
        number = portrait.headline.numbers[0]
        assert 0 < number.low < number.high, code
        assert {"besoins", "comparaison", "offre", "zones"} <= {s.id for s in portrait.sections}
        assert all(cell.text for t in portrait.tables() for row in t.rows for cell in row), code
        assert to_json(portrait)
        said.add(portrait.headline.text)
    assert len(said) == len(codes), "each says its own number"


@pytest.mark.parametrize("code", PRINTED)
def test_epci_is_printed(reader: Reader, code: str) -> None:
    assert portrait_pdf(portrait_of(reader, f"epci:{code}")).startswith(b"%PDF-")


@pytest.mark.parametrize("key", ["departement:35", "region:53", "france"])
def test_wider_territories_are_composed_and_printed(reader: Reader, key: str) -> None:
    portrait = portrait_of(reader, key)
    assert 0 < portrait.headline.numbers[0].low < portrait.headline.numbers[0].high
    assert portrait_pdf(portrait).startswith(b"%PDF-")
