"""The national catalogue, and a difficulty as it is told, against cases worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.catalogue import entry, national, themes
from portrea.action.difficulties import check_told, kept_codes, safe_beside, words
from portrea.base.errors import DataError, ParameterError
from portrea.stats.disclosure import rule

FOLDER = Path(__file__).parents[1] / "cases/action"
CATALOGUE = yaml.safe_load((FOLDER / "catalogue.yaml").read_text("utf-8"))
TELLING = yaml.safe_load((FOLDER / "telling.yaml").read_text("utf-8"))
TABLE = {"sources": {"orientation": "x"}, "pages": "https://a/", "checked": date(2026, 11, 22)}


def test_every_procedure_says_where_it_comes_from() -> None:
    found = national()
    assert len({(one.name, one.body) for one in found}) == len(found) > 70
    for one in found:
        assert one.source
        assert one.checked <= date(2026, 11, 23)
        assert one.theme in {"", *themes()}
        assert one.link == "" or one.link.startswith("https://www.service-public.fr/")


@pytest.mark.parametrize("case", CATALOGUE["refused"], ids=lambda case: case["told"])
def test_a_faulty_line_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=case["told"]):
        entry("essai", case["card"], TABLE)


@pytest.mark.parametrize("case", TELLING["taken"])
def test_what_is_taken(case: dict[str, Any]) -> None:
    check_told(severity=case["severity"], day=case["day"], today=TELLING["today"])
    assert list(kept_codes(case["codes"])) == case["kept"]


@pytest.mark.parametrize("case", TELLING["refused"], ids=lambda case: case["told"])
def test_what_is_refused(case: dict[str, Any]) -> None:
    def told() -> None:
        kept_codes(case["codes"])
        check_told(severity=case["severity"], day=case["day"], today=TELLING["today"])

    with pytest.raises(ParameterError, match=case["told"]):
        told()


@pytest.mark.parametrize("case", TELLING["beside"])
def test_counts_side_by_side(case: dict[str, Any]) -> None:
    assert safe_beside(case["count"], case["published"]) is case["safe"]


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_two_counts_published_in_turn_tell_a_small_one(counts: list[int]) -> None:
    told: list[int] = []
    for count in counts:
        if safe_beside(count, told):
            told.append(count)
    least = int(rule("threshold"))
    gaps = {abs(one - other) for one in told for other in told} - {0}
    assert min([*told, *gaps], default=least) >= least


def test_each_code_has_a_suggestion() -> None:
    assert set(words()["suggestions"]) == set(words()["codes"])
