"""The parameters really read by the computation of rights: value, date, source, old or not.

They are asked of OpenFisca itself (:func:`asked`), never listed by hand, and kept in
``params/parametres.json``, which ``portrea rights parameters --write`` makes again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.rights.catalogue import parameters, rights
from portrea.rights.households import Adult, Household, Housing
from portrea.rights.questions import question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.rights.catalogue import Right

FILE = "parametres.json"
BENEFITS = "prestations_sociales."
"""Begins the names of the parameters of benefits; the others are taxes, wages, contributions."""
YEARS, OFTEN = 5, 4
"""A parameter renewed each year changed in the same month in four of the last five years."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that set a value."""

    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of OpenFisca-France, as it is at the month of its table.

    ``value`` is a number, a list of brackets (``threshold`` and ``amount`` or ``rate``), or
    ``None`` when no value holds any more. ``changes`` are the last days on which it changed;
    ``verified`` is the day on which OpenFisca says that somebody looked at it; ``rights`` names
    those that read it.
    """

    name: str
    description: str
    unit: str
    value: Any
    changes: tuple[date, ...]
    verified: date | None
    references: tuple[Reference, ...]
    rights: tuple[str, ...]

    @property
    def since(self) -> date | None:
        """The day since which it holds."""
        return self.changes[-1] if self.changes else None

    @property
    def renews(self) -> int | None:
        """Month in which it changes each year, ``None`` when it does not."""
        if self.since is None:
            return None
        first = self.since.year - YEARS
        recent = {(day.year, day.month) for day in self.changes if day.year > first}
        month, years = Counter(rank for _year, rank in recent).most_common(1)[0]
        return month if years >= OFTEN else None

    def is_stale(self, day: date) -> bool:
        """Whether a renewal has passed since it changed and since it was looked at."""
        month = self.renews
        if month is None or self.since is None:
            return False
        year = day.year if day.month >= month else day.year - 1
        return max(self.since, self.verified or self.since) < date(year, month, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """The parameters at a month (« 2026-11 »), with the version of OpenFisca that told them."""

    engine: str
    version: str
    month: str
    written: date
    parameters: Mapping[str, Parameter]

    def of(self, right: str) -> list[Parameter]:
        """Return those that a right reads, the benefits first, then by name."""
        found = [one for one in self.parameters.values() if right in one.rights]
        return sorted(found, key=lambda one: (not one.name.startswith(BENEFITS), one.name))

    def leading(self, right: Right) -> list[Parameter]:
        """Return those whose date tells how fresh a right is (``parameter`` in droits.yaml)."""
        wanted = f".{right.parameter}."
        return [one for one in self.of(right.name) if wanted in f".{one.name}."]


@cache
def table() -> Table:
    """Return what ``params/parametres.json`` says."""
    return read_table((files("portrea.rights") / "params" / FILE).read_text("utf-8"))


@cache
def households() -> tuple[Household, ...]:
    """Return the typical households whose computation reads every parameter of our rights."""
    text = (files("portrea.rights") / "params" / "menages_types.yaml").read_text("utf-8")
    return tuple(_household(card) for card in yaml.safe_load(text)["households"])


def asked(month: str, told: Sequence[Household] = ()) -> dict[str, Any]:
    """Return the question to OpenFisca: what our rights read, for typical households."""
    return question(told or households(), month=month) | {"trace": True}


def table_of(answer: Mapping[str, Any], *, version: str, month: str, day: date) -> Table:
    """Return the table that an answer of OpenFisca tells, made on a day."""
    readers: dict[str, list[str]] = {}
    for right in rights().values():
        for variable in (right.variable, *right.also):
            for name in answer["read"][variable]:
                if right.name not in readers.setdefault(name, []):
                    readers[name].append(right.name)
    told = {
        name: _parameter(name, {**card, "rights": readers[name]})
        for name, card in sorted(answer["parameters"].items())
    }
    return Table(parameters()["engine"]["package"], version, month, day, told)


def read_table(content: str) -> Table:
    """Read a table as :func:`text_of` writes it."""
    told = json.loads(content)
    found = {name: _parameter(name, card) for name, card in told["parameters"].items()}
    day = date.fromisoformat(told["written"])
    return Table(told["engine"], told["version"], told["month"], day, found)


def text_of(one: Table) -> str:
    """Write a table as JSON, one parameter on a line, so that a change is read at once."""
    head = {"engine": one.engine, "version": one.version, "month": one.month}
    head["written"] = one.written.isoformat()
    start = json.dumps(head, ensure_ascii=False)[:-1]
    lines = [
        f"{json.dumps(name)}: {json.dumps(card_of(parameter), ensure_ascii=False)}"
        for name, parameter in one.parameters.items()
    ]
    return f'{start}, "parameters": {{\n' + ",\n".join(lines) + "\n}}\n"


def card_of(one: Parameter) -> dict[str, Any]:
    """Return a parameter as plain JSON values, its name left out."""
    return {
        "description": one.description,
        "unit": one.unit,
        "value": one.value,
        "changes": [day.isoformat() for day in one.changes],
        "verified": one.verified.isoformat() if one.verified else None,
        "references": [{"title": ref.title, "href": ref.href} for ref in one.references],
        "rights": list(one.rights),
    }


def _parameter(name: str, card: Mapping[str, Any]) -> Parameter:
    references = [
        Reference(str(ref.get("title") or ""), str(ref.get("href") or ""))
        for ref in card["references"]
    ]
    return Parameter(
        name=name,
        description=card["description"] or "",
        unit=card["unit"] or "",
        value=card["value"],
        changes=tuple(date.fromisoformat(day) for day in card["changes"]),
        verified=date.fromisoformat(card["verified"]) if card["verified"] else None,
        references=tuple(ref for ref in references if ref.title or ref.href),
        rights=tuple(card["rights"]),
    )


def _household(card: Mapping[str, Any]) -> Household:
    return Household(
        commune=card["commune"],
        housing=Housing(card["housing"]),
        rent=card.get("rent", 0),
        children=tuple(card.get("children", ())),
        adults=tuple(Adult(**adult) for adult in card["adults"]),
    )
