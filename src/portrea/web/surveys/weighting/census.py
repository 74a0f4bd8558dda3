"""Margins that the store gives for a question, in the territory of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from portrea.base.errors import PortreaError
from portrea.surveys.margins import margin_of_ages
from portrea.surveys.margins_words import known, margin_of_diplomas, margin_of_households
from portrea.web.surveys.weighting.weights import name_as_choice
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from portrea.sources.datasets import Dataset
    from portrea.steering.reading import Reader

    Margin = dict[str, float]


@dataclass(frozen=True, slots=True)
class Offer:
    """A margin that can be taken: people by choice, who is counted, which dataset of when."""

    margin: Margin
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Area:
    """The territory of a survey as the store knows it."""

    reader: Reader
    level: str
    code: str

    @property
    def communes(self) -> dict[str, str]:
        """Code → name of its communes."""
        if self.level == "commune":
            row = self.reader.territory(self.level, self.code)
            return {self.code: row["name"]} if row else {}
        rows = self.reader.members("commune", self.level, self.code)
        return {row["code"]: row["name"] for row in rows}

    def figures(self, variables: Iterable[str]) -> list[tuple[dict[str, float], Dataset]]:
        """Return each dataset that knows all the variables in every commune, newest first."""
        wanted = list(variables)
        rows = self.reader.store.observations(variables=wanted, levels=["commune", "iris"])
        rows = rows.with_columns(commune=pl.col("code").str.slice(0, 5))
        rows = rows.filter(
            pl.col("commune").is_in(list(self.communes)), pl.col("value").is_not_null()
        )
        found = []
        for (dataset, _level), part in rows.group_by("dataset", "level"):
            if self._is_whole(part, wanted):
                sums = part.group_by("variable").agg(pl.col("value").sum())
                found.append((dict(sums.iter_rows()), str(dataset)))
        return self._newest(found)

    def crossed(self, column: str) -> list[tuple[dict[str, float], Dataset]]:
        """Return people of 15 or more by a column of the cross tables that know every commune."""
        found = []
        for dataset in self.reader.store.datasets():
            if not dataset.rows.get("crosstab"):
                continue
            table = self.reader.store.read(dataset, "crosstab").filter(
                pl.col("level") == "commune", pl.col("code").is_in(list(self.communes))
            )
            if table["code"].n_unique() == len(self.communes):
                sums = table.group_by(column).agg(pl.col("persons").sum())
                found.append((dict(sums.iter_rows()), dataset.id))
        return self._newest(found)

    def by_commune(self) -> list[tuple[dict[str, float], Dataset]]:
        """Return people by commune (code)."""
        rows = self.reader.store.observations(variables=["persons"], levels=["commune", "iris"])
        rows = rows.with_columns(commune=pl.col("code").str.slice(0, 5))
        rows = rows.filter(pl.col("commune").is_in(list(self.communes)))
        found = []
        for (dataset, _level), part in rows.group_by("dataset", "level"):
            if self._is_whole(part, ["persons"]):
                sums = part.group_by("commune").agg(pl.col("value").sum())
                found.append((dict(sums.iter_rows()), str(dataset)))
        return self._newest(found)

    def _is_whole(self, part: pl.DataFrame, wanted: list[str]) -> bool:
        each = part.group_by("variable").agg(pl.col("commune").n_unique())
        counted = dict(each.iter_rows())
        return all(counted.get(name) == len(self.communes) for name in wanted)

    def _newest(self, found: list[tuple[dict[str, float], str]]) -> list[Any]:
        named = [(sums, self.reader.store.dataset(name)) for sums, name in found]
        told = [(sums, dataset) for sums, dataset in named if dataset is not None]
        return sorted(told, key=lambda one: one[1].provenance.vintage, reverse=True)


def offers(level: str, code: str, choices: Mapping[str, str], *, named: str) -> list[Offer]:
    """Return the margins the store knows for a question, newest first of each kind.

    Parameters
    ----------
    choices
        Name of each choice → its label; empty for a question answered by writing a commune.
    named
        Name of the question.

    Returns
    -------
    list
        Empty when the store knows no margin whose groups are those of the question.
    """
    try:
        area = Area(reader(), level, code)
        if not area.communes:
            return []
        if "commune" in named or not choices:
            return _communes(area, choices)
        return [*_ages(area, choices), *_diplomas(area, choices), *_households(area, choices)]
    except PortreaError:  # nothing computed yet: margins are typed by hand
        return []


def communes_of(level: str, code: str) -> dict[str, str]:
    """Return how a question answered by writing a commune is counted: written name → name."""
    try:
        names = Area(reader(), level, code).communes.values()
    except PortreaError:
        return {}
    return {name_as_choice(name): name for name in names}


def _ages(area: Area, choices: Mapping[str, str]) -> list[Offer]:
    made = []
    for figures in known()["ages"]:
        for sums, dataset in area.figures(figures):
            bands = {band: sums[name] for name, band in figures.items()}
            margin = margin_of_ages(choices, bands)
            made.append(Offer(margin, _("Population par âge"), _source(dataset)))
    for sums, dataset in area.crossed("age"):
        margin = margin_of_ages(choices, sums)
        made.append(Offer(margin, _("Personnes de 15 ans ou plus, par âge"), _source(dataset)))
    return sorted(_filled(made), key=lambda one: -len(one.margin))


def _diplomas(area: Area, choices: Mapping[str, str]) -> list[Offer]:
    told = known()["diplomas"]
    tables: tuple[tuple[str, Callable[[], Any], Any], ...] = (
        ("figures", lambda: area.figures(name for one in told["figures"].values() for name in one),
         _("Personnes sorties des études, par diplôme")),
        ("crossed", lambda: area.crossed("diploma"),
         _("Personnes de 15 ans ou plus, par diplôme")),
    )  # fmt: skip
    made = []
    for kind, rows, title in tables:
        for sums, dataset in rows():
            people = {
                group: sum(sums.get(name, 0) for name in names)
                for group, names in told[kind].items()
            }
            made.append(Offer(margin_of_diplomas(choices, people), title, _source(dataset)))
    return _filled(made)


def _households(area: Area, choices: Mapping[str, str]) -> list[Offer]:
    told = known()["households"]["figures"]
    made = []
    for sums, dataset in area.figures(told.values()):
        alone, everyone = sums[told["alone"]], sums[told["all"]]
        margin = margin_of_households(choices, alone=alone, others=everyone - alone)
        made.append(Offer(margin, _("Population des ménages"), _source(dataset)))
    for sums, dataset in area.crossed("household"):
        if {"alone", "other"} <= set(sums):
            margin = margin_of_households(choices, alone=sums["alone"], others=sums["other"])
            made.append(Offer(margin, _("Personnes de 15 ans ou plus"), _source(dataset)))
    return _filled(made)


def _communes(area: Area, choices: Mapping[str, str]) -> list[Offer]:
    written = {name_as_choice(label): name for name, label in choices.items()}
    made = []
    for sums, dataset in area.by_commune():
        margin = {}
        for code, name in area.communes.items():
            bare = name_as_choice(name)
            key = (code if code in choices else written.get(bare)) if choices else bare
            if key:
                margin[key] = sums[code]
        made.append(Offer(margin, _("Population par commune"), _source(dataset)))
    return _filled(made)


def _filled(made: list[Offer]) -> list[Offer]:
    return [one for one in made if len(one.margin) > 1]


def _source(dataset: Dataset) -> str:
    card = dataset.provenance
    return f"{card.producer}, {card.title} ({card.vintage})"
