"""Tables that people write themselves: guessed headers, mended codes, faults told row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.csv_rows import csv_rows
from portrea.base.errors import DataError, Diagnostic
from portrea.sources.figures import MARKS
from portrea.sources.peek import decode_windows, open_binary
from portrea.sources.reading import read_table, unpacked
from portrea.territory.codes import Level, valid
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.sources.source import Peek

LEVELS = {
    "iris": "iris",
    "commune": "commune",
    "com": "commune",
    "epci": "epci",
    "intercommunalite": "epci",
    "departement": "departement",
    "dep": "departement",
    "region": "region",
    "reg": "region",
    "france": "france",
    "qpv": "qpv",
    "quartier prioritaire": "qpv",
}
"""Word of a level, without accent or plural → our level."""
WIDTHS = {"iris": 9, "commune": 5, "departement": 2, "region": 2}
"""Codes that begin with a zero a spreadsheet may have removed."""
TOTALS = r"(?i)^\s*(sous[ -])?(total|totaux|ensemble|somme)\b"
MOST_TOLD = 200


class RefusedRowsError(DataError):
    """Rows of a user's file are refused; ``table`` holds them as written, with their reasons."""

    def __init__(self, message: str, *, table: pl.DataFrame, **more: object) -> None:
        super().__init__(message, **more)  # type: ignore[arg-type]
        self.table = table


@dataclass(frozen=True, slots=True)
class HandTable:
    """The rows as text: ``line`` of the file, ``width`` in cells, one column per role found."""

    frame: pl.DataFrame
    width: int
    names: Mapping[str, str]


def find_roles(columns: Sequence[str], words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return role → column, for the columns called by one of the role's words."""
    found: dict[str, str] = {}
    for role, names in words.items():
        wanted = [normalise(name) for name in names]
        seen = {normalise(column): column for column in reversed(columns)}
        match = next((seen[name] for name in wanted if name in seen), None)
        if match is not None and match not in found.values():
            found[role] = match
    return found


def read_hand_table(peek: Peek, roles: Mapping[str, str]) -> HandTable:
    """Read every row as text, with its line number in the file; empty rows are left out."""
    rows = _csv_rows(peek) if peek.container == "csv" else _sheet_rows(peek)
    places = {role: peek.columns.index(column) for role, column in roles.items()}
    columns = {
        role: [row[place].strip() if place < len(row) else "" for _, row in rows]
        for role, place in places.items()
    }
    frame = pl.DataFrame(
        {"line": [line for line, _ in rows], "cells": [len(row) for _, row in rows], **columns},
        schema={"line": pl.Int64, "cells": pl.Int64, **dict.fromkeys(places, pl.String)},
    )
    if not frame.height:
        raise DataError(
            f"Le fichier {peek.name} ne contient aucune ligne de données.",
            remedy="Écrivez une ligne par zone et par variable sous l’en-tête.",
        )
    blank = [pl.when(pl.col(role) != "").then(pl.col(role)).alias(role) for role in places]
    return HandTable(frame.with_columns(blank), len(peek.columns), dict(roles))


def _csv_rows(peek: Peek) -> list[tuple[int, list[str]]]:
    with unpacked(peek.path, peek.member) as plain, open_binary(plain) as stream:
        content = stream.read()
    try:
        text = content.decode(peek.encoding)
    except UnicodeDecodeError:
        text = decode_windows(content)
    rows = list(csv_rows(text, peek.separator or ","))
    header = next(i for i, (_, row) in enumerate(rows) if _names(row) == peek.columns)
    return [(line, row) for line, row in rows[header + 1 :] if any(cell.strip() for cell in row)]


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row)


def _sheet_rows(peek: Peek) -> list[tuple[int, list[str]]]:
    frame = read_table(peek).select(list(peek.columns)).fill_null("")
    start = peek.skip + 2
    texts = frame.with_columns(pl.all().cast(pl.String))
    return [(start + rank, list(row)) for rank, row in enumerate(texts.iter_rows())]


# -- columns ---------------------------------------------------------------------------------------


def with_level(frame: pl.DataFrame, column: str | None, usual: str | None) -> pl.DataFrame:
    """Add ``level`` from a column of words, or the usual one of a file that has no such column."""
    if column is None:
        return frame.with_columns(level=pl.lit(usual, pl.String))
    known = {word: _level(word) for word in frame[column].drop_nulls().unique()}
    return frame.with_columns(
        level=pl.col(column).replace_strict(known, default=None, return_dtype=pl.String)
    )


