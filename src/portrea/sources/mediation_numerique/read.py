"""Read a list of places and name its columns as the mednum standard does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.mediation_numerique.profiles import Profile, profile_of, words
from portrea.sources.reading import read_table
from portrea.vocab import french_hours, hours
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_repair import Checked, check_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.sources.source import Peek

HOURS_TEXT = "_hours_text"


@dataclass(frozen=True, slots=True)
class PlacesFile:
    """A list of places once read: its profile, every row checked, and the hours as published."""

    peek: Peek
    profile: Profile
    rows: tuple[Checked, ...]
    hours_texts: tuple[str | None, ...]
    left_out: tuple[Diagnostic, ...] = ()
    legacy: bool = False

    @property
    def accepted(self) -> list[Checked]:
        """Rows that can be loaded."""
        return [row for row in self.rows if row.refusal is None]

    @property
    def refused(self) -> list[Checked]:
        """Rows that cannot."""
        return [row for row in self.rows if row.refusal is not None]


def read(peek: Peek) -> PlacesFile:
    """Read, name, check and mend every row; nothing is lost silently.

    Raises
    ------
    DataError
        When the layout is not one of the known profiles.
    """
    profile = profile_of(peek.columns)
    if profile is None:
        raise DataError(
            f"Le fichier {peek.name} n’est pas une liste de lieux connue.",
            remedy="Employez les colonnes du standard national des lieux de médiation numérique.",
        )
    table = as_text(read_table(peek)).with_row_index("_row", offset=peek.skip + 2)
    kept, left_out = select_rows(table, profile)
    named = kept if profile.standard else rename(kept, profile)
    legacy = profile.legacy or (profile.standard and mednum.is_legacy(peek.columns))
    cells = named.drop("_row", HOURS_TEXT, strict=False).to_dicts()
    checked = check_rows(cells, legacy=legacy, rows=kept["_row"].to_list())
    published = named[HOURS_TEXT].to_list() if HOURS_TEXT in named.columns else [None] * len(cells)
    return PlacesFile(peek, profile, tuple(checked), tuple(published), left_out, legacy)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text, lists joined by ``|`` (JSON files)."""

    def one(name: str, dtype: pl.DataType) -> pl.Expr:
        if isinstance(dtype, pl.List):
            return pl.col(name).cast(pl.List(pl.String)).list.join(mednum.SEPARATOR)
        return pl.col(name).cast(pl.String)

    schema = table.schema
    flat = [name for name, dtype in schema.items() if not isinstance(dtype, pl.Struct)]
    return table.select(one(name, schema[name]) for name in flat)


def select_rows(
    table: pl.DataFrame, profile: Profile
) -> tuple[pl.DataFrame, tuple[Diagnostic, ...]]:
    """Keep the rows that the profile wants; say how many are left out, and why."""
    remarks = []
    for column, values in profile.only.items():
        rest = table.filter(~pl.col(column).is_in(values).fill_null(value=False))
        table = table.filter(pl.col(column).is_in(values))
        remarks += [_left_out(rest.height, f"{column} ≠ {' ou '.join(values[:1])}")]
    for column, values in profile.without.items():
        rest = table.filter(pl.col(column).is_in(values))
        table = table.filter(~pl.col(column).is_in(values).fill_null(value=False))
        remarks += [_left_out(rest.height, f"{column} = {', '.join(values)}")]
    for column in profile.positive:
        before = table.height
        table = table.filter(pl.col(column).cast(pl.Float64, strict=False) > 0)
        remarks += [_left_out(before - table.height, f"{column} nul ou absent")]
    return table, tuple(remark for remark in remarks if remark)


def _left_out(count: int, why: str) -> Diagnostic | None:
    if not count:
        return None
    return Diagnostic("left-out", f"{count} ligne(s) hors de la liste des lieux ({why})")


def rename(table: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return the mednum columns that a profile can fill, as text."""
    columns = set(table.columns)
    filled = {
        name: expression.alias(name)
        for name, rule in profile.fields.items()
        if (expression := _expression(rule, columns)) is not None
    }
    named = table.select("_row", *filled.values())
    if profile.hours_by_day:
        osm, texts = _daily_hours(table, profile.hours_by_day)
        named = named.with_columns(
            pl.Series("horaires", osm, dtype=pl.String),
            pl.Series(HOURS_TEXT, texts, dtype=pl.String),
        )
    return named


def _expression(rule: Any, columns: set[str]) -> pl.Expr | None:
    """Return the expression of one field, ``None`` when its columns are absent."""
    if isinstance(rule, str):
        return pl.col(rule) if rule in columns else None
    if "constant" in rule:
        return pl.lit(rule["constant"])
    if "first" in rule:
        return pl.coalesce([name for name in rule["first"] if name in columns])
    if "columns" in rule:
        return _joined(rule, [name for name in rule["columns"] if name in columns])
    return _read_column(rule) if rule["column"] in columns else None


def _read_column(rule: Mapping[str, Any]) -> pl.Expr:
    column = pl.col(rule["column"])
    if "words" in rule:
        return column.str.strip_chars().replace_strict(
            words(rule["words"]), default=None, return_dtype=pl.String
        )
    return column.str.split(rule["split"]).list.get(rule["part"], null_on_oob=True)


def _joined(rule: Mapping[str, Any], names: list[str]) -> pl.Expr:
    text = pl.concat_str(
        [pl.col(name).fill_null("").str.strip_chars() for name in names], separator=rule["join"]
    ).str.strip_chars()
    if rule.get("digest"):
        return text.map_elements(_digest, return_dtype=pl.String)
    return text.replace("", None)


def _digest(text: str) -> str:
    """Return a short identifier made of a place's own words, stable from one file to the next."""
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:12]


def _daily_hours(
    table: pl.DataFrame, days: Mapping[str, str]
) -> tuple[list[str | None], list[str | None]]:
    """Return OSM hours and the published text, from one column per day."""
    names = {day: column for day, column in days.items() if column in table.columns}
    french = dict(zip(hours.DAYS, hours.NAMES, strict=True))
    osm, texts = [], []
    for row in table.select(names.values()).to_dicts():
        by_day = {day: row[column] for day, column in names.items()}
        told = [f"{french[day]} : {text}" for day, text in by_day.items() if text]
        osm.append(french_hours.from_days(by_day))
        texts.append(" ; ".join(told) or None)
    return osm, texts
