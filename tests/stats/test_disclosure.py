from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml

from portrea.stats.disclosure import hidden, round_for_display

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/disclosure.yaml").read_text("utf-8")
)


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
