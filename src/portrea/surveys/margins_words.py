"""Margins of questions whose choices are words: diploma, household, commune."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def known() -> dict[str, Any]:
    """Return ``margins.yaml``: the figures of the census, and the words of choices."""
    text = (files("portrea.surveys") / "margins.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def words_of(label: str) -> list[str]:
    """Return the words of a label, without accents: « Seul·e » gives « seul » and « e »."""
    bare = unicodedata.normalize("NFKD", label.lower())
    return re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c)))


def margin_of_diplomas(choices: Mapping[str, str], people: Mapping[str, float]) -> dict[str, float]:
    """Return the margin of a question of diploma; choices of the same group are put together.

    ``people`` maps the groups of ``margins.yaml`` to people. Empty unless every group that
    has people has a choice.
    """
    groups = {name: _group(label) for name, label in choices.items() if not is_unsaid(label)}
    if not people or {group for group, count in people.items() if count} - set(groups.values()):
        return {}
    if None in groups.values():
        return {}
    joined = {
        group: " ".join(name for name, found in groups.items() if found == group)
        for group in people
    }
    return {key: people[group] for group, key in joined.items() if key}


def margin_of_households(
    choices: Mapping[str, str], *, alone: float, others: float
) -> dict[str, float]:
    """Return the margin of a question of household: who lives alone, and all the others."""
    told = known()["households"]
    inside = {
        name: words_of(label)
        for name, label in choices.items()
        if not is_unsaid(label) and not set(words_of(label)) & set(told["outside"])
    }
    single = [name for name, words in inside.items() if set(words) & set(told["alone"])]
    rest = [name for name in inside if name not in single]
    if not single or not rest:
        return {}
    return {" ".join(single): alone, " ".join(rest): others}


def is_unsaid(label: str) -> bool:
    """Whether a choice is no answer (« Je ne dis pas »)."""
    return bool(set(words_of(label)) & set(known()["unsaid"]))


def _group(label: str) -> str | None:
    words = set(words_of(label))
    table: dict[str, list[str]] = known()["diplomas"]["words"]
    return next((group for group, told in table.items() if words & set(told)), None)
