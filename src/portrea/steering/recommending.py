"""Recommended actions: rules propose from measured facts, people decide.

A rule (``params/recommendations.yaml``) has a condition with a threshold, which is a declared
assumption. It holds only when the whole interval of a fact is beyond it: what is uncertain or
unknown proposes nothing. An action never stands without the sentence that says why.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from portrea.steering.committee import MONTHS, entered_and_left, plain, side
from portrea.steering.display import parameters
from portrea.steering.wording import counted, enumeration, long_date, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from portrea.steering.committee import Fact

LESS, MORE = "less", "more"
MOST_NAMED = 8
"""Names of a list that are written in a sentence."""


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a rule; ``unit`` says what its threshold counts."""

    kind: str
    fact: str
    unit: str
    bar: float = 0
    of: str = ""
    among: float = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, the action it proposes, and the fact that will tell whether it helped.

    ``months`` is its horizon; ``wanted`` is :data:`LESS` or :data:`MORE`.
    """

    id: str
    when: When
    title: str
    why: str
    how: str
    owner: str
    months: int
    indicator: str
    wanted: str
    page: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The facts without which nothing can be said."""
        return (self.when.fact, self.when.of) if self.when.of else (self.when.fact,)

    @property
    def threshold(self) -> str:
        """The threshold in French, with the number of cases it asks for."""
        when = self.when
        if when.kind == "above":
            return f"au-dessus de la {when.unit}, fourchettes séparées"
        if when.kind == "none":
            return f"aucun, sur au moins {plain(when.among)} {when.unit}"
        least = "au plus" if when.kind == "most" else "au moins"
        said = f"{least} {plain(when.bar)} {when.unit}"
        return f"{said}, s’il y en a {plain(when.among)} ou plus" if when.among else said


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule proposes today: the rule, and why with the numbers of today."""

    rule: Rule
    why: str


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules, in the order in which they propose."""
    cards = parameters("recommendations")["rules"].items()
    return tuple(_rule(name, card) for name, card in cards)


def _rule(name: str, card: Mapping[str, Any]) -> Rule:
    said = {key: mark(card[key]) for key in ("title", "why", "how", "owner")}
    return Rule(**{**card, **said, "id": name, "when": When(**card["when"])})


@cache
def rule_of(name: str) -> Rule | None:
    """Return a rule by its identifier, ``None`` when there is none (any more)."""
    return next((rule for rule in rules() if rule.id == name), None)


def proposals(facts: Mapping[str, Fact]) -> tuple[Proposal, ...]:
    """Return what the rules propose from facts, by key; nothing when none calls for an action."""
    return tuple(
        Proposal(rule, said) for rule in rules() if (said := reason(rule, facts)) is not None
    )


def unjudged(facts: Mapping[str, Fact]) -> tuple[Rule, ...]:
    """Return the rules of which nothing can be said: a fact that they read is not known."""
    return tuple(rule for rule in rules() if not all(_known(facts.get(key)) for key in rule.reads))


def reason(rule: Rule, facts: Mapping[str, Fact]) -> str | None:
    """Say why a rule proposes its action, ``None`` when it does not."""
    found = [facts.get(key) for key in rule.reads]
    if not all(_known(fact) for fact in found):
        return None
    told = [fact for fact in found if fact is not None]
    if not _HOLDS[rule.when.kind](rule.when, told):
        return None
    said = rule.why.format_map({fact.key: _shown(fact) for fact in told})
    main = told[0]
    dated = ", ".join(filter(None, (main.source, long_date(main.day))))
    return mark(f"{said.removesuffix('.')} ({dated})." if dated else said)


def due(on: date, months: int) -> date:
    """Return the same day some months later, the last of the month when it is shorter."""
    month = on.month - 1 + months
    year, rank = on.year + month // MONTHS, month % MONTHS + 1
    return on.replace(year=year, month=rank, day=min(on.day, calendar.monthrange(year, rank)[1]))


# -- conditions -----------------------------------------------------------------------------------


def _known(fact: Fact | None) -> bool:
    return fact is not None and (fact.members is not None or fact.bounds is not None)


def _shown(fact: Fact) -> str:
    """Write a fact; of a long list, the first names and how many others there are."""
    if fact.members is None:
        return fact.text
    left = len(fact.members) - MOST_NAMED
    if left <= 0:
        return enumeration(fact.members)
    others = counted(str(left), left, "autre", "autres")
    return enumeration([*fact.members[:MOST_NAMED], others])


def _low(fact: Fact) -> float:
    bounds = fact.bounds
    return bounds[0] if bounds is not None else float("-inf")


def _high(fact: Fact) -> float:
    bounds = fact.bounds
    return bounds[1] if bounds is not None else float("inf")


def _least(when: When, told: list[Fact]) -> bool:
    return _low(told[0]) >= when.bar


def _most(when: When, told: list[Fact]) -> bool:
    return _high(told[0]) <= when.bar


def _share(when: When, told: list[Fact]) -> bool:
    part, whole = _low(told[0]), _high(told[1])
    return whole >= when.among and whole > 0 and 100 * part / whole >= when.bar


def _none(when: When, told: list[Fact]) -> bool:
    return _high(told[0]) <= 0 and _low(told[1]) >= when.among


def _above(_when: When, told: list[Fact]) -> bool:
    return _low(told[0]) > _high(told[1])


def _names(when: When, told: list[Fact]) -> bool:
    return len(told[0].members or ()) >= when.bar


_HOLDS: dict[str, Callable[[When, list[Fact]], bool]] = {
    "least": _least,
    "most": _most,
    "share": _share,
    "none": _none,
    "above": _above,
    "names": _names,
}


# -- follow-up ------------------------------------------------------------------------------------


def seen(then: Fact, now: Fact | None, *, wanted: str, target: float | None = None) -> str:
    """Say what an indicator became since the action was decided, with both values and their days.

    A list is told by how many names it has, then by those that entered it or left it. Nothing is
    concluded from intervals that meet, nor of a target inside the interval of today.
    """
    before = f"{then.label} : {_dated(then)}"
    if now is None or not _known(now):
        return mark(f"{before} ; valeur d’aujourd’hui inconnue.")
    if then == now:
        parts = [f"{before}, au départ"]
    else:
        parts = [f"{before}, {_dated(now)}", _verdict(then, now, wanted)]
    if target is not None and now.bounds is not None:
        parts.append(_reached(now, wanted, target))
    return mark(f"{' ; '.join(parts)}.")


def _dated(fact: Fact) -> str:
    shown = fact.text if fact.members is None else str(len(fact.members))
    return f"{shown} le {long_date(fact.day)}" if fact.day else shown


def _verdict(then: Fact, now: Fact, wanted: str) -> str:
    if then.members is not None and now.members is not None:
        return entered_and_left(then.members, now.members) or "la même liste"
    found = side(then, now)
    if found:
        better = (found == "au-dessus") == (wanted == MORE)
        return "c’est mieux qu’au départ" if better else "c’est moins bien qu’au départ"
    if then.bounds is not None and then.bounds == now.bounds and then.bounds[0] == then.bounds[1]:
        return "pareil qu’au départ"
    return "on ne peut pas dire que cela a changé"


def _reached(now: Fact, wanted: str, target: float) -> str:
    goal = f"objectif ({plain(target)})"
    low, high = _low(now), _high(now)
    if (high <= target) if wanted == LESS else (low >= target):
        return f"{goal} atteint"
    if (low > target) if wanted == LESS else (high < target):
        return f"{goal} pas encore atteint"
    return f"on ne peut pas dire si l’{goal} est atteint"
