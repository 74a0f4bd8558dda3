"""Columns that a census base does not publish but that follow exactly from those it does."""

from __future__ import annotations

import re

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.reading import number

MIXED_UNTIL = 2015
CLEAR_FROM = 2019
"""Years seen in public labels: DIPLMIN is « aucun ou au plus BEPC » in RP 2014 and 2015, « aucun ou
CEP » in RP 2019. Between them the columns that stand beside it decide."""


def prepare(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, list[Diagnostic]]]:
    """Add the made columns (``=NAME_yy``) for each census year; return also the remarks by year."""
    remarks: dict[str, list[Diagnostic]] = {}
    for yy in sorted({m[1] for n in frame.columns if (m := re.match(r"[PC](\d\d)_", n))}):
        made = {**_schooled(frame, yy), **_alone(frame, yy), **_sup(frame, yy)}
        diplomas, remarks[f"20{yy}"] = _no_diploma(frame, yy)
        made |= diplomas
        frame = frame.with_columns(expression.alias(name) for name, expression in made.items())
    return frame, remarks


def _sum(frame: pl.DataFrame, columns: list[str]) -> pl.Expr | None:
    """Sum of columns, null when one cell is; ``None`` when a column is absent."""
    if not set(columns) <= set(frame.columns):
        return None
    total: pl.Expr = pl.lit(0.0)
    for column in columns:
        total = total + number(column)
    return total


def _schooled(frame: pl.DataFrame, yy: str) -> dict[str, pl.Expr]:
    """15 or more, in studies: the published bands 15-17, 18-24, 25-29 and 30 or more."""
    total = _sum(frame, [f"P{yy}_SCOL{band}" for band in ("1517", "1824", "2529", "30P")])
    return {} if total is None else {f"=SCOL15P_{yy}": total}


def _alone(frame: pl.DataFrame, yy: str) -> dict[str, pl.Expr]:
    total = _sum(frame, [f"C{yy}_PMEN_MENHSEUL", f"C{yy}_PMEN_MENFSEUL"])
    return {} if total is None else {f"=ALONE_{yy}": total}


def _sup(frame: pl.DataFrame, yy: str) -> dict[str, pl.Expr]:
    """All higher diplomas, whether published whole (SUP), in two parts or in three.

    Until RP 2013, SUP beside BACP2 is « 2e ou 3e cycle » only: both are added.
    """
    base = f"P{yy}_NSCOL15P_"
    for parts in (["SUP2", "SUP34", "SUP5"], ["BACP2", "SUP"], ["SUP"]):
        total = _sum(frame, [base + part for part in parts])
        if total is not None:
            return {f"=SUP_{yy}": total}
    return {}


def _no_diploma(frame: pl.DataFrame, yy: str) -> tuple[dict[str, pl.Expr], list[Diagnostic]]:
    """Give DIPLMIN its meaning of the year.

    With a BEPC column of the same year beside it, or three higher levels, DIPLMIN is « aucun ou
    CEP »; beside an undivided SUP it mixes the brevet in. Until RP 2013, DIPL0 and CEP are added.
    """
    base, year = f"P{yy}_NSCOL15P_", 2000 + int(yy)
    old = _sum(frame, [base + "DIPL0", base + "CEP"])
    if old is not None:
        return {f"=NODIPLOMA_{yy}": old}, []
    if base + "DIPLMIN" not in frame.columns:
        return {}, []
    clear = base + "BEPC" in frame.columns or base + "SUP5" in frame.columns
    mixed = not clear and (base + "SUP" in frame.columns or year <= MIXED_UNTIL)
    if not clear and not mixed and year < CLEAR_FROM:
        text = f"{base}DIPLMIN ({year}) : rien ne dit si le brevet y est compté ; laissé de côté"
        return {}, [Diagnostic("diplmin-unknown", text)]
    if mixed:
        text = (
            f"{base}DIPLMIN compte aussi le brevet en {year} : autre variable que « sans diplôme »"
        )
        return {f"=NODIPLOMA_OR_BEPC_{yy}": number(base + "DIPLMIN")}, [
            Diagnostic("diplmin-mixed", text)
        ]
    return {f"=NODIPLOMA_{yy}": number(base + "DIPLMIN")}, []
