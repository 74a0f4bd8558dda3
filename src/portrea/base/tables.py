"""Declare a table once (columns, types, key, allowed values) and check it at a room's door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    ``unit`` is written when the column is not a count of persons; ``allowed`` closes the list of
    values; ``low`` and ``high`` bound numbers (inclusive).
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table: its name, its columns in order, and the columns that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column names and polars types, in the declared order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame, *, where: str = "") -> pl.DataFrame:
        """Add absent nullable columns, cast, put the columns in order, then :meth:`check`."""
        absent = [c for c in self.columns if c.name not in frame.columns and c.nullable]
        frame = frame.with_columns(pl.lit(None, dtype=c.dtype).alias(c.name) for c in absent)
        self._check_columns(frame, where)
        try:
            frame = frame.select(pl.col(c.name).cast(c.dtype) for c in self.columns)
        except pl.exceptions.InvalidOperationError as error:
            raise DataError(
                f"Table « {self.name} »{_of(where)} : une valeur n’a pas le type attendu. {error}"
            ) from error
        return self.check(frame, where=where)

    def check(self, frame: pl.DataFrame, *, where: str = "") -> pl.DataFrame:
        """Return ``frame`` unchanged, or raise :class:`DataError` naming the first faulty rows."""
        self._check_columns(frame, where)
        faults = [fault for column in self.columns for fault in _column_faults(column, frame)]
        faults += self._key_faults(frame)
        if faults:
            raise DataError(
                f"La table « {self.name} »{_of(where)} ne respecte pas sa définition.",
                diagnostics=tuple(faults),
                remedy="Corrigez le fichier d’origine, puis chargez-le de nouveau.",
            )
        return frame

    def _check_columns(self, frame: pl.DataFrame, where: str) -> None:
        missing = [c.name for c in self.columns if c.name not in frame.columns]
        if missing:
            raise DataError(
                f"Table « {self.name} »{_of(where)} : colonnes absentes : {', '.join(missing)}.",
                remedy=f"Colonnes attendues : {', '.join(self.schema)}.",
            )

    def _key_faults(self, frame: pl.DataFrame) -> Iterable[Diagnostic]:
        if not self.key:
            return
        repeated = frame.group_by(self.key).len().filter(pl.col("len") > 1).sort(self.key)
        for row in repeated.head(5).iter_rows(named=True):
            value = ", ".join(str(row[name]) for name in self.key)
            yield Diagnostic(
                "repeated-key", "ligne en double", field="+".join(self.key), value=value
            )


def _of(where: str) -> str:
    return f" ({where})" if where else ""


def _column_faults(column: Column, frame: pl.DataFrame) -> Iterable[Diagnostic]:
    values = frame.get_column(column.name)
    if not column.nullable and values.null_count():
        yield Diagnostic(
            "missing-value", f"{values.null_count()} valeur(s) manquante(s)", field=column.name
        )
    if column.allowed is not None:
        strange = values.drop_nulls().cast(pl.String).unique().sort()
        for value in strange.filter(~strange.is_in(list(column.allowed))).head(5):
            yield Diagnostic(
                "not-allowed", "valeur hors de la liste", field=column.name, value=value
            )
    if column.low is not None:
        yield from _bound_faults(
            column, values.filter(values < column.low), f"inférieure à {column.low}"
        )
    if column.high is not None:
        yield from _bound_faults(
            column, values.filter(values > column.high), f"supérieure à {column.high}"
        )


def _bound_faults(column: Column, faulty: pl.Series, words: str) -> Iterable[Diagnostic]:
    if faulty.len():
        yield Diagnostic(
            "out-of-bounds",
            f"{faulty.len()} valeur(s) {words}",
            field=column.name,
            value=str(faulty[0]),
        )
