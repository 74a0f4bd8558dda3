"""Which situations a place covers: cases, rules that say why, and the vector form."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.vocab.situations import Situation, rules, situations_of, with_situations

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/vocab/situations.yaml").read_text("utf-8")
)["cases"]
GIVEN = ("kind", "services", "programmes", "access_modes")


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_cases(case):
    given = {name: case[name] for name in GIVEN if name in case}
    assert [str(s) for s in situations_of(**given)] == case["expected"]


def test_the_vector_form_says_the_same():
    rows = [{name: case.get(name) for name in GIVEN} for case in CASES]
    lists = dict.fromkeys(GIVEN[1:], pl.List(pl.String))
    frame = pl.DataFrame(rows, schema={"kind": pl.String, **lists})
    assert with_situations(frame)["situations"].to_list() == [c["expected"] for c in CASES]


def test_every_rule_has_a_reason_and_says_whether_it_is_assumed():
    path = Path(__file__).parents[2] / "src/portrea/vocab/situations.yaml"
    raw = yaml.safe_load(path.read_text("utf-8"))
    for family in ("services", "programmes", "typologies"):
        for name, card in raw[family].items():
            assert card["raison"].endswith("."), name
            assert ("source" in card) != (card.get("hypothese") is True), name
    assert rules().typologies["MUNI"].assumed


def test_every_situation_has_everyday_words():
    assert all(situation.label for situation in Situation)
