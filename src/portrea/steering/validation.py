"""Published figures beside ours: every public target, its error, and what the errors amount to.

Nothing here enters a fit: the version compared is always the one that no published total has
touched. INSEE's local figures are modelled themselves (same family of method): agreeing with them
proves a faithful re-implementation, not the truth, and the coverage of A1 cannot be verified.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.base.progress import silent
from portrea.base.tables import Column, Table
from portrea.needs import run
from portrea.steering.validation_lookup import Lookup, profiles_of, zone_members, zones

if TYPE_CHECKING:
    from typing import Any

    from portrea.base.progress import Progress
    from portrea.steering.settings import Settings
    from portrea.steering.validation_lookup import Inputs

LEVELS = ("commune", "epci", "departement", "region", "france")
MEASURES = ("a1", "a2")
GROUPS = {
    "regions": "Régions (illectronisme, part)",
    "ensembles": "Ensembles de régions (part)",
    "departements": "Départements",
    "epci_hdf": "EPCI des Hauts-de-France (part)",
    "profils": "Profils d’âge et de diplôme (part)",
    "portrea": "PorTReA, Pays de Brocéliande",
    "effectifs": "Effectifs (écart relatif)",
    "autres": "Autres",
}
STATEMENT = (
    "Les valeurs locales de l’Insee sont elles-mêmes estimées par un modèle de la même famille :"
    " s’accorder avec elles prouve que la méthode est fidèlement refaite, pas que les nombres sont"
    " vrais. La couverture des intervalles de A1 sur de vraies zones est donc invérifiable."
)
"""What a reader must know before any agreement is shown."""
RANKED = 5
"""Targets from which a rank correlation says something."""

VALIDATION = Table(
    "validation",
    (
        Column("id", pl.String, "identifiant de la cible"),
        Column("group", pl.String, "famille de cibles", allowed=tuple(GROUPS)),
        Column("code", pl.String, "code de la zone publiée"),
        Column("name", pl.String, "nom de la zone publiée"),
        Column("year", pl.String, "année de la publication ou de l’enquête"),
        Column("indicator", pl.String, "ce qui est publié"),
        Column("unit", pl.String, "part, personnes, lieux ou services"),
        Column("published", pl.String, "valeur publiée, telle qu’elle est écrite"),
        Column("value", pl.Float64, "valeur publiée", nullable=True),
        Column("estimated", pl.Float64, "estimation non calée", nullable=True),
        Column("low", pl.Float64, "borne basse (95 %)", nullable=True),
        Column("high", pl.Float64, "borne haute (95 %)", nullable=True),
        Column("error", pl.Float64, "estimation moins publication, même unité", nullable=True),
        Column("inside", pl.Boolean, "publication dans l’intervalle", nullable=True),
        Column("note", pl.String, "zone, raison d’une absence, remarque de la source"),
        Column("source", pl.String, "source de la publication"),
        Column("page", pl.String, "adresse de la publication", nullable=True),
    ),
    key=("id",),
)
"""One row per published target, compared or not: nothing is dropped."""

SUMMARY = Table(
    "validation_summary",
    (
        Column("group", pl.String, "famille de cibles", allowed=tuple(GROUPS)),
        Column("targets", pl.Int64, "cibles publiées"),
        Column("compared", pl.Int64, "cibles comparées"),
        Column("mae", pl.Float64, "écart absolu moyen", nullable=True),
        Column("rmse", pl.Float64, "écart quadratique moyen", nullable=True),
        Column("bias", pl.Float64, "écart moyen (estimé − publié)", nullable=True),
        Column("spearman", pl.Float64, "corrélation des rangs", nullable=True),
        Column("coverage", pl.Float64, "part des publications dans l’intervalle", nullable=True),
    ),
    key=("group",),
)
"""Errors of shares are shares (0.01 = 1 point); those of ``effectifs`` are relative."""


@cache
def targets() -> tuple[dict[str, str], ...]:
    """Return every published target, as committed with its source."""
    path = files("portrea.steering").joinpath("data", "validation_targets.csv")
    return tuple(csv.DictReader(path.read_text("utf-8").splitlines()))


def validate(
    inputs: Inputs,
    settings: Settings,
    *,
    estimates: pl.DataFrame | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Estimate without benchmark and compare with every published target.

    Parameters
    ----------
    estimates
        Rows already computed with these settings, to spare a second run.

    Returns
    -------
    DataFrame
        Conforms to :data:`VALIDATION`.

    Raises
    ------
    ParameterError
        The settings hold a benchmark: figures shifted to published totals would agree with them by
        construction.
    """
    refuse_benchmark(settings)
    if estimates is None:
        progress(0.0, "estimation non calée")
        tables = inputs.territories, inputs.observations, inputs.crosstab
        estimates = run(*tables, levels=LEVELS, measures=MEASURES, **settings.options).estimates
    progress(0.7, "profils d’âge")
    profiles = profiles_of(inputs, settings, targets())
    progress(0.9, "comparaison")
    members = {code: zone_members(inputs.territories, code) for code in zones()["zones"]}
    wanted = pl.col("level").is_in(LEVELS) & pl.col("measure").is_in(MEASURES)
    kept = estimates.filter(wanted)
    return compare_with(Lookup.make(kept, members, profiles, inputs.crosstab))


