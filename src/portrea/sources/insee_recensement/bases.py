"""INSEE census bases: one row per IRIS or commune, columns ``P21_…`` (principal) and ``C21_…``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import Areas, keep_communes, level_of, with_codes
from portrea.sources.cards import card
from portrea.sources.figure_checks import check_parts, refuse_impossible
from portrea.sources.figures import find_column, find_figures, read_words, to_observations
from portrea.sources.insee_recensement.check import PARTS, check_diplomas
from portrea.sources.insee_recensement.prepare import prepare
from portrea.sources.reading import read_table
from portrea.sources.source import Loaded
from portrea.territory.codes import commune_expr, departement_expr
from portrea.territory.vintage import today_expr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.sources.figures import Figure
    from portrea.sources.source import Peek

SOURCE_ID = "insee_recensement"
CENSUS = re.compile(r"[PC]\d\d_[A-Z0-9_]+")
CODES = ("IRIS", "CODGEO", "COM")
THEMES = {
    "diplomes": r"P\d\d_NSCOL15P",
    "menages": r"C\d\d_(PMEN|MEN)(_.*)?",
    "activite": r"P\d\d_CHOM1564",
    "logement": r"P\d\d_RP(_.*)?",
    "population": r"P\d\d_POP(0014|65P|75P)",
}
FEW_DEPARTEMENTS = 5


def sureness(peek: Peek) -> float:
    """Return how sure the header is that of a census base (0 to 0.95)."""
    census = [name for name in peek.columns if CENSUS.fullmatch(name)]
    if find_column(peek.columns, CODES) is None or not census:
        return 0.0
    useful = find_figures(census, read_words(SOURCE_ID, "bases"))
    return 0.95 if useful else 0.3


def load(peek: Peek) -> list[Loaded]:
    """Read a base; one dataset per census year found in the column names."""
    column = find_column(peek.columns, CODES)
    wanted = [n for n in peek.columns if CENSUS.fullmatch(n) or n.upper() in _LABELS]
    frame = read_table(peek, [*wanted, str(column)])
    frame = frame.filter(pl.col(str(column)).is_not_null())
    level = level_of(peek, str(column), frame[str(column)], where=peek.name)
    frame, told = prepare(frame)
    areas = with_codes(frame, str(column), level, where=peek.name)
    figures = find_figures(areas.frame.columns, read_words(SOURCE_ID, "bases"))
    years = sorted({figure.year for figure in figures if figure.year}, reverse=True)
    if not years:
        raise no_figures(peek)
    return [
        _dataset(
            peek,
            areas.frame,
            [figure for figure in figures if figure.year == year],
            level=level,
            year=year,
            remarks=(*told.get(year, ()), *areas.remarks),
        )
        for year in years
    ]


_LABELS = frozenset({"IRIS", "COM", "LIBIRIS", "LIBCOM", "LIBGEO", "TYP_IRIS", "CODGEO"})


def _dataset(
    peek: Peek,
    frame: pl.DataFrame,
    figures: Sequence[Figure],
    *,
    level: str,
    year: str,
    remarks: Sequence[Diagnostic],
) -> Loaded:
    table = to_observations(frame, figures, where=peek.name)
    refuse_impossible(table, peek.name)
    kept = keep_communes(table) if level == "commune" else Areas(table)
    notes = [
        *remarks,
        *kept.remarks,
        *check_diplomas(kept.frame, peek.name),
        *check_parts(kept.frame, PARTS, peek.name),
    ]
    theme = _theme(peek.columns)
    tables = {"observations": kept.frame}
    if level == "iris":
        tables["territories"] = iris_territories(frame)
    part = "-".join(filter(None, (theme, level, coverage(frame, level))))
    provenance = card(_entry(theme, level), year)
    return Loaded(provenance, tables, part, tuple(notes))


def _theme(columns: Sequence[str]) -> str:
    """Name the base by its columns: one theme, or ``ensemble`` for a file that mixes several."""
    found = [
        theme
        for theme, pattern in THEMES.items()
        if any(re.fullmatch(pattern, name) for name in columns)
    ]
    return found[0] if len(found) == 1 else "ensemble"


def _entry(theme: str, level: str) -> str:
    if level == "iris":
        return f"insee-rp-iris-{theme}" if theme in THEMES else "insee-rp-extraits"
    return "insee-rp-communes-diplomes" if theme == "diplomes" else "insee-rp-communes"


def coverage(frame: pl.DataFrame, level: str) -> str:
    """Return a mark of the départements covered (empty for a national file).

    It keeps an extract of Paris from replacing the national table in the store.
    """
    if level not in ("iris", "commune"):
        return ""
    departements = frame.select(departement_expr(pl.col("code")).unique().sort()).to_series()
    if departements.len() > FEW_DEPARTEMENTS:
        return "" if departements.len() >= 90 else f"{departements.len()}dep"
    return "+".join(departements)


def iris_territories(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row per IRIS: name, kind, commune of today and département."""
    own = pl.col("COM").cast(pl.String).str.zfill(5) if "COM" in frame.columns else None
    commune = today_expr(commune_expr(pl.col("code").str.head(5) if own is None else own))
    names = [pl.col(name) for name in ("LIBIRIS", "LIBCOM") if name in frame.columns]
    kind = pl.col("TYP_IRIS") if "TYP_IRIS" in frame.columns else pl.lit(None, pl.String)
    return frame.select(
        "level",
        "code",
        name=pl.coalesce(*names, pl.col("code")),
        commune=commune,
        departement=departement_expr(commune),
        kind=kind,
    )


def no_figures(peek: Peek) -> DataError:
    """Return the error of a census file of which no column is used."""
    return DataError(
        f"Le fichier {peek.name} est bien du recensement, mais aucune de ses colonnes ne sert ici.",
        remedy="« portrea data list » donne les bases utiles.",
    )
