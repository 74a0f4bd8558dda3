"""The declared table refuses what it should, in French, and never alters the data."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.base.tables import Column, Table

TABLE = Table(
    "essai",
    (
        Column("code", pl.String, "code"),
        Column("kind", pl.String, "type", allowed=("a", "b")),
        Column("persons", pl.Float64, "personnes", nullable=True, low=0, high=10),
    ),
    key=("code",),
)
GOOD = pl.DataFrame({"code": ["1", "2"], "kind": ["a", "b"], "persons": [0.0, None]})


def test_a_good_table_is_returned_as_it_is() -> None:
    assert TABLE.check(GOOD).equals(GOOD)


def test_conform_adds_absent_nullable_columns_and_casts() -> None:
    frame = TABLE.conform(pl.DataFrame({"kind": ["a"], "code": ["1"]}))
    assert frame.columns == ["code", "kind", "persons"]
    assert frame.schema["persons"] == pl.Float64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": ["1", "1"]}, "ligne en double"),
        ({"code": ["1", None]}, "1 valeur(s) manquante(s)"),
        ({"kind": ["a", "c"]}, "valeur hors de la liste"),
        ({"persons": [-1.0, 2.0]}, "inférieure à 0"),
        ({"persons": [11.0, 2.0]}, "supérieure à 10"),
    ],
)
def test_each_fault_is_named_with_its_column(change: dict[str, list[object]], words: str) -> None:
    faulty = GOOD.with_columns(pl.Series(name, values) for name, values in change.items())
    with pytest.raises(DataError) as caught:
        TABLE.check(faulty)
    assert words in caught.value.render()
    assert next(iter(change)) in caught.value.render()


def test_an_absent_column_is_named() -> None:
    with pytest.raises(DataError, match="colonnes absentes : code"):
        TABLE.check(GOOD.drop("code"))


def test_a_text_in_a_number_column_is_refused() -> None:
    with pytest.raises(DataError, match="n’a pas le type attendu"):
        TABLE.conform(GOOD.with_columns(persons=pl.Series(["x", "y"])))


@given(st.permutations([0, 1, 2]))
def test_row_order_does_not_matter(order: list[int]) -> None:
    frame = pl.DataFrame({"code": ["1", "2", "2"], "kind": ["a", "b", "c"], "persons": [1, 2, 3]})
    messages = []
    for rows in (frame, frame[order]):
        with pytest.raises(DataError) as caught:
            TABLE.conform(rows)
        messages.append(caught.value.render())
    assert messages[0] == messages[1]
