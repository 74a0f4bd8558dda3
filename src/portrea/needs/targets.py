"""Published totals to which the rates may be shifted: named sets, or the user's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, ParameterError, TerritoryError
from portrea.base.tables import Column, Table
from portrea.needs.inputs import LEVELS

if TYPE_CHECKING:
    from portrea.needs.parameters import Parameters

BENCHMARKED = ("a1", "a3")
"""Measures made of rates. A2 is a rule and B counts published figures: neither can be shifted."""
COARSE = ("departement", "region", "france")
"""Levels that a named set may use: never an EPCI or anything finer."""

TARGETS = Table(
    "targets",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS),
        Column("code", pl.String, "code officiel ; FR ou FM (métropole) pour la France"),
        Column("measure", pl.String, "mesure calée", allowed=BENCHMARKED),
        Column("share", pl.Float64, "taux publié", unit="part", nullable=True, low=0, high=1),
        Column("persons", pl.Float64, "nombre publié, si le taux manque", nullable=True, low=0),
        Column("source", pl.String, "source du total publié"),
        Column("vintage", pl.String, "année du total publié", nullable=True),
    ),
    key=("level", "code", "measure"),
)


def named_targets(name: str, parameters: Parameters) -> pl.DataFrame:
    """Return the targets of a named set of ``params/benchmarks.yaml`` (:data:`TARGETS`).

    Raises
    ------
    ParameterError
        When the set is unknown, or holds an EPCI or anything finer.
    """
    sets = parameters.cards["benchmarks"]["sets"]
    if name not in sets:
        raise ParameterError(
            f"Le calage « {name} » est inconnu.", remedy=f"Calages nommés : {', '.join(sets)}."
        )
    card = sets[name]
    fine = sorted({str(t["level"]) for t in card["targets"]} - set(COARSE))
    if fine:
        raise ParameterError(
            f"Le calage « {name} » contient le niveau « {fine[0]} ».",
            remedy="Un calage nommé s’arrête au département : donnez vos totaux dans un fichier.",
        )
    rows = [
        {
            "level": t["level"],
            "code": t["code"],
            "measure": card["measure"],
            "share": t.get("share"),
            "persons": t.get("persons"),
            "source": card["source"] + (f" ({t['note']})" if t.get("note") else ""),
            "vintage": card["vintage"],
        }
        for t in card["targets"]
    ]
    return check_targets(pl.DataFrame(rows, infer_schema_length=None), where=name)


def check_targets(frame: pl.DataFrame, *, where: str = "") -> pl.DataFrame:
    """Return the targets in the declared form, or say what is wrong with them.

    Raises
    ------
    DataError
        Unknown level or measure, rate outside 0-1, repeated area, neither rate nor persons.
    """
    targets = TARGETS.conform(frame, where=where)
    empty = targets.filter(pl.col("share").is_null() & pl.col("persons").is_null())
    if empty.height:
        row = empty.row(0, named=True)
        raise DataError(
            f"Le calage de {row['level']} {row['code']} n’a ni taux ni nombre de personnes.",
            remedy="Remplissez la colonne share (entre 0 et 1) ou la colonne persons.",
        )
    return targets


def check_areas(targets: pl.DataFrame, territories: pl.DataFrame) -> None:
    """Refuse a target whose area is not in the table of territories.

    Raises
    ------
    TerritoryError
        Naming the first unknown area.
    """
    known = territories.select("level", "code")
    asked = targets.filter(pl.col("level") != LEVELS[-1])
    strange = asked.join(known, on=["level", "code"], how="anti").sort("level", "code")
    if strange.height:
        row = strange.row(0, named=True)
        raise TerritoryError(
            f"Le calage porte sur {row['level']} « {row['code']} », zone inconnue.",
            remedy="Vérifiez le niveau et le code (les zéros de tête comptent).",
        )


__all__ = ["BENCHMARKED", "COARSE", "TARGETS", "check_areas", "check_targets", "named_targets"]
