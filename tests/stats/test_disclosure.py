from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import SecrecyError
from portrea.stats.disclosure import (
    DEFAULT_RULES,
    hidden,
    refuse_finer,
    round_for_display,
    withheld,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/disclosure.yaml").read_text("utf-8")
)
PARTS = {"code": pl.String, "commune": pl.String, "kind": pl.String, "persons": pl.Float64}


def test_rounding_cases():
    frame = pl.DataFrame(CASES["rounding"])
    got = frame.select(round_for_display(pl.col("n"), pl.col("level")))["n"]
    assert got.to_list() == frame["shown"].to_list()


def test_hidden_cases():
    frame = pl.DataFrame(CASES["hidden"]).with_columns(level=pl.lit("iris"))
    got = frame.select(x=hidden(pl.col("level"), pl.col("kind"), pl.col("persons_15_plus")))["x"]
    assert got.to_list() == frame["hidden"].to_list()


def test_a_commune_is_never_hidden():
    frame = pl.DataFrame({"level": ["commune"], "kind": [None], "p": [12.0]}).cast(
        {"kind": pl.String}
    )
    assert frame.select(x=hidden(pl.col("level"), pl.col("kind"), pl.col("p")))["x"].item() is False


# -- complementary: nothing to find by subtraction from the commune --------------------------------


def parts_of(rows: list[dict], commune: str | None = "35001") -> pl.DataFrame:
    return pl.DataFrame([{"commune": commune, **row} for row in rows], schema=PARTS)


@pytest.mark.parametrize("case", CASES["withheld"], ids=lambda case: case["name"])
def test_withheld_cases(case):
    found = withheld(parts_of(case["parts"]))
    assert sorted(found.filter("hidden")["code"]) == case["hidden"]


def test_communes_do_not_protect_one_another():
    sizes = {"x": (50, 400, 900), "y": (60, 500, 700)}
    rows = [
        {"code": f"{commune}{i}", "commune": commune, "kind": "H", "persons": persons}
        for commune, inside in sizes.items()
        for i, persons in enumerate(inside)
    ]
    found = withheld(pl.DataFrame(rows, schema=PARTS))
    assert found.filter("hidden")["code"].to_list() == ["x0", "x1", "y0", "y1"]
    assert found["rest"].to_list() == [450] * 3 + [560] * 3


def test_without_a_known_commune_nothing_is_subtracted():
    rows = [{"code": "a", "kind": "H", "persons": 50}, {"code": "b", "kind": "H", "persons": 500}]
    assert withheld(parts_of(rows, None)).filter("hidden")["code"].to_list() == ["a"]


def test_what_is_given_comes_back_as_it_was():
    rows = [
        {"code": "b", "kind": None, "persons": None},
        {"code": "a", "kind": "H", "persons": 300},
        {"code": "c", "kind": "H", "persons": 700},
    ]
    found = withheld(parts_of(rows))
    assert found.columns == ["code", "commune", "kind", "persons", "primary", "hidden", "rest"]
    assert found["persons"].to_list() == [None, 300, 700]
    assert found["hidden"].to_list() == [True, True, False]
    assert found["rest"].to_list() == [300, 300, 300]


def test_other_rules_may_be_asked():
    rows = [{"code": c, "kind": "H", "persons": n} for c, n in (("a", 90), ("b", 30), ("c", 60))]
    rules = replace(DEFAULT_RULES, least_persons=40, rest_persons=80)
    assert withheld(parts_of(rows), rules=rules)["hidden"].to_list() == [False, True, True]
    rules = replace(DEFAULT_RULES, least_persons=30)
    assert withheld(parts_of(rows), rules=rules)["hidden"].to_list() == [False] * 3


KINDS = st.sampled_from(["H", "A", "D", "Z"])
PEOPLE = st.integers(0, 900)


@given(
    st.lists(st.tuples(KINDS, PEOPLE), min_size=1, max_size=9), st.randoms(use_true_random=False)
)
def test_the_rest_of_a_commune_is_always_a_publishable_zone(rows, chance):
    """Property: the rule holds, hides no more than needed, whatever the order of the rows."""
    frame = parts_of([{"code": f"i{i}", "kind": k, "persons": p} for i, (k, p) in enumerate(rows)])
    order = list(range(len(rows)))
    chance.shuffle(order)
    found = withheld(frame)
    assert found["code"].to_list() == frame["code"].to_list()
    shuffled = withheld(frame[order]).sort("code")
    assert shuffled["hidden"].to_list() == found.sort("code")["hidden"].to_list()
    concealed = found.filter(pl.col("hidden") & (pl.col("persons") > 0))
    if found.filter(pl.col("primary") & (pl.col("persons") > 0)).is_empty():
        assert found["hidden"].to_list() == found["primary"].to_list()
        return
    shown = found.filter(~pl.col("hidden") & (pl.col("persons") > 0))
    enough = concealed.height >= 2 and concealed["persons"].sum() >= DEFAULT_RULES.rest_persons
    assert enough or shown.is_empty()
    added = concealed.filter(~pl.col("primary")).sort("persons", "code")
    if added.height:  # without the last one added, the rule was broken
        before = concealed.filter(pl.col("code") != added["code"][-1])
        assert before.height < 2 or before["persons"].sum() < DEFAULT_RULES.rest_persons
        assert shown.is_empty() or shown["persons"].min() >= added["persons"].max()


# -- input guard -----------------------------------------------------------------------------------


def test_figures_finer_than_their_source_are_refused():
    figures = pl.DataFrame(
        {"source": ["caf", "insee"], "level": ["iris", "iris"], "code": ["1", "2"]}
    )
    assert refuse_finer(figures, {"insee": "iris"}).height == 2
    with pytest.raises(
        SecrecyError, match="« caf » ne peuvent pas être redonnés au niveau « iris »"
    ) as refused:
        refuse_finer(figures, {"insee": "commune", "caf": "commune"})  # the first by name
    assert refused.value.remedy == "Demandez le niveau « commune » ou un niveau plus large."
    quarter = figures.with_columns(level=pl.lit("qpv"))
    with pytest.raises(SecrecyError, match="à partir du niveau « commune »"):
        refuse_finer(quarter, {"caf": "commune"})
