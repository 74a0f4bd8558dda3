"""Read layers and tables of priority neighbourhoods."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from portrea.sources.figures import Figure, find_column, find_figures, read_words
from portrea.sources.geometry import geometry_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.sources.source import Peek

CODES = ("CODE_QP", "code_qp", "CODGEO_QP")
NAMES = ("NOM_QP", "lib_qp", "nom_qp")
COMMUNES = ("code_commune", "INSEE_COM", "code_insee")
NOTES = ("NOTE_CNAF",)
QP = re.compile(r"Q[PN][0-9A-Z]{6}", re.IGNORECASE)


def code_column(columns: Iterable[str]) -> str | None:
    """Return the column of codes: ``CODE_QP``, or ``CODGEO`` in the tables of INSEE."""
    names = list(columns)
    return find_column(names, CODES) or find_column(names, ("CODGEO",))


def figures_of(columns: Iterable[str]) -> list[Figure]:
    """Return the columns that carry figures."""
    return find_figures(columns, read_words("qpv", "figures"))


def sureness(peek: Peek) -> float:
    """Return 1 for a layer or a table of QPV; 0.95 for the same table at commune level."""
    if find_column(peek.columns, CODES):
        return 1.0 if geometry_column(peek) or figures_of(peek.columns) else 0.0
    code = find_column(peek.columns, ("CODGEO",))
    variables = {figure.variable for figure in figures_of(peek.columns)}
    if code is None or not variables:
        return 0.0
    rank = peek.columns.index(code)
    sample = [row[rank] for row in peek.sample if row[rank]]
    if sample and all(QP.fullmatch(value) for value in sample):
        return 1.0
    demographic = {"persons", "households_caf", "persons_caf"} <= variables
    return 0.95 if demographic and find_column(peek.columns, NOTES) else 0.0


@cache
def periods(kind: str, year: str) -> dict[str, str]:
    """Return variable → period of its figures, for a kind of table of a year of publication."""
    text = files("portrea.sources.qpv").joinpath("params", "vintages.yaml").read_text("utf-8")
    known: dict[str, str] = yaml.safe_load(text)[kind].get(year, {})
    return known
