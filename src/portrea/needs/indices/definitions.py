"""What each index is made of, read from ``params/ifn.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

NORMALISATIONS = ("minmax", "rank", "quantile")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: its words, whether more is worse, and where its figure comes from.

    ``sources`` are tried in order: ``{"share": v}``, ``{"complement": v}`` or
    ``{"ratio": [v, w], "mixed": bool, "scale": float}``. None at all: the criterion is unknown.
    """

    name: str
    label: str
    more_is_worse: bool
    unit: str
    sources: tuple[dict[str, Any], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the first version: weight in the total, criteria averaged inside."""

    name: str
    label: str
    weight: float
    criteria: tuple[str, ...]


@cache
def card() -> dict[str, Any]:
    """Return the whole card, as written."""
    text = files("portrea.needs").joinpath("params", "ifn.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


@cache
def criteria() -> dict[str, Criterion]:
    """Return every criterion by name."""
    return {
        name: Criterion(
            name,
            item["label"],
            item["direction"] == "higher",
            item["unit"],
            tuple(item["from"]),
            item.get("note", ""),
        )
        for name, item in card()["criteria"].items()
    }


@cache
def axes() -> tuple[Axis, ...]:
    """Return the axes of the first version."""
    return tuple(
        Axis(name, item["label"], float(item["weight"]), tuple(item["criteria"]))
        for name, item in card()["v1"]["axes"].items()
    )


def criteria_of(version: str) -> tuple[str, ...]:
    """Return the names of the criteria of a version, in order."""
    if version == "v1":
        return tuple(name for axis in axes() for name in axis.criteria)
    return tuple(card()[version]["criteria"])


def label(version: str) -> str:
    """French name of a version."""
    return str(card()["about"][version]["label"])


def label_of_part(part: str) -> str:
    """French name of a criterion or of an axis."""
    if part in criteria():
        return criteria()[part].label
    return next((axis.label for axis in axes() if axis.name == part), part)
