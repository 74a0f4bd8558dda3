"""Expectations on job-seekers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.figure_checks import check_parts, hidden_cells, refuse_impossible

if TYPE_CHECKING:
    import polars as pl

    from portrea.base.errors import Diagnostic

PARTS = (("jobseekers_abc", "jobseekers_abcde"),)


def check(observations: pl.DataFrame, where: str) -> tuple[Diagnostic, ...]:
    """Return the remarks; raise :class:`DataError` when categories A–C exceed A–E."""
    refuse_impossible(observations, where)
    return (*check_parts(observations, PARTS, where), *hidden_cells(observations))
