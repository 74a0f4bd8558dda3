"""Rates of digital incapacity fitted on a survey (model M1), in one file that can be published."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from portrea.base.errors import DataError
from portrea.base.tables import Column, Table
from portrea.needs.grid import ADULT_AGES, DIPLOMAS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FORMAT = "portrea-taux-ajustes/1"
HOUSEHOLDS = ("other", "alone")
SHAPE = (len(ADULT_AGES), len(DIPLOMAS), len(HOUSEHOLDS))
MOST_LOADINGS = 40
DECIMALS = 8
REFIT = "Refaites-le avec : portrea needs fit ENQUETE --mapping FICHIER.yaml -o taux.json"

COEFFICIENTS = Table(
    "coefficients",
    (
        Column("term", pl.String, "effet du modèle (constant, age, diploma, …, sd)"),
        Column("modality", pl.String, "modalité de l’effet"),
        Column("estimate", pl.Float64, "moyenne a posteriori", unit="logit"),
        Column("sd", pl.Float64, "écart type a posteriori", unit="logit", low=0),
        Column("low", pl.Float64, "borne basse (95 %)", unit="logit"),
        Column("high", pl.Float64, "borne haute (95 %)", unit="logit"),
        Column("n", pl.Int64, "réponses de la modalité, vide sous le seuil", nullable=True, low=0),
    ),
    key=("term", "modality"),
)
"""What is published of a fit: no answer, no cell; coefficients, and counts above a threshold."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedRates:
    """Rates by adult age, diploma and household, with their errors, from a survey.

    ``theta``: rate of each cell (posterior mean, a share); ``loadings``: one draw of the rates is
    ``logit θ + loadings @ z`` with ``z ~ N(0, I)``; ``delta``: logit gap between the persons who
    live with RSA, prime d’activité, AAH or job search and the others of the same cell, or
    ``None``; ``table``: coefficients, see :data:`COEFFICIENTS`; ``digest``: hash of all this.
    """

    name: str
    source: str
    vintage: str
    theta: Floats
    loadings: Floats
    delta: float | None
    table: pl.DataFrame
    delta_sd: float | None = None
    answers: int = 0
    outcome: str = ""
    notes: tuple[str, ...] = field(default=())
    digest: str = ""

    def __post_init__(self) -> None:
        """Round the arrays, check them and compute the hash when it is not given."""
        put = object.__setattr__
        put(self, "theta", np.round(np.asarray(self.theta, dtype=np.float64), DECIMALS))
        put(self, "loadings", np.round(np.asarray(self.loadings, dtype=np.float64), DECIMALS))
        put(self, "table", COEFFICIENTS.conform(self.table.with_columns(_rounded())))
        for fault in _faults(self.theta, self.loadings):
            raise DataError(f"Les taux ajustés « {self.name} » sont inutilisables : {fault}.")
        put(self, "digest", self.digest or _digest(self._content()))

    @property
    def label(self) -> str:
        """Name, vintage and hash, to be written beside every number made with these rates."""
        return f"{self.name} {self.vintage}, taux ajustés {self.digest}"

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": self.name,
            "source": self.source,
            "vintage": self.vintage,
            "outcome": self.outcome,
            "answers": self.answers,
            "delta": _plain(self.delta),
            "delta_sd": _plain(self.delta_sd),
            "notes": list(self.notes),
            "ages": list(ADULT_AGES),
            "diplomas": list(DIPLOMAS),
            "households": list(HOUSEHOLDS),
            "theta": self.theta.tolist(),
            "loadings": self.loadings.tolist(),
            "coefficients": self.table.to_dicts(),
        }

    def write(self, path: Path) -> None:
        """Write one JSON file, the hash last; the same rates always give the same bytes."""
        text = json.dumps(self._content() | {"digest": self.digest}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what :meth:`write` wrote.

        Raises
        ------
        DataError
            The file is not one of ours, is cut short, or was changed since it was written.
        """
        content = _parsed(path)
        written = content.pop("digest", "")
        try:
            rates = cls(
                table=pl.DataFrame(content["coefficients"], schema=COEFFICIENTS.schema),
                notes=tuple(content["notes"]),
                theta=np.array(content["theta"], dtype=np.float64),
                loadings=np.array(content["loadings"], dtype=np.float64),
                **{k: content[k] for k in _PLAIN},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(path, f"il y manque ou s’y trompe {error}") from error
        if rates.digest != written:
            raise DataError(
                f"Le fichier de taux {path.name} a été modifié depuis qu’il a été écrit :"
                f" empreinte {rates.digest}, {written or 'aucune'} annoncée.",
                remedy=REFIT,
            )
        return rates


_PLAIN = ("name", "source", "vintage", "outcome", "answers", "delta", "delta_sd")
_GRID = {"ages": ADULT_AGES, "diplomas": DIPLOMAS, "households": HOUSEHOLDS}


def _parsed(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataError(f"Fichier de taux introuvable : {path}.", remedy="Vérifiez le chemin.")
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise _unreadable(path, "ce n’est pas du JSON") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _unreadable(path, f"le format attendu est « {FORMAT} »")
    for name, expected in _GRID.items():
        if content.get(name) != list(expected):
            raise _unreadable(path, f"la grille « {name} » n’est pas celle de cette version")
    return content


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(f"Le fichier {path.name} n’est pas un fichier de taux : {why}.", remedy=REFIT)


def _faults(theta: Floats, loadings: Floats) -> list[str]:
    faults = []
    if theta.shape != SHAPE:
        faults.append(f"taux de forme {theta.shape} au lieu de {SHAPE}")
    elif not ((theta > 0) & (theta < 1)).all():
        faults.append("un taux n’est pas strictement entre 0 et 1")
    if loadings.ndim != 4 or loadings.shape[:3] != SHAPE or loadings.shape[3] > MOST_LOADINGS:
        faults.append(f"erreurs de forme {loadings.shape}")
    elif not np.isfinite(loadings).all():
        faults.append("une erreur n’est pas un nombre")
    return faults


def _rounded() -> pl.Expr:
    return pl.col("estimate", "sd", "low", "high").cast(pl.Float64).round(DECIMALS)


def _plain(value: float | None) -> float | None:
    return None if value is None else round(float(value), DECIMALS)


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
