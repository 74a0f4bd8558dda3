"""Codes of areas as producers write them: lost zeros, arrondissements, EPT, unknown places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.territory.codes import ARRONDISSEMENTS, Level, commune_expr, valid
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from portrea.sources.source import Peek

WIDTHS = {"iris": 9, "commune": 5, "epci": 9, "departement": 2, "region": 2}
OUTSIDE = ("99999", "XXXXX", "00000")
"""Rows of CAF files outside communes: residents abroad, unknown commune."""


@dataclass(frozen=True, slots=True)
class Areas:
    """A table whose areas are known (columns ``level`` and ``code``) and what was mended."""

    frame: pl.DataFrame
    remarks: tuple[Diagnostic, ...] = ()


def with_codes(frame: pl.DataFrame, column: str, level: str, *, where: str) -> Areas:
    """Add ``level`` and ``code``; put lost zeros back; set aside the rows outside any commune.

    Raises
    ------
    DataError
        A code is not one of the level, or stands twice.
    """
    raw = pl.col(column).cast(pl.String).str.strip_chars().str.to_uppercase()
    frame = frame.with_columns(_raw=raw).filter(pl.col("_raw").is_not_null())
    frame, outside = _without_outside(frame)
    code = pl.col("_raw").str.zfill(WIDTHS.get(level, 0))
    frame = frame.with_columns(code=code, level=pl.lit(level))
    mended = frame.filter(pl.col("code") != pl.col("_raw"))
    frame = frame.drop("_raw")
    refuse_bad_codes(frame, level, where)
    refuse_repeated(frame, where)
    remarks = [*outside]
    if mended.height:
        remarks.append(
            Diagnostic(
                "lost-zeros",
                f"{mended.height} code(s) avaient perdu leur zéro de tête : il a été remis",
                field=column,
                value=mended["_raw"][0],
            )
        )
    return Areas(frame, tuple(remarks))


def _without_outside(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Diagnostic]]:
    outside = pl.col("_raw").is_in(OUTSIDE)
    count = frame.filter(outside).height
    if not count:
        return frame, []
    remark = Diagnostic(
        "outside-communes",
        f"{count} ligne(s) sans commune connue (étranger, commune inconnue) laissées de côté",
    )
    return frame.filter(~outside), [remark]


def refuse_bad_codes(frame: pl.DataFrame, level: str, where: str) -> None:
    """Raise :class:`DataError` naming the codes that are not well formed for the level."""
    codes = frame["code"].unique().sort()
    bad = [code for code in codes if not valid(level, code)]
    if bad:
        raise DataError(
            f"Le fichier {where} contient {len(bad)} code(s) qui ne sont pas des codes"
            f" {Level(level).label} : {', '.join(bad[:8])}{'…' if len(bad) > 8 else ''}.",
            remedy="Vérifiez la colonne des codes (zéros de tête, format « texte » du tableur).",
        )


def refuse_repeated(frame: pl.DataFrame, where: str) -> None:
    """Raise :class:`DataError` when an area stands on several lines."""
    repeated = frame.group_by("level", "code").len().filter(pl.col("len") > 1).sort("code")
    if repeated.height:
        codes = ", ".join(repeated["code"].head(8))
        raise DataError(
            f"Dans le fichier {where}, {repeated.height} zone(s) figurent plusieurs fois : {codes}"
            f"{'…' if repeated.height > 8 else ''}.",
            remedy="Gardez une seule ligne par zone (ou un seul millésime par fichier), puis"
            " recommencez.",
        )


def level_of(peek: Peek, column: str, codes: pl.Series, *, where: str) -> str:
    """Return the level of a column of codes from its name, its codes and the file's name.

    ``IRIS`` columns hold IRIS; elsewhere nine digits are SIREN of EPCI, five characters communes,
    two or three départements, unless the file's name says ``REG``.
    """
    if "iris" in column.lower():
        return "iris"
    texts = codes.drop_nulls().cast(pl.String).str.strip_chars()
    texts = texts.filter(~texts.is_in(list(OUTSIDE)))
    width = texts.str.len_chars().max()
    if texts.str.contains("(?i)^Q[PN]").any():
        return "qpv"
    names = {9: "epci", 8: "iris", 5: "commune", 4: "commune", 3: "departement", 2: "departement"}
    if width in (2, 3) and re.search(r"(?<![a-z])reg", peek.name.lower()):
        return "region"
    if isinstance(width, int) and width in names:
        return names[width]
    raise DataError(
        f"Dans le fichier {where}, la colonne « {column} » ne contient pas de codes de zones connus"
        f" (exemple : « {texts.cast(pl.String).first()!s} »).",
        remedy="Codes attendus : IRIS (9 caractères), commune (5), EPCI (9), département, région.",
    )


def keep_communes(observations: pl.DataFrame) -> Areas:
    """Keep Paris, Lyon and Marseille as communes; never both a commune and its arrondissements.

    A published value of the commune is kept. When it is null or 0, counts are the sum of the
    arrondissements if all are known (null and ``suppressed`` otherwise); rates and medians, which
    do not add up, become ``missing``.
    """
    is_part = (pl.col("level") == "commune") & pl.col("code").is_in(list(ARRONDISSEMENTS))
    parts = observations.filter(is_part)
    if not parts.height:
        return Areas(observations)
    whole = observations.filter(~is_part)
    sums = _sum_parts(parts)
    keys = ["level", "code", "variable"]
    published = whole.filter(pl.col("value").is_not_null() & (pl.col("value") != 0))
    wanted = sums.join(published, on=keys, how="anti")
    kept = whole.join(wanted, on=keys, how="anti")
    cities = {"75056": "Paris", "69123": "Lyon", "13055": "Marseille"}
    names = ", ".join(name for code, name in cities.items() if code in sums["code"].to_list())
    added = wanted.filter(pl.col("value").is_not_null()).height
    lost = wanted.height - added
    words = f" ; {added} valeur(s) en sont la somme" if added else ""
    words += f" ; {lost} valeur(s) inconnues pour la commune entière" if lost else ""
    remark = Diagnostic(
        "arrondissements",
        f"{parts['code'].n_unique()} arrondissement(s) municipaux ({names}) : seule la commune est"
        f" gardée{words}",
    )
    columns = observations.columns
    return Areas(pl.concat([kept.select(columns), wanted.select(columns)]), (remark,))


def _sum_parts(parts: pl.DataFrame) -> pl.DataFrame:
    additive = [name for name, variable in variables().items() if variable.additive]
    known = pl.col("value").is_not_null().all() & (pl.col("value") != 0).any()
    adds = pl.col("variable").is_in(additive)
    worst = pl.when((pl.col("status") == "rounded").any()).then(pl.lit("rounded"))
    sums = (
        parts.with_columns(code=commune_expr(pl.col("code")))
        .group_by("level", "code", "variable")
        .agg(
            value=pl.when(known).then(pl.col("value").sum()),
            status=pl.when(known)
            .then(worst.otherwise(pl.lit("ok")))
            .otherwise(pl.lit("suppressed")),
        )
    )
    return sums.with_columns(
        value=pl.when(adds).then(pl.col("value")),
        status=pl.when(adds).then(pl.col("status")).otherwise(pl.lit("missing")),
    ).sort("code", "variable")
