"""Rows of CSV texts, whatever ends their lines; what is none is refused in French."""

from __future__ import annotations

import csv
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.csv_rows import csv_rows
from portrea.base.errors import DataError, PortreaError
from portrea.sources.peek import peek
from portrea.surveys.coding import read_codebook
from portrea.web.surveys.services.invitations import read_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 131_072
HUGE = "a" * (LIMIT + 1)


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """The usual longest cell, which reading a list makes longer for the whole process."""
    before = csv.field_size_limit(LIMIT)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(end: str) -> None:
    text = end.join(["code;thème", "a;Attente", "", '"b;c";Coût'])
    assert list(csv_rows(text, ";")) == [
        (1, ["code", "thème"]), (2, ["a", "Attente"]), (3, []), (4, ["b;c", "Coût"]),
    ]  # fmt: skip


def test_a_cell_without_end_is_said_with_its_line() -> None:
    with pytest.raises(DataError, match=r"Ligne 2 .*guillemet") as error:
        list(csv_rows(f'a;b\n"{HUGE};c', ";"))
    assert "guillemet" in error.value.remedy


@given(st.text(st.sampled_from('a;,"\r\n\t \x00é'), max_size=60))
def test_nothing_else_is_raised(text: str) -> None:
    for read in (read_codebook, read_list):
        with suppress(PortreaError):
            read(text)


def test_old_line_ends_are_read_by_those_who_read_lists() -> None:
    assert [one.label for one in read_codebook("code;thème\ra;Attente\r")] == ["Attente"]
    assert [one.label for one in read_list("CCAS;mairie\rPoste;\r")] == ["CCAS", "Poste"]


def test_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "effectifs.csv"
    path.write_text(f'code;effectif\n35188;"{HUGE}', "utf-8")
    with pytest.raises(DataError, match="Ligne 2"):
        peek(path)
