"""The tables that the computation in force gives, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.made import Input, Made
from portrea.steering.catalogue.needs import (
    access_table,
    access_variables,
    area_variables,
    needs_table,
    needs_variables,
)
from portrea.steering.catalogue.outlining import outlines_of
from portrea.steering.catalogue.ranking import KEY, ranking_rows, ranking_variables
from portrea.steering.take_up import report_of
from portrea.steering.take_up_files import COLUMNS, RANGES, rows_of
from portrea.steering.validation import VALIDATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from portrea.base.tables import Table
    from portrea.steering.catalogue.entries import Entry
    from portrea.steering.reading import Reader

TYPES: dict[str, Any] = {
    "string": pl.String,
    "number": pl.Float64,
    "integer": pl.Int64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "list": pl.List(pl.String),
}
KINDS = {str(dtype): kind for kind, dtype in TYPES.items()}
FIGURES = frozenset({"observations", "crosstab", "territories", "contours"})


def variables_of(table: Table) -> list[Variable]:
    """Return the dictionary of a declared table."""
    return [
        Variable(
            column.name, column.meaning[:1].upper() + column.meaning[1:],
            KINDS[str(column.dtype)], f"{column.meaning[:1].upper()}{column.meaning[1:]}.",
            column.unit, required=column.name in table.key, allowed=column.allowed or (),
            low=column.low, high=column.high,
        )
        for column in table.columns
    ]  # fmt: skip


def frame_of(rows: Iterable[Mapping[str, Any]], variables: Iterable[Variable]) -> pl.DataFrame:
    """Return rows as a table with the types of a dictionary."""
    schema = {one.name: TYPES[one.kind] for one in variables}
    return pl.DataFrame(list(rows), schema=schema, orient="row", strict=False)


def inputs_of(reader: Reader, kinds: Iterable[str]) -> list[Input]:
    """Return the files of the computation that hold some kinds of tables."""
    wanted = set(kinds)
    return [Input.of(dataset) for dataset in reader.datasets() if wanted & set(dataset.rows)]


def _needs(reader: Reader, entry: Entry) -> Made:
    frame = needs_table(reader, entry.levels)
    return Made(
        frame, needs_variables(), ("level", "code"), inputs_of(reader, FIGURES),
        outlines_of(reader, frame),
    )  # fmt: skip


def _access(reader: Reader, entry: Entry) -> Made:
    frame = access_table(reader, entry.levels)
    return Made(
        frame, access_variables(), ("level", "code"), inputs_of(reader, {*FIGURES, "places"}),
        outlines_of(reader, frame),
    )  # fmt: skip


# -- non-take-up ----------------------------------------------------------------------------------

_WORDS = {
    "beneficiaries": "Bénéficiaires publiés",
    "eligible_rate": "Éligibles selon le taux national",
    "unclaimed_rate": "Personnes qui ne demandent pas, selon le taux national",
    "eligible_model": "Éligibles selon la microsimulation",
    "gap_model": "Éligibles de la microsimulation moins bénéficiaires",
}
_BOUNDS = {"": "valeur centrale", "_low": "borne basse", "_high": "borne haute"}
_TOLD = {
    "benefit": ("Droit", "Nom technique du droit."),
    "label": ("Libellé", "Nom courant du droit."),
    "unit": ("Unité", "Ce qui est compté : personnes ou foyers."),
    "year": ("Année", "Année des bénéficiaires publiés."),
    "says": ("Ce qui est dit", "Ce que l’on peut dire, ou pourquoi rien n’est dit."),
    "rate": ("Taux de non-recours", "Taux national publié."),
    "rate_low": ("Taux, borne basse", "Borne basse du taux national."),
    "rate_high": ("Taux, borne haute", "Borne haute du taux national."),
    "rate_source": ("Source du taux", "Étude qui publie le taux."),
    "model_unit": ("Unité de la microsimulation", "Ce que compte la microsimulation."),
    "model_mc_error": ("Erreur de tirage", "Erreur de tirage de la microsimulation."),
    "model_flag": ("Réserve", "Réserve de la microsimulation."),
    "model_month": ("Mois de législation", "Mois des règles appliquées."),
    "model_vintages": ("Millésimes", "Données de la microsimulation."),
}
_NUMBERS = {"rate": "number", "rate_low": "number", "rate_high": "number",
            "model_mc_error": "number"}  # fmt: skip


def take_up_variables() -> list[Variable]:
    """Return the columns of the table of non-take-up."""
    ranges = {
        f"{name}{end}": (f"{_WORDS[name]}, {words}", f"{_WORDS[name]}, {words}.")
        for name in RANGES
        for end, words in _BOUNDS.items()
    }
    told = _TOLD | ranges
    kinds = _NUMBERS | dict.fromkeys(ranges, "number")
    areas = {one.name: one for one in area_variables()}
    return [
        areas[name]
        if name in areas
        else Variable(name, *_ordered(told[name], kinds.get(name, "string")))
        for name in COLUMNS
    ]


def _ordered(words: tuple[str, str], kind: str) -> tuple[str, str, str]:
    return words[0], kind, words[1]


def _take_up(reader: Reader, entry: Entry) -> Made:
    rows: list[dict[str, Any]] = []
    used: dict[str, Input] = {}
    known = reader.estimates(measure="a1").filter(pl.col("quality") != "N")
    for level in entry.levels:
        for code in known.filter(pl.col("level") == level)["code"].sort().to_list():
            report = report_of(reader, reader.gazetteer.get(level, code))
            told = rows_of(report)
            rows += [row | {"year": row["year"] and str(row["year"])} for row in told]
            used |= {dataset.id: Input.of(dataset) for dataset in report.datasets}
    variables = take_up_variables()
    return Made(frame_of(rows, variables), variables, ("level", "code", "benefit"),
                list(used.values()))  # fmt: skip


# -- priority areas -------------------------------------------------------------------------------


def _priorities(reader: Reader, _entry: Entry) -> Made:
    variables = ranking_variables()
    frame = frame_of(ranking_rows(reader), variables)
    return Made(
        frame, variables, KEY, inputs_of(reader, {*FIGURES, "places"}), outlines_of(reader, frame)
    )


# -- method ---------------------------------------------------------------------------------------


def _validation(reader: Reader, _entry: Entry) -> Made:
    table = reader.computation.table("validation").select(*VALIDATION.schema)
    return Made(table, variables_of(VALIDATION), VALIDATION.key, inputs_of(reader, FIGURES))


SOURCES = (
    Variable("id", "Identifiant", "string", "Identifiant du fichier dans Portrea.", required=True),
    Variable("title", "Titre", "string", "Titre du fichier.", required=True),
    Variable("producer", "Producteur", "string", "Qui publie le fichier."),
    Variable("vintage", "Millésime", "string", "Période que disent les chiffres."),
    Variable("licence", "Licence", "string", "Vide : personne ne l’a dite."),
    Variable("page", "Page", "string", "Page publique du fichier."),
    Variable("retrieved", "Reçu le", "string", "Jour où il a été reçu."),
    Variable("sha256", "Empreinte", "string", "Empreinte SHA-256 des octets reçus."),
    Variable("verified", "Vérifié", "boolean", "Une page publique montre son adresse et sa forme."),
    Variable("note", "Note", "string", "Ce qu’il faut en savoir."),
)


def _sources(reader: Reader, _entry: Entry) -> Made:
    names = [one.name for one in SOURCES if one.name != "id"]
    rows = [
        {"id": dataset.id} | {name: getattr(dataset.provenance, name) for name in names}
        for dataset in reader.datasets()
    ]
    return Made(frame_of(rows, SOURCES), SOURCES, ("id",))


STEADY = ("needs", "access", "priorities", "validation")
"""Families long to make, that only the computation, the code and the places can change."""
BUILDERS: Mapping[str, Callable[[Reader, Entry], Made]] = {
    "needs": _needs,
    "access": _access,
    "priorities": _priorities,
    "take-up": _take_up,
    "validation": _validation,
    "sources": _sources,
}


def build(reader: Reader, entry: Entry) -> Made:
    """Return the table of a dataset of the computation."""
    return BUILDERS[entry.family](reader, entry)
