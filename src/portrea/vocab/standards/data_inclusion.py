"""The data·inclusion schema, version 1: vocabularies, and what its values mean in ours."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYONE = "tous-publics"


@cache
def facts() -> Mapping[str, Any]:
    """Return everything ``data_inclusion.yaml`` says."""
    text = files("portrea.vocab.standards").joinpath("data_inclusion.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def vocabulary(field: str) -> tuple[str, ...]:
    """Return the values that a field of version 1 takes."""
    return tuple(facts()["vocabularies"][field])


@cache
def meaning(mednum_field: str, field: str) -> Mapping[str, tuple[str, ...]]:
    """Return mednum value → values of version 1 (none when the value is lost there)."""
    table = facts()["from_mednum"][f"{mednum_field}.{field}"]
    return {value: tuple(targets) for value, targets in table.items()}


@cache
def back(mednum_field: str, field: str) -> Mapping[str, str]:
    """Return value of version 1 → the one mednum value that means it, where there is only one."""
    sources: dict[str, list[str]] = {}
    for value, targets in meaning(mednum_field, field).items():
        for target in targets:
            sources.setdefault(target, []).append(value)
    return {target: values[0] for target, values in sources.items() if len(values) == 1}


@cache
def networks() -> Mapping[str, str]:
    """Return typology code → network of version 1 that means the same."""
    return {code: name for code, name in facts()["networks"].items() if code != "hypothese"}


@cache
def former_values() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return (field, value) of version 0 → (field, value) of the mednum standard."""
    tables = facts()["v0"]
    merged = {**tables, "profils": tables["profils"] | tables["profils_hypothese"]}
    merged.pop("profils_hypothese")
    return {
        (field, value): (target[0], target[1])
        for field, table in merged.items()
        for value, target in table.items()
    }
