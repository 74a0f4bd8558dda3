"""Where to place help in a territory: the ground of « Et si ? », a model, and what is proven.

The plan is told with the figures of the page « Et si ? » for the same openings and closures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.base.errors import ParameterError
from portrea.reach.siting import half_days, maximal_cover, p_center, p_median, set_cover
from portrea.reach.siting.plan import Model
from portrea.reach.siting.problem import State
from portrea.steering.display import parameters
from portrea.steering.what_if import Changes, outcome
from portrea.steering.what_if_words import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.reach.siting.plan import Plan
    from portrea.reach.siting.problem import Problem
    from portrea.steering.what_if import Outcome
    from portrea.steering.what_if_ground import Ground
    from portrea.steering.what_if_words import Range

BUILDINGS, COMMUNES = "buildings", "communes"
COMMUNE = "commune:"
COLUMNS = ("action", "id", "name", "kind", "commune", "longitude", "latitude", "half_days")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: model, numbers, limits, where one may open.

    ``minutes`` is the time within which a person is near; ``equity`` one that nobody may exceed;
    ``added`` half-days are shared by the capacitated model; ``movable``: places of today inside
    the territory may move.
    """

    model: Model = Model.MCLP
    openings: int = 1
    closures: int = 0
    minutes: int = 20
    equity: float | None = None
    added: int = 0
    movable: bool = False
    candidates: str = BUILDINGS


