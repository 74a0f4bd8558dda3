"""How much help each place gives in a week, per need: hours × people who help at once.

What a place says is used as it says it. What it does not say is taken from dated assumptions
(``params/supply.yaml``) and counted apart, in two degrees: ``declared`` hours come from a capacity
or opening hours that the place told (how many people help at once may still be assumed), ``firm``
ones rest on no assumption at all. Places and records become the table of services in
:mod:`portrea.steering.supply`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from portrea.base.errors import DataError, ParameterError
from portrea.base.tables import Column, Table
from portrea.reach.catchment import checked
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.str_]


class When(StrEnum):
    """Part of the week that is counted."""

    WEEK = "semaine"
    DAY = "jour"
    EVENING = "soir"
    WEEKEND = "fin_de_semaine"

    @property
    def label(self) -> str:
        """French words, as shown."""
        return _WHEN_LABELS[self]


_WHEN_LABELS = {
    When.WEEK: "toute la semaine",
    When.DAY: "en journée, du lundi au vendredi",
    When.EVENING: "le soir, du lundi au vendredi",
    When.WEEKEND: "le samedi et le dimanche",
}
WINDOWS = {When.DAY: "day", When.EVENING: "evening", When.WEEKEND: "weekend"}
PARTS = ("hours", "declared", "firm")
TINY = 1e-9
SATURATIONS = ("faible", "moderee", "forte")

SERVICES = Table(
    "services",
    (
        Column("place", pl.String, "identifiant du lieu"),
        Column("need", pl.String, "besoin auquel on répond", allowed=tuple(map(str, Situation))),
        Column("kind", pl.String, "typologie du lieu (RFS, MUNI…)", nullable=True),
        Column("itinerant", pl.Boolean, "lieu itinérant", nullable=True),
        *(
            Column(
                f"hours_{name}",
                pl.Float64,
                f"ouverture {when.label}",
                unit="heure par semaine",
                nullable=True,
                low=0,
                high=168,
            )
            for when, name in WINDOWS.items()
        ),
        Column("own_hours", pl.Boolean, "ces heures sont dites pour le service lui-même"),
        Column("agents", pl.Float64, "personnes (ou postes) en même temps", nullable=True, low=0),
        Column(
            "capacity_hours",
            pl.Float64,
            "heures d’aide dites par le lieu",
            unit="heure par semaine",
            nullable=True,
            low=0,
        ),
        Column("declared", pl.Boolean, "cette capacité est déclarée, non estimée"),
        Column(
            "procedures",
            pl.Float64,
            "part des heures donnée aux démarches en ligne",
            unit="part",
            nullable=True,
            low=0,
            high=1,
        ),
        Column("saturation", pl.String, "dite par le lieu", nullable=True, allowed=SATURATIONS),
    ),
)
"""One row per service of a place; hours are null together when nothing is told."""


@dataclass(frozen=True, eq=False)
class Supply:
    """Help given by places, in hours a week, for one need and one part of the week.

    ``declared`` is the part of ``hours`` whose capacity or opening is told: the rest is imputed.
    ``firm`` is the part of it that rests on no assumption.
    """

    places: Codes
    need: str
    hours: Floats
    declared: Floats
    firm: Floats
    when: str = When.WEEK

    def __post_init__(self) -> None:
        """Refuse what is missing or negative."""
        size = len(self.places)
        checked(self.hours, size, "L’offre", "lieu")
        for part, whole in ((self.declared, self.hours), (self.firm, self.declared)):
            checked(part, size, "L’offre déclarée", "lieu")
            if (part > whole * (1 + TINY)).any():
                raise DataError(
                    "Un lieu a plus d’heures déclarées que d’heures en tout.",
                    remedy="Vérifiez les capacités déclarées.",
                )

    @property
    def imputed(self) -> NDArray[np.bool_]:
        """Places whose opening itself is guessed, in part at least."""
        found: NDArray[np.bool_] = self.declared < self.hours * (1 - TINY)
        return found

    def at(self, places: Sequence[str] | Codes) -> Self:
        """Return the supply of other places, in their order; 0 hours where none is known."""
        wanted = np.asarray(places, dtype=np.str_)
        rank = {code: row for row, code in enumerate(self.places.tolist())}
        row = np.fromiter((rank.get(code, -1) for code in wanted.tolist()), np.intp, len(wanted))
        hours, told, firm = (
            np.append(part, 0.0)[row] for part in (self.hours, self.declared, self.firm)
        )
        return replace(self, places=wanted, hours=hours, declared=told, firm=firm)


@cache
def parameters() -> dict[str, Any]:
    """Return the dated assumptions shipped with Portrea."""
    text = files("portrea.reach").joinpath("params/supply.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def supply_of(
    services: pl.DataFrame,
    *,
    need: str,
    when: str = When.WEEK,
    assumptions: Mapping[str, Any] | None = None,
) -> Supply:
    """Return the help that places give for a need in a part of the week.

    Parameters
    ----------
    services
        Table ``services``.
    need
        One of the four published needs.
    when
        Whole week, weekdays before the evening, weekday evenings, or the weekend.
    assumptions
        What is taken for what is not told; those shipped by default.

    Returns
    -------
    Supply
        One row per place that answers the need, ordered by identifier.

    Notes
    -----
    With a capacity: ``hours of help · share for procedures (need « aide »)``. Without: ``hours open
    · people at once · share of these hours``, each as told, else assumed. Both times the part of
    the capacity still open to newcomers, as the place tells its saturation.
    """
    book = dict(assumptions or parameters())
    _check_choice("besoin", need, tuple(map(str, Situation)))
    _check_choice("moment", when, tuple(map(str, When)))
    rows = SERVICES.conform(services).filter(pl.col("need") == need)
    rows = rows.with_columns(_opening(book), _agents(book), _share(book, need))
    rows = rows.with_columns(_split(book, name) for name in WINDOWS.values())
    rows = rows.with_columns(hours=_total(book, need) * _window(when), **_told())
    sums = rows.group_by("place").agg(
        pl.col("hours").sum(),
        *(pl.col("hours").filter(name).sum().alias(name) for name in PARTS[1:]),
    )
    sums = sums.sort("place")
    places = np.asarray(sums["place"].to_list(), dtype=np.str_)
    hours, told, firm = (sums[name].to_numpy() for name in PARTS)
    return Supply(places, need, hours, told, firm, str(when))


def _check_choice(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise ParameterError(
            f"Le {what} « {given} » est inconnu.",
            remedy=f"Choisissez parmi : {', '.join(allowed)}.",
        )


def _by_kind(card: Mapping[str, Any]) -> pl.Expr:
    """Return the assumption of the kind of place, else the usual one."""
    kinds = {kind: float(entry["value"]) for kind, entry in card["kinds"].items()}
    first = pl.col("kind").str.split("|").list.first()
    return first.replace_strict(kinds, default=float(card["default"]), return_dtype=pl.Float64)


def _opening(book: Mapping[str, Any]) -> pl.Expr:
    told = pl.sum_horizontal(f"hours_{name}" for name in WINDOWS.values())
    known = pl.col("hours_day").is_not_null()
    moving = pl.col("itinerant").fill_null(value=False)
    usual = (
        pl.when(moving)
        .then(float(book["itinerant_hours"]["value"]))
        .otherwise(_by_kind(book["hours"]))
    )
    found = pl.when(known).then(told).otherwise(usual)
    return found.clip(upper_bound=float(book["most_hours"]["value"])).alias("opening")


def _agents(book: Mapping[str, Any]) -> pl.Expr:
    return pl.col("agents").fill_null(_by_kind(book["agents"])).alias("at_once")


def _share(book: Mapping[str, Any], need: str) -> pl.Expr:
    card = book["share"]
    kinds = {kind: float(shares[need]) for kind, shares in card["kinds"].items()}
    first = pl.col("kind").str.split("|").list.first()
    usual = first.replace_strict(
        kinds, default=float(card["default"][need]), return_dtype=pl.Float64
    )
    own = pl.col("own_hours") & pl.col("hours_day").is_not_null()
    return pl.when(own).then(float(card["own"]["value"])).otherwise(usual).alias("share")


def _split(book: Mapping[str, Any], name: str) -> pl.Expr:
    """Return the part of the help given in one part of the week."""
    told = pl.sum_horizontal(f"hours_{other}" for other in WINDOWS.values())
    usual = float(book["windows"]["untold_split"]["value"][name])
    return pl.when(told > 0).then(pl.col(f"hours_{name}") / told).otherwise(usual).alias(name)


def _window(when: str) -> pl.Expr:
    return pl.lit(1.0) if when == When.WEEK else pl.col(WINDOWS[When(when)])


def _total(book: Mapping[str, Any], need: str) -> pl.Expr:
    procedures = pl.col("procedures").fill_null(1.0) if need == Situation.AIDE else pl.lit(1.0)
    guessed = pl.col("opening") * pl.col("at_once") * pl.col("share")
    shut = (pl.col("hours_day") + pl.col("hours_evening") + pl.col("hours_weekend")) == 0
    offered = pl.coalesce(pl.col("capacity_hours") * procedures, guessed)
    left = pl.col("saturation").replace_strict(
        {name: float(value) for name, value in book["saturation"]["value"].items()},
        default=1.0,
        return_dtype=pl.Float64,
    )
    never = pl.col("capacity_hours").is_null() & shut.fill_null(value=False)
    return pl.when(never).then(0.0).otherwise(offered * left)


def _told() -> dict[str, pl.Expr]:
    """Say whether the opening is told, and whether nothing at all is assumed."""
    capacity = pl.col("capacity_hours").is_not_null()
    open_told = pl.col("hours_day").is_not_null()
    own = pl.col("own_hours") & open_told & pl.col("agents").is_not_null() & ~capacity
    return {
        "declared": (capacity | open_told) & pl.col("declared"),
        "firm": (capacity | own) & pl.col("declared"),
    }