def validation_table(
    inputs: Inputs, settings: Settings, estimates: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return the table ``validation`` of a computation, of its unbenchmarked version always."""
    free = replace(settings, benchmark=None)
    own = estimates if settings.benchmark is None else None
    return {"validation": validate(inputs, free, estimates=own)}


def refuse_benchmark(settings: Settings) -> None:
    """Raise :class:`ParameterError` when the settings hold a benchmark."""
    if settings.benchmark is not None:
        raise ParameterError(
            f"La validation refuse une version calée (« {settings.benchmark.name} ») : calée sur"
            " des totaux publiés, elle leur ressemblerait par construction.",
            remedy="Comparez la version non calée : « portrea needs validate » la calcule.",
        )


def compare_with(lookup: Lookup) -> pl.DataFrame:
    """Put our figure beside each target."""
    rows = [_row(target, lookup) for target in targets()]
    return VALIDATION.conform(pl.DataFrame(rows, schema=VALIDATION.schema))


def summarise(rows: pl.DataFrame) -> pl.DataFrame:
    """Return MAE, RMSE, bias, Spearman and coverage by group (:data:`SUMMARY`)."""
    found = [_summary(name, rows.filter(pl.col("group") == name)) for name in GROUPS]
    kept = [row for row in found if row["targets"]]
    return SUMMARY.conform(pl.DataFrame(kept, schema=SUMMARY.schema))


def _row(target: dict[str, str], lookup: Lookup) -> dict[str, Any]:
    value = float(target["value"]) if target["value"] else None
    answer = lookup.find(target)
    error = inside = None
    if value is not None and answer.value is not None:
        error = answer.value - value
        if answer.low is not None and answer.high is not None:
            inside = answer.low <= value <= answer.high
    notes = [answer.note, target["note"]]
    return {
        **{n: target[n] for n in ("id", "group", "code", "name", "year", "indicator", "unit")},
        "published": target["published"],
        "value": value,
        "estimated": answer.value,
        "low": answer.low,
        "high": answer.high,
        "error": error,
        "inside": inside,
        "note": " ; ".join(filter(None, notes)),
        "source": target["source"],
        "page": target["page"] or None,
    }


def _summary(group: str, rows: pl.DataFrame) -> dict[str, Any]:
    both = rows.filter(pl.col("error").is_not_null())
    told: dict[str, Any] = {"group": group, "targets": rows.height, "compared": both.height}
    if not both.height:
        return told | dict.fromkeys(("mae", "rmse", "bias", "spearman", "coverage"))
    errors = both["error"].to_numpy()
    if group == "effectifs":
        errors = errors / both["value"].to_numpy()
    inside = both["inside"].drop_nulls()
    return told | {
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt((errors**2).mean())),
        "bias": float(errors.mean()),
        "spearman": _spearman(both),
        "coverage": float(inside.to_numpy().mean()) if len(inside) else None,
    }


def _spearman(both: pl.DataFrame) -> float | None:
    """Rank correlation of the targets; ``None`` below five or without spread."""
    value, estimated = both["value"].rank(), both["estimated"].rank()
    if both.height < RANKED or value.n_unique() < 2 or estimated.n_unique() < 2:
        return None
    return float(np.corrcoef(value.to_numpy(), estimated.to_numpy())[0, 1])
