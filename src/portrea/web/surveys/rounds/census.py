"""What the store really has of a territory's population, to set quotas from; and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from portrea.base.errors import PortreaError
from portrea.steering.helping import offer_of
from portrea.territory import Level
from portrea.vocab.standards.mednum import kind_label
from portrea.web.accounts.scope import find, key_of
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.territory import Territory
    from portrea.web.surveys.models import Survey

AGES = {
    "persons_0_14": "0 à 14 ans",
    "persons_0_19": "0 à 19 ans",
    "persons_15_29": "15 à 29 ans",
    "persons_20_64": "20 à 64 ans",
    "persons_30_44": "30 à 44 ans",
    "persons_45_59": "45 à 59 ans",
    "persons_60_74": "60 à 74 ans",
    "persons_65_plus": "65 ans ou plus",
    "persons_75_plus": "75 ans ou plus",
}
ALL, ALONE, HOUSEHOLDS = "persons", "persons_living_alone", "households"
MOST_ZONES, MOST_PLACES = 80, 400


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one source that covers the whole territory: rows of (label, number)."""

    source: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the people of a territory; ``lacks`` says what is not."""

    figures: tuple[Figures, ...]
    zones: Figures | None
    lacks: tuple[str, ...]


def ground_of(survey: Survey) -> Ground:
    """Return the census figures of a survey's territory, each with its source."""
    lacks = [
        _(
            "Le sexe : Portrea n’a pas chargé de source qui le dise. Prenez-le dans "
            "le dossier complet de l’INSEE."
        )
    ]
    key = key_of(survey.territory)
    try:
        known = reader()
        figures, zones = _figures(known.computation_id, key)
    except PortreaError:
        figures, zones = (), None
    if not any(label in AGES.values() for one in figures for label, _n in one.rows):
        lacks.insert(0, _("Les âges : aucune source chargée ne couvre tout ce territoire."))
    if not any(label == _("vivent seules") for one in figures for label, _n in one.rows):
        lacks.append(
            _("Les ménages : aucune source chargée ne dit qui vit seul dans tout ce territoire.")
        )
    return Ground(figures, zones, tuple(lacks))


@lru_cache(maxsize=32)
def _figures(_computation: str, key: tuple[str, str]) -> tuple[tuple[Figures, ...], Figures | None]:
    known = reader()
    territory = find(key)
    wanted = _units(territory)
    if not wanted:
        return (), None
    seen = known.snapshot.store.observations(
        variables=[*AGES, ALL, ALONE, HOUSEHOLDS], levels=[str(level) for level in wanted]
    )
    inside = seen.join(_frame(wanted), on=["level", "code"], how="inner")
    sizes = {str(level): len(codes) for level, codes in wanted.items()}
    found: list[tuple[str, Figures]] = []
    for (dataset, level, variable_set), rows in _whole(inside, sizes):
        told = tuple((_words(v), round(n)) for v, n in rows)
        found.append((variable_set, Figures(_source(known, dataset, level), told)))
    newest: dict[str, Figures] = {}
    for variables, figures in found:
        newest.setdefault(variables, figures)
    return tuple(newest.values()), _zones(known, inside, wanted)


def _units(territory: Territory) -> dict[Level, list[str]]:
    """Return the areas that make a territory up, by level; nothing for all of France."""
    from portrea.web.accounts.scope import gazetteer

    known = gazetteer()
    if known is None or territory.level in {Level.FRANCE, Level.QPV}:
        return {}
    if territory.level is Level.IRIS:
        return {Level.IRIS: [territory.code]}
    units = {level: [t.code for t in known.children(territory, level)] for level in (Level.IRIS,)}
    communes = (
        [territory.code]
        if territory.level is Level.COMMUNE
        else [t.code for t in known.children(territory, Level.COMMUNE)]
    )
    return {level: codes for level, codes in (units | {Level.COMMUNE: communes}).items() if codes}


def _frame(wanted: dict[Level, list[str]]) -> pl.DataFrame:
    rows = [(str(level), code) for level, codes in wanted.items() for code in codes]
    return pl.DataFrame(rows, schema=["level", "code"], orient="row")


def _whole(
    inside: pl.DataFrame, sizes: dict[str, int]
) -> Iterable[tuple[tuple[str, str, str], list[tuple[str, float]]]]:
    """Yield what each dataset tells of the whole territory, the newest first.

    A variable that misses one area of the territory is left out: a sum without it would lie.
    """
    summed = (
        inside.filter(pl.col("value").is_not_null())
        .group_by("dataset", "vintage", "level", "variable")
        .agg(pl.col("value").sum(), pl.col("code").n_unique().alias("areas"))
        .sort("vintage", "dataset", "level", "variable", descending=[True, False, True, False])
    )
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in summed.iter_rows(named=True):
        if row["areas"] == sizes[row["level"]]:
            found.setdefault((row["dataset"], row["level"]), []).append(
                (row["variable"], row["value"])
            )
    for (dataset, level), rows in found.items():
        ordered = sorted(rows, key=lambda one: ORDER.index(one[0]))
        yield (dataset, level, " ".join(name for name, _n in ordered)), ordered


ORDER = [ALL, *AGES, ALONE, HOUSEHOLDS]


def _zones(known: Any, inside: pl.DataFrame, wanted: dict[Level, list[str]]) -> Figures | None:
    """Return the persons of each commune, from the newest source that has them all."""
    communes = wanted.get(Level.COMMUNE, [])
    if not 1 < len(communes) <= MOST_ZONES:
        return None
    persons = inside.filter(pl.col("variable") == ALL, pl.col("value").is_not_null())
    persons = persons.with_columns(pl.col("code").str.slice(0, 5).alias("commune"))
    grouped = persons.group_by("dataset", "vintage", "level", "commune").agg(pl.col("value").sum())
    for (_vintage, dataset, level), rows in sorted(
        grouped.group_by("vintage", "dataset", "level"), key=lambda one: one[0], reverse=True
    ):
        if set(rows["commune"]) == set(communes):
            told = dict(rows.select("commune", "value").iter_rows())
            named = ((find(("commune", code)).name, round(told[code])) for code in communes)
            return Figures(_source(known, str(dataset), str(level)), tuple(sorted(named)))
    return None


def _words(variable: str) -> str:
    rest = {ALL: _("en tout"), ALONE: _("vivent seules"), HOUSEHOLDS: _("ménages")}
    return AGES.get(variable) or rest[variable]


def _source(known: Any, dataset: str, level: str) -> str:
    card = known.snapshot.store.kept(dataset)
    told = f"{card.provenance.producer}, {card.provenance.title} ({card.provenance.vintage})"
    return _("%(source)s, somme des %(level)s") % {"source": told, "level": Level(level).label}


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place of the census that may be invited."""

    key: str
    name: str
    kind: str
    city: str


def places_of(survey: Survey) -> list[PlaceAsked]:
    """Return the open places of the census of a survey's territory, by town then name."""
    communes = _units(find(key_of(survey.territory))).get(Level.COMMUNE, [])
    try:
        frame = offer_of(living_reader()).places
    except PortreaError:
        return []
    rows = (
        frame.filter(pl.col("commune").is_in(communes))
        .unique("id", keep="first", maintain_order=True)
        .sort("city", "name")
        .head(MOST_PLACES)
    )
    return [
        PlaceAsked(
            row["id"],
            row["name"],
            kind_label(row["kind"]) if row["kind"] else "",
            row["city"] or "",
        )
        for row in rows.select("id", "name", "kind", "city").iter_rows(named=True)
    ]
