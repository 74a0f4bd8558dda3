"""The catalogue: complete both ways, and honest about what was not seen."""

from __future__ import annotations

import re

import pytest

from portrea.base.errors import ParameterError
from portrea.sources.catalogue import catalogue, entry, nearest
from portrea.sources.recognise import packages
from portrea.vocab.tables import LEVELS, OVERLAYS


def test_every_source_has_an_entry_and_vice_versa() -> None:
    assert {known.source for known in catalogue().values()} == set(packages())


@pytest.mark.parametrize("known", catalogue().values(), ids=lambda known: known.id)
def test_entry_is_complete_and_honest(known) -> None:
    assert known.title
    assert known.producer
    assert known.layout
    assert set(known.levels) <= {*LEVELS, *OVERLAYS, "canton_ou_ville"}
    assert set(known.measures) <= {"a1", "a2", "b", "c"}
    for address in (known.page, known.url):
        assert address is None or re.fullmatch(r"https://\S+", address)
    assert known.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", known.sha256)
    if known.sha256:
        assert known.url, "a checksum without the file it is of"


def test_unknown_entry_suggests_names() -> None:
    with pytest.raises(ParameterError, match="Source inconnue") as caught:
        entry("insee-rp-iris-diplome")
    assert "insee-rp-iris-diplomes" in caught.value.render()


def test_nearest_layout_ignores_the_year() -> None:
    found = nearest(["P13_NSCOL15P_DIPLMIN", "P13_NSCOL15P", "AUTRE"])
    assert found[0].id in {"insee-rp-iris-diplomes", "insee-rp-communes-diplomes"}
    assert nearest(["zz", "qq"]) == []
