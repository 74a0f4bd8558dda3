"""Published rates and declared assumptions of this room, read from dated YAML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from portrea.base.errors import ParameterError
from portrea.needs.editing import Editable, editable, plain
from portrea.needs.overrides import SERIES, put, read_overrides, settle

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader, compiled where it is available: ten times faster."""
OTHERS = ("grid", "ifn", "survey_model", "words")
"""YAML files of the folder that the estimator does not read: words, the indices beside it,
and the survey model, fitted before (its result is a file of rates)."""
DESCRIPTION = {
    "path": pl.String,
    "label": pl.String,
    "value": pl.Float64,
    "published": pl.Float64,
    "unit": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "source": pl.String,
    "date": pl.String,
    "hypothese": pl.Boolean,
}


@dataclass(frozen=True, eq=False)
class Parameters:
    """Everything the estimators use that is not an area's own data.

    ``series`` names the survey of digital incapacity; ``cards`` holds the YAML files as written,
    each number with its source, date and, when it is our assumption, ``hypothese: true``;
    ``overrides`` the numbers changed by the user, by dotted path, already in ``cards``.
    """

    series: str
    cards: dict[str, dict[str, Any]] = field(repr=False)
    overrides: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of every value, changed ones included, for the card of a computation."""
        text = json.dumps([self.series, self.cards], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def rates(self) -> dict[str, Any]:
        """Card of the chosen series."""
        return self.series_card(self.series)

    def series_card(self, name: str) -> dict[str, Any]:
        """Card of a series of published rates."""
        known: dict[str, Any] = self.cards["rates"]["series"]
        if name not in known:
            raise ParameterError(
                f"La série de taux « {name} » est inconnue.",
                remedy=f"Séries disponibles : {', '.join(known)}.",
            )
        card: dict[str, Any] = known[name]
        return card

    def number(self, card: str, *path: str) -> float:
        """Return the ``value`` found under a path of one card."""
        node: Any = self.cards[card]
        for name in path:
            node = node[name]
        return float(node["value"] if isinstance(node, dict) else node)

    def editable(self) -> tuple[Editable, ...]:
        """List the numbers that may be changed, with the value now in force."""
        return editable(self.cards)

    def value(self, path: str) -> float | None:
        """Return the number in force under a dotted path (see :meth:`describe`)."""
        node: Any = self.cards
        for name in path.split("."):
            node = node[name]
        found = node["value"] if isinstance(node, dict) else node
        return None if found is None else float(found)

    def values(self) -> dict[str, float | None]:
        """Return every editable number by dotted path: what a card of computation stores."""
        return {item.path: item.value for item in self.editable()}

    def describe(self) -> pl.DataFrame:
        """List every editable number: path, French label, value, domain, source, hypothesis.

        ``value`` is in force, ``published`` the one shipped with Portrea; ``low`` and ``high`` are
        the ends of the domain (``high`` null: unbounded).
        """
        published = {item.path: item.value for item in editable(_cards())}
        rows = [
            (i.path, i.label, i.value, published.get(i.path), i.unit, i.low, i.high, i.source,
             i.date, i.hypothese)
            for i in self.editable()
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=DESCRIPTION, orient="row")

    def to_yaml(self) -> str:
        """Write the numbers in force, one a line, to be edited and given back as overrides."""
        return _to_yaml(self)


def load_parameters(
    series: str | None = None, overrides: Mapping[str, Any] | Path | str | None = None
) -> Parameters:
    """Read the parameters shipped with Portrea, and change those the user asks to change.

    Parameters
    ----------
    series
        Series of published rates (``params/rates.yaml``), the default one unless named here or
        under ``rates.default`` in the overrides.
    overrides
        Changed values only: a mapping shaped as the cards or with dotted keys
        (``{"uncertainty.area_effects.sd.iris": 0.2}``), or the path of such a YAML file.

    Raises
    ------
    ParameterError
        Unknown series, or overrides refused (file, key, value received, values allowed).
    """
    if not overrides:
        return _published(series)
    if isinstance(overrides, Mapping):
        asked, where = dict(overrides), "la demande"
    else:
        asked, where = read_overrides(Path(overrides)), f"le fichier {Path(overrides).name}"
    cards = _cards()
    values = settle(asked, editable(cards), cards["rates"]["series"], where=where)
    chosen = _one_series(series, values.pop(SERIES, None), cards["rates"]["default"])
    if not values:
        return _published(chosen)
    parameters = Parameters(chosen, put(cards, values), values)
    parameters.series_card(parameters.series)
    return parameters


def _one_series(asked: str | None, written: str | None, default: str) -> str:
    """Return the series named by the option or in the overrides; both must agree."""
    if asked and written and written not in (asked, default):
        raise ParameterError(
            f"La série de taux est nommée deux fois : « {asked} » et « {written} » ({SERIES}).",
            remedy="Gardez l’option ou la ligne du fichier, pas les deux.",
        )
    return asked or written or default


@cache
def _cards() -> dict[str, dict[str, Any]]:
    """Read the cards shipped: never change them, copy them (see :func:`put`)."""
    folder = files("portrea.needs") / "params"
    found = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    names = [name.removesuffix(".yaml") for name in found]
    return {
        # LOADER is the C version of the safe loader
        name: yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=LOADER)  # noqa: S506
        for name in names
        if name not in OTHERS
    }


@cache
def _published(series: str | None) -> Parameters:
    cards = _cards()
    parameters = Parameters(series or cards["rates"]["default"], cards)
    parameters.series_card(parameters.series)
    return parameters


def _to_yaml(parameters: Parameters) -> str:
    lines = [
        "# Paramètres de Portrea. Changez les nombres voulus, effacez les autres lignes si vous",
        "# voulez, puis : portrea compute --parameters CE_FICHIER.yaml",
        f"{SERIES}: {parameters.series}",
    ]
    card = ""
    for item in parameters.editable():
        if not item.path.startswith(f"{card}.") or not card:
            card = item.path.split(".")[0]
            lines.append("")
        number = "null" if item.value is None else plain(item.value)
        mark = " [hypothèse]" if item.hypothese else ""
        unit = f" ({item.unit})" if item.unit else ""
        said = f"# {item.label}{unit} : {item.domain}{mark}. {item.source}"
        lines.append(" ".join(said.split()))
        lines.append(f"{item.path}: {number}")
    return "\n".join(lines) + "\n"
