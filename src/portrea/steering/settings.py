"""What a person decides before a computation: parameters, benchmark, fitted rates, draws."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.needs import load_parameters
from portrea.needs.fitted import FittedRates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.needs import Parameters

DRAWS = 1000
SEED = 2026
LIBRARIES = ("numpy", "polars", "scipy")
"""Libraries whose version may change the last digit of a result."""


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Published totals to which A1 is shifted, and the name they are called by."""

    name: str
    targets: pl.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def card(self) -> dict[str, Any]:
        """Name, digest and every target, JSON-ready."""
        rows = self.targets.to_dicts()
        text = json.dumps(rows, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return {"name": self.name, "digest": digest, "targets": rows}


@dataclass(frozen=True, eq=False)
class Settings:
    """Every choice behind a computation; the same choices on the same data give the same bytes."""

    parameters: Parameters
    benchmark: Benchmark | None = None
    fitted: FittedRates | None = None
    draws: int = DRAWS
    seed: int = SEED

    @classmethod
    def make(
        cls,
        series: str | None = None,
        *,
        overrides: Mapping[str, Any] | Path | str | None = None,
        **others: Any,
    ) -> Settings:
        """Load the parameters, with the user's changes; ``others`` are the fields of the class."""
        return cls(load_parameters(series, overrides), **others)

    @property
    def card(self) -> dict[str, Any]:
        """Everything needed to make the same choices again, JSON-ready.

        The rates fitted on a survey are named by their hash: the computation keeps their content.
        """
        chosen, fitted = self.parameters, self.fitted
        return {
            "parameters": {
                "needs": chosen.digest,
                "values": chosen.values(),
                "overrides": dict(chosen.overrides),
            },
            "series": chosen.series,
            "benchmark": self.benchmark.card if self.benchmark else None,
            "fitted": _named(fitted) if fitted else None,
            "draws": self.draws,
            "seed": self.seed,
            "libraries": library_versions(),
        }

    @classmethod
    def from_card(cls, card: Mapping[str, Any], fitted: FittedRates | None = None) -> Settings:
        """Make the choices a card tells; parameters of another version are left out."""
        stored = card.get("parameters") or {}
        known = load_parameters().values()
        values = {name: value for name, value in stored.get("values", {}).items() if name in known}
        told = card.get("benchmark")
        benchmark = Benchmark(told["name"], pl.DataFrame(told["targets"])) if told else None
        return cls(
            load_parameters(card.get("series"), values),
            benchmark,
            fitted,
            int(card.get("draws", DRAWS)),
            int(card.get("seed", SEED)),
        )

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of :func:`portrea.needs.run`."""
        return {
            "parameters": self.parameters,
            "draws": self.draws,
            "seed": self.seed,
            "benchmark": self.benchmark.targets if self.benchmark else None,
            "fitted": self.fitted,
        }

    def with_overrides(self, overrides: Mapping[str, Any]) -> Settings:
        """Return the same choices with other parameters changed (on top of those changed)."""
        together = {**self.parameters.overrides, **overrides}
        return replace(self, parameters=load_parameters(self.parameters.series, together))


def choices_digest(card: Mapping[str, Any]) -> str:
    """Return a hash of the choices written on the card of a computation, empty without them.

    The seed and the number of draws are left out: they move nothing beyond the interval.
    """
    needs = (card.get("parameters") or {}).get("needs")
    if not needs:
        return ""
    fitted, benchmark = card.get("fitted") or {}, card.get("benchmark")
    told = json.dumps([needs, fitted.get("digest"), benchmark], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def library_versions() -> dict[str, str]:
    """Return the version of each library that a result depends on."""
    return {name: version(name) for name in LIBRARIES}


def _named(fitted: FittedRates) -> dict[str, str]:
    return {
        "name": fitted.name,
        "digest": fitted.digest,
        "source": fitted.source,
        "vintage": fitted.vintage,
        "outcome": fitted.outcome,
    }


def to_table(fitted: FittedRates) -> pl.DataFrame:
    """Return fitted rates as a table of one row, to be kept with a computation."""
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        path = Path(folder) / "taux.json"
        fitted.write(path)
        return pl.DataFrame({"digest": [fitted.digest], "json": [path.read_text("utf-8")]})


def from_table(table: pl.DataFrame) -> FittedRates:
    """Read what :func:`to_table` made."""
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        path = Path(folder) / "taux.json"
        path.write_text(table["json"][0], "utf-8")
        return FittedRates.read(path)
