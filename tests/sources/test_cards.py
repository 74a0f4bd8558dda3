"""Catalogue entries of benefits, incomes and outlines, and the cards made from them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pytest

from portrea.base.errors import ParameterError
from portrea.sources.cards import card
from portrea.sources.catalogue import catalogue
from portrea.sources.peek import readable
from portrea.sources.recognise import sources
from portrea.vocab.tables import LEVELS, OVERLAYS


def test_card_carries_the_entry() -> None:
    made = card("caf-iris", "2021")
    assert made.source == "caf"
    assert made.vintage == "2021"
    assert made.producer == "CNAF, diffusé par l’INSEE"
    assert not made.verified
    assert made.geography is None


def test_unknown_dataset_is_refused() -> None:
    with pytest.raises(ParameterError, match="caf-quartier"):
        card("caf-quartier", "2021")


def test_what_is_fetched_can_be_read() -> None:
    """The downloaded file must bear a name whose extension the loader knows."""
    for known in catalogue().values():
        if known.url:
            name = known.file_name or PurePosixPath(urlsplit(known.url).path).name
            assert readable(Path(name)), known.id


def test_every_entry_has_a_reader_and_official_levels() -> None:
    for known in catalogue().values():
        assert known.embedded or known.source in sources(), known.id
        assert set(known.levels) <= {*LEVELS, *OVERLAYS, "canton_ou_ville"} or not known.levels