@dataclass(frozen=True, eq=False)
class Placement:
    """A plan and what « Et si ? » says of it (``None`` when no plan respects the rules)."""

    ground: Ground
    wish: Wish
    plan: Plan
    outcome: Outcome | None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What opens, what closes, then the half-days that places of today keep or get."""
        told = [("ouvrir", key) for key in self.plan.opened]
        told += [("fermer", key) for key in self.plan.closed]
        today = set(self.plan.half_days) - set(self.plan.opened)
        told += [("garder", key) for key in sorted(today) if self.ground.place(key)["inside"]]
        return [self._row(action, key) for action, key in told]

    def _row(self, action: str, key: str) -> dict[str, Any]:
        given = self.plan.half_days.get(key, 1 if action == "ouvrir" else 0)
        if action == "ouvrir" and self.ground.place(key)["untold"]:
            action = "confirmer"
        if action == "garder" and given > half_days_today(self.ground).get(key, 0):
            action = "renforcer"
        return {"action": action, "half_days": given} | _place(self.ground, key)


def _place(ground: Ground, key: str) -> dict[str, Any]:
    """Return a place as it is told, with the name of its commune."""
    place, names = ground.place(key), dict(ground.communes)
    name = names.get(place["commune"])
    told = {name: place[name] for name in COLUMNS if name in place}
    return told | {"commune_name": "" if name is None else name.plain}


def place(ground: Ground, wish: Wish) -> Placement:
    """Look for the best places of a ground (:func:`portrea.steering.what_if_ground.prepare`).

    Raises
    ------
    ParameterError
        When nothing can open there, or when the numbers do not fit.
    """
    plan = _solved(ground, wish)
    if not plan.feasible:
        return Placement(ground, wish, plan, None)
    opened = tuple((plan.half_days.get(key, 1), key) for key in plan.opened)
    changes = Changes(opened, plan.closed)
    return Placement(ground, wish, plan, outcome(ground, changes, minutes=wish.minutes))


def problem_of(ground: Ground, wish: Wish) -> Problem:
    """Return the problem of a wish: its candidates, and what may become of the places of today.

    A place outside the territory stays; one inside stays too, unless places may close or move.
    """
    town = pl.col("id").str.starts_with(COMMUNE)
    chosen = town if wish.candidates == COMMUNES else ~town
    may_open = ~pl.col("serves") & pl.col("inside") & chosen
    flags = ground.places.select(kept=pl.col("serves") | may_open, mine="serves", inside="inside")
    if wish.openings and not ground.places.select(may_open.any()).item():
        raise ParameterError(
            "Aucun bâtiment connu de ce territoire ne peut accueillir une permanence.",
            remedy="Chargez des lieux (mairies, bibliothèques…), ou prenez « --candidates "
            "communes » : le centre de chaque commune.",
        )
    states = ground.problem.states.copy()
    serves, inside = flags["mine"].to_numpy(), flags["inside"].to_numpy()
    states[serves] = State.FIXED
    if wish.movable or wish.closures or wish.model is Model.LSCP:
        states[serves & inside] = State.MOVABLE if wish.movable else State.REMOVABLE
    if wish.model is Model.LSCP and not wish.movable:
        states[serves] = State.FIXED
    rows = np.flatnonzero(flags["kept"].to_numpy())
    problem = ground.problem
    return replace(
        problem,
        places=problem.places[rows],
        states=states[rows],
        minutes=csr_array(problem.minutes[:, rows]),
        hours=ground.shared.hours[rows],
    )


def half_days_today(ground: Ground) -> dict[str, int]:
    """Return the half-days that each place of today gives to the people of the territory.

    A place shares its hours between all who come to it: only the share of those counted here is
    theirs.
    """
    shared, half_day = ground.shared, float(parameters("what_if")["half_day_hours"]["value"])
    people = shared.demand.persons
    mine = np.zeros(len(people))
    mine[ground.own] = people[ground.own]
    everyone, ours = shared.weights.T @ people, shared.weights.T @ mine
    share = np.divide(ours, everyone, out=np.zeros_like(ours), where=everyone > 0)
    days = np.round(shared.hours * share / half_day).astype(int)
    served = ground.places.select("id", "serves").iter_rows()
    return {key: int(days[row]) for row, (key, serves) in enumerate(served) if serves}


def _solved(ground: Ground, wish: Wish) -> Plan:
    problem = problem_of(ground, wish)
    near, counts = float(wish.minutes), _Counts(openings=wish.openings, closures=wish.closures)
    match wish.model:
        case Model.MCLP:
            return maximal_cover(problem, **counts, threshold=near, equity=wish.equity)
        case Model.P_MEDIAN:
            return p_median(problem, **counts, threshold=near, equity=wish.equity)
        case Model.P_CENTER:
            return p_center(problem, **counts, threshold=near)
        case Model.LSCP:
            return set_cover(problem, threshold=near)
        case Model.CAPACITATED:
            today = half_days_today(ground)
            beyond = ground.places.filter(pl.col("serves") & ~pl.col("inside"))["id"].to_list()
            return half_days(
                problem, **counts,
                added=wish.added, threshold=near, current=today, unchanged=beyond,
            )  # fmt: skip


class _Counts(TypedDict):
    openings: int
    closures: int


def curve(ground: Ground, wish: Wish) -> list[dict[str, Any]]:
    """Return what each number of openings gives, from none to the one wished."""
    return [
        {"openings": count, **_figures(place(ground, replace(wish, openings=count)))}
        for count in range(wish.openings + 1)
    ]


def each(ground: Ground, wish: Wish) -> list[dict[str, Any]]:
    """Return what one half-day more gives in each building of the territory, the most first.

    Persons who get within reach, persons who get a nearer place, hours of help for a hundred
    persons of the territory, then those of its commune that has least of it (``least``).
    """
    communes = wish.candidates == COMMUNES
    keys = [
        key
        for key in ground.places.filter("inside")["id"].to_list()
        if key.startswith(COMMUNE) == communes
    ]
    found = [(key, outcome(ground, Changes(((1, key),)), minutes=wish.minutes)) for key in keys]
    found.sort(key=lambda pair: _worth(pair[1]), reverse=True)
    return [_place(ground, key) | _half_day(one) for key, one in found]


def _worth(one: Outcome) -> tuple[float, float, float]:
    gained = one.gained.wide.value if one.gained else None
    return gained or 0.0, one.closer.wide.value or 0.0, one.help_change.value or 0.0


def _half_day(one: Outcome) -> dict[str, Any]:
    people = (("gained", one.gained), ("closer", one.closer))
    told = {f"{name}_{end}": value for name, who in people for end, value in _bounds(who)}
    least = min(one.lines, key=lambda line: line.help_before.value or 0.0)
    return told | {
        "help_change": one.help_change.value,
        "help_change_low": one.help_change.low,
        "help_change_high": one.help_change.high,
        "least": least.name.plain,
        "least_change": (least.help_after.value or 0.0) - (least.help_before.value or 0.0),
    }


def summary(found: Placement) -> dict[str, Any]:
    """Return the whole answer as a document: question, figures, proof, places, notes."""
    ground, wish, plan = found.ground, found.wish, found.plan
    return {
        "territory": ground.subject.name.plain,
        "need": ground.question.situation,
        "measure": ground.question.measure,
        "profile": ground.question.profile,
        "model": wish.model.value,
        "minutes": wish.minutes,
        "openings": wish.openings,
        "closures": wish.closures,
        "quality": ground.quality.value,
        **_figures(found),
        "feasible": plan.feasible,
        "optimal": plan.optimal,
        "gap": plan.gap,
        "proof": plan.proof,
        "places": found.rows,
        "notes": list(told(found)),
    }


def told(found: Placement) -> Iterator[str]:
    """Say what must be known of the plan, and why none exists when none does.

    Sentences that count persons are left out where an IRIS of the territory must not be shown.
    """
    reasons = (reason.sentence for reason in found.plan.relaxations)
    for sentence in (*found.plan.notes, *reasons, *_of_today(found)):
        if not (found.ground.hidden and "personne" in sentence):
            yield sentence


def _of_today(found: Placement) -> Iterator[str]:
    """Say what the places of today rest on, and how their half-days are counted."""
    ground, near = found.ground, found.wish.minutes
    if found.wish.model is Model.CAPACITATED:
        yield (
            "Demi-journées d’aujourd’hui : les heures de chaque lieu, pour la part des gens d’ici "
            "parmi tous ceux qui y viennent."
        )
    times = ground.problem.by_place
    reached = np.zeros(times.shape[1], dtype=bool)
    reached[np.repeat(np.arange(times.shape[1]), np.diff(times.indptr))[times.data <= near]] = True
    today = ground.places.filter(pl.Series(reached) & pl.col("serves"))
    untold = today["untold"].sum()
    if untold:
        yield (
            f"{untold} des {today.height} lieux d’aujourd’hui à moins de {near:g} minutes ne "
            "disent pas leurs horaires : une liste les nomme, rien ne dit qu’ils aident vraiment."
        )


def _figures(found: Placement) -> dict[str, Any]:
    if found.outcome is None:
        return {}
    one = found.outcome
    return {
        f"{name}_{end}": value
        for name, persons in (
            ("total", one.total), ("before", one.before), ("after", one.after),
            ("gained", one.gained), ("lost", one.lost),
        )
        for end, value in _bounds(persons)
    }  # fmt: skip


def _bounds(persons: Range | None) -> tuple[tuple[str, float | None], ...]:
    """Return the bounds as the page writes them, nothing where they must not be shown."""
    if persons is None:
        return (("low", None), ("high", None))
    number = number_of(persons)
    return (("low", number.low), ("high", number.high))
