"""The 106 criteria of RGAA 4.1.2, how each is tried here, the pages that an audit looks at."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Any

import yaml

VERSION = "4.1.2"
HERE = "portrea.web.operation.accessibility"
DRAWN = 0.10
"""Share of pages drawn by lot, beside those chosen (RGAA: ten percent)."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: the words of RGAA, and what tries a part of it.

    ``axe`` are rules of axe-core; ``own`` our tests (``file::name``); ``none`` a CSS selector: a
    page without such elements is not concerned.
    """

    number: str
    theme: str
    title: str
    tests: int
    axe: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    none: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of a sample: its name, title, address (``{epci}``, ``{commune}``) and why it is in."""

    name: str
    title: str
    url: str
    kind: str


@cache
def criteria() -> dict[str, Criterion]:
    """Return the criteria by number, in the order of RGAA."""
    read = yaml.safe_load((files(HERE) / "rgaa.yaml").read_text("utf-8"))
    lists = ("axe", "own")
    return {
        number: Criterion(number, **{k: tuple(v) if k in lists else v for k, v in card.items()})
        for number, card in read.items()
    }


@cache
def themes() -> dict[int, tuple[str, tuple[Criterion, ...]]]:
    """Return the themes: number → (name, criteria)."""
    found: dict[int, tuple[str, tuple[Criterion, ...]]] = {}
    for one in criteria().values():
        number = int(one.number.split(".")[0])
        found[number] = (one.theme, (*found.get(number, ("", ()))[1], one))
    return found


def sample(seed: int) -> tuple[Looked, ...]:
    """Return the pages of an audit: those chosen, and a tenth more drawn by lot from ``seed``."""
    read = yaml.safe_load((files(HERE) / "sample.yaml").read_text("utf-8"))
    chosen = tuple(Looked(name, **card) for name, card in read["pages"].items())
    # a sample that anyone may draw again from its seed, no secret
    lots = random.Random(seed).sample(read["lots"], ceil(DRAWN * len(chosen)))  # noqa: S311
    drawn = (Looked(f"sort-{rank}", kind="tirée au sort", **card) for rank, card in enumerate(lots))
    return (*chosen, *drawn)


@cache
def results() -> dict[str, Any]:
    """Return the last automatic run: ``day``, ``axe`` (version), ``pages`` (address → seen).

    Written by ``scripts/accessibility.py``; empty where no run was kept.
    """
    path = files(HERE) / "results.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the last run saw of a criterion: pages where it passed, failed, is not concerned."""

    passed: int
    failed: tuple[str, ...]
    absent: int
    pages: int

    @property
    def words(self) -> str:
        """A French sentence; it never says that the criterion is respected."""
        if self.failed:
            return f"défaut vu sur {len(self.failed)} page(s) : {', '.join(self.failed)}"
        if self.pages and self.absent == self.pages:
            return f"aucun élément de cette sorte sur {self.pages} pages"
        if self.passed:
            return f"axe ne voit aucun défaut ({self.passed} pages) ; le reste se regarde"
        return "pas d’essai automatique dans le navigateur"


def seen(one: Criterion) -> Seen:
    """Return what the last run saw of a criterion."""
    pages: dict[str, dict[str, Any]] = results().get("pages", {})
    rules = {*one.axe}
    failed = tuple(url for url, page in pages.items() if rules & {*page["violations"]})
    fine = [url for url, page in pages.items() if rules & {*page["passes"]} and url not in failed]
    absent = sum(bool(one.none) and not page["counts"].get(one.none, 1) for page in pages.values())
    return Seen(len(fine), failed, absent, len(pages))
