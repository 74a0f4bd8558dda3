"""Census tables re-encoded by third parties: counts of communes over 2,000, rates, cars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import keep_communes, with_codes
from portrea.sources.cards import card
from portrea.sources.figure_checks import check_parts, refuse_impossible
from portrea.sources.figures import find_figures, read_words, to_observations
from portrea.sources.insee_recensement.check import PARTS, check_diplomas
from portrea.sources.reading import number, read_table
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.source import Peek

SOURCE_ID = "insee_recensement"
COUNTS = {"code_insee", "pop_non_scol_15p", "pop_dipl_capbep"}
RATES = {"CODE_INSEE", "TX_NSCOL15P", "TX_65ETPLUS"}
CARS = re.compile(r"part_menages_sans_voiture_rp(20\d\d)")
YEAR = re.compile(r"rp(20\d\d)", re.IGNORECASE)


def sureness(peek: Peek) -> float:
    """Return 1 for one of the three headers."""
    columns = set(peek.columns)
    cars = any(CARS.fullmatch(name) for name in columns) and "iris" in columns
    return 1.0 if columns >= COUNTS or columns >= RATES or cars else 0.0


def load(peek: Peek) -> list[Loaded]:
    """Read one of the three tables."""
    columns = set(peek.columns)
    if columns >= COUNTS:
        return [_counts(peek)]
    return [_rates(peek)] if columns >= RATES else [_cars(peek)]


def _year(peek: Peek) -> str:
    match = YEAR.search(peek.name)
    if match is None:
        raise DataError(
            f"Le fichier {peek.name} ne dit pas de quel recensement sont ses chiffres.",
            remedy="Mettez le millésime dans son nom, par exemple « communes_rp2018.csv ».",
        )
    return match[1]


def _counts(peek: Peek) -> Loaded:
    """Map the counts of the communes of more than 2,000 inhabitants.

    Notes
    -----
    Where the six other categories leave a remainder, the CEP was dropped from the extract: « aucun
    diplôme ou CEP » is then the total minus the others, with the status ``derived``.
    """
    frame = _made(read_table(peek))
    areas = with_codes(frame, "code_insee", "commune", where=peek.name)
    words = read_words(SOURCE_ID, "recodes")
    table = to_observations(areas.frame, find_figures(areas.frame.columns, words), where=peek.name)
    remarks: list[Diagnostic] = []
    if "pop_dipl_bac2" in frame.columns:
        rest = pl.col("variable") == "non_schooled_no_diploma"
        table = table.with_columns(
            status=pl.when(rest & pl.col("value").is_not_null())
            .then(pl.lit("derived"))
            .otherwise(pl.col("status"))
        )
        text = "« sans diplôme ou CEP » est le reste du total : l’extrait n’a pas gardé le CEP"
        remarks.append(Diagnostic("cep-dropped", text))
    kept = keep_communes(table)
    refuse_impossible(kept.frame, peek.name)
    check_diplomas(kept.frame, peek.name)
    notes = check_parts(kept.frame, PARTS, peek.name)
    return Loaded(
        card("insee-rp-extraits", _year(peek)),
        {"observations": kept.frame},
        "plus2000hab",
        (*areas.remarks, *kept.remarks, *remarks, *notes),
    )


def _made(frame: pl.DataFrame) -> pl.DataFrame:
    dropped = "pop_dipl_bac2" in frame.columns
    higher = ["pop_dipl_bac2", "pop_dipl_sup"] if dropped else _HIGHER_2018
    sup = pl.sum_horizontal(number(name) for name in higher)
    others = pl.sum_horizontal(number(f"pop_dipl_{name}") for name in ("bepc", "capbep", "bac"))
    none = number("pop_non_scol_15p") - others - sup if dropped else number("pop_dipl_aucun")
    made = {"=SUP": sup, "=NODIPLOMA": none}
    if not dropped:
        made["=SUP5"] = number("pop_dipl_sup")
    return frame.with_columns(expression.alias(name) for name, expression in made.items())


_HIGHER_2018 = ["pop_dipl_sup2", "pop_dipl_sup34", "pop_dipl_sup"]


def _rates(peek: Peek) -> Loaded:
    areas = with_codes(read_table(peek), "CODE_INSEE", "commune", where=peek.name)
    figures = find_figures(areas.frame.columns, read_words(SOURCE_ID, "recodes"))
    kept = keep_communes(to_observations(areas.frame, figures, where=peek.name))
    table = _derived(kept.frame)
    refuse_impossible(table, peek.name)
    year = _year(peek) if YEAR.search(peek.name) else "2017"
    remarks = (*areas.remarks, *kept.remarks)
    return Loaded(card("insee-rp-extraits", year), {"observations": table}, "taux", remarks)


def _derived(table: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("status") == "ok"
    status = pl.when(known).then(pl.lit("derived")).otherwise(pl.col("status"))
    return table.with_columns(status=status)


def _cars(peek: Peek) -> Loaded:
    """Share of households without a car, published between 0 and 1."""
    column = next(name for name in peek.columns if CARS.fullmatch(name))
    year = CARS.fullmatch(column)
    areas = with_codes(read_table(peek), "iris", "iris", where=peek.name)
    variable = "share_households_without_car"
    table = areas.frame.select(
        "level",
        "code",
        variable=pl.lit(variable),
        value=number(column),
        status=pl.lit("derived"),
    ).with_columns(
        status=pl.when(pl.col("value").is_null())
        .then(pl.lit("missing"))
        .otherwise(pl.col("status"))
    )
    refuse_impossible(table, peek.name)
    vintage = year[1] if year else ""
    return Loaded(
        card("insee-rp-extraits", vintage), {"observations": table}, "voiture", areas.remarks
    )