def _level(word: str) -> str | None:
    plain = normalise(word)
    return LEVELS.get(plain) or LEVELS.get(" ".join(part.rstrip("s") for part in plain.split()))


def with_code(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add ``zone`` (the code, lost zeros put back) and ``mended``; null where it is no code."""
    texts = frame.select("level", raw=pl.col(column).str.to_uppercase()).unique().drop_nulls()
    pairs = [(level, raw, _code(level, raw)) for level, raw in texts.iter_rows()]
    table = pl.DataFrame(
        pairs, schema={"level": pl.String, "_raw": pl.String, "zone": pl.String}, orient="row"
    )
    joined = frame.with_columns(_raw=pl.col(column).str.to_uppercase()).join(
        table, on=["level", "_raw"], how="left", maintain_order="left"
    )
    mended = pl.col("zone").is_not_null() & (pl.col("zone") != pl.col("_raw"))
    return joined.with_columns(mended=mended).drop("_raw")


def _code(level: str, raw: str) -> str | None:
    if level == "france":
        return "FR"
    width = WIDTHS.get(level, 0)
    code = raw.zfill(width) if len(raw) == width - 1 and raw.isascii() else raw
    return code if valid(level, code) else None


def with_number(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add ``number``, ``percent`` (written with its sign) and ``status`` (null: not a number)."""
    text = pl.col(column).str.replace_all(r"[\s\u00a0\u202f]", "")
    percent = text.str.ends_with("%")
    plain = text.str.strip_suffix("%").str.replace(",", ".", literal=True)
    number = plain.cast(pl.Float64, strict=False)
    number = pl.when(number.is_finite()).then(number)
    mark = text.str.to_lowercase().replace_strict(MARKS, default=None, return_dtype=pl.String)
    status = (
        pl.when(pl.col("number").is_not_null())
        .then(pl.lit("ok"))
        .when(pl.col(column).is_null())
        .then(pl.lit("missing"))
        .otherwise(mark)
    )
    divided = pl.when(percent).then(number / 100).otherwise(number)
    return frame.with_columns(number=divided, percent=percent.fill_null(False)).with_columns(
        status=status
    )


def is_total(*columns: str) -> pl.Expr:
    """Tell the rows of totals by a word in one of the columns."""
    return pl.any_horizontal(pl.col(c).str.contains(TOTALS).fill_null(False) for c in columns)


# -- faults ----------------------------------------------------------------------------------------


def code_fault(column: str) -> pl.Expr:
    """Say why a code is refused, null when it is right (columns of :func:`with_code`)."""
    labels = {level.value: level.label for level in Level}
    name = pl.col("level").replace_strict(labels, default="zone", return_dtype=pl.String)
    return (
        pl.when(pl.col(column).is_null())
        .then(pl.lit("le code de la zone manque"))
        .when(pl.col("level").is_not_null() & pl.col("zone").is_null())
        .then(pl.format("« {} » n’est pas un code de {}", pl.col(column), name))
    )


def refuse_rows(
    table: HandTable, frame: pl.DataFrame, faults: Sequence[pl.Expr], where: str
) -> None:
    """Raise :class:`RefusedRowsError` when a row has a fault: one message per row, nothing kept."""
    short = pl.col("cells") != table.width
    ragged = pl.when(short).then(
        pl.format("{} cases au lieu de {}", pl.col("cells"), pl.lit(table.width))
    )
    reasons = pl.concat_str([ragged, *faults], separator=" ; ", ignore_nulls=True)
    told = frame.with_columns(motif=reasons).with_columns(
        motif=pl.when(short).then(ragged).otherwise(pl.col("motif"))
    )
    bad = told.filter(pl.col("motif") != "").sort("line")
    if not bad.height:
        return
    diagnostics = tuple(
        Diagnostic("row", motif, row=line)
        for line, motif in bad.select("line", "motif").head(MOST_TOLD).iter_rows()
    )
    written = bad.select(
        pl.col("line").alias("ligne"),
        *(pl.col(role).alias(name) for role, name in table.names.items()),
        "motif",
    )
    raise RefusedRowsError(
        f"Le fichier {where} est refusé : {bad.height} ligne(s) sur {frame.height} à corriger."
        " Rien n’a été chargé.",
        table=written,
        diagnostics=diagnostics,
        remedy="Corrigez ces lignes dans votre fichier, puis recommencez.",
    )
