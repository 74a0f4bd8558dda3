"""The rules in force for somebody, and her calendar as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.action.deadline_rules import deadline_rules, read_rules
from portrea.action.deadlines import calendar_of
from portrea.action.step_words import NOTED, groups, notes_of, say_month, say_when
from portrea.web.accounts.scope import contains, key_of, name_of
from portrea.web.accounts.where import condition, keys_of
from portrea.web.action.models import DateRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any

    from django.db.models import QuerySet

    from portrea.action.deadline_rules import Rule
    from portrea.action.deadlines import Held, Step

OWN = "ici-"
"""Begins the name of a territory's own rule, so that it never takes the place of ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step as a person reads it; ``key`` names it in a form of the same page.

    ``first`` is true the first time that its rule is met: what goes with the rule is told once.
    """

    key: str
    step: Step
    when: str
    notes: list[str]
    first: bool


def territories() -> list[tuple[str, str]]:
    """Return the territories that have rules of their own, with their names."""
    rows = DateRule.objects.filter(retired=None).values_list("level", "code").distinct()
    told = [(f"{level}:{code}", name_of((level, code))) for level, code in rows.order_by()]
    return sorted(told, key=lambda one: one[1])


def rules_of(territory: str = "") -> dict[str, Rule]:
    """Return the rules for somebody: ours, then those of where she lives and of what holds it."""
    found = dict(deadline_rules())
    if territory:
        for row in DateRule.objects.filter(retired=None).order_by("pk"):
            if contains((row.level, row.code), key_of(territory)):
                found[f"{OWN}{row.pk}"] = rule_of(row)
    return found


def own_rules() -> list[tuple[str, Rule]]:
    """Return the rules in force of every territory, with its name."""
    rows = DateRule.objects.filter(retired=None).order_by("level", "code", "pk")
    return [(name_of((row.level, row.code)), rule_of(row)) for row in rows]


def rule_of(row: DateRule) -> Rule:
    """Return the rule that a territory wrote."""
    name = f"{OWN}{row.pk}"
    card = {**row.card, "checked": row.checked}
    return read_rules({"rules": {name: card}})[name]


def asked_groups(rules: Mapping[str, Rule]) -> list[tuple[str, Mapping[str, str]]]:
    """Return the rights as people speak of them, those of the territory last."""
    own = {name: rule.right for name, rule in rules.items() if name.startswith(OWN)}
    return [*groups(), *([(_("Dans votre territoire"), own)] if own else [])]


def steps_of(held: Sequence[Held], rules: Mapping[str, Rule], day: date) -> list[Told]:
    """Return the steps of the next twelve months, in order."""
    met: set[str] = set()
    told = []
    for step in calendar_of(held, rules, day=day).steps:
        key = f"{step.rule.name}:{step.day.isoformat()}"
        told.append(Told(key, step, say_when(step), notes_of(step), step.rule.name not in met))
        met.add(step.rule.name)
    return told


def sources_of(
    held: Sequence[Held], rules: Mapping[str, Rule], day: date
) -> list[tuple[Rule, bool]]:
    """Return the rules of somebody's rights, each once, and whether it is to be read again."""
    told = [rules[one.rule] for one in held if one.rule != NOTED]
    return [(rule, rule.is_stale(day)) for rule in told]


def by_month(steps: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Return the steps under the month in which each begins to be done."""

    def first(told: Told) -> date:
        return told.step.opens or told.step.day

    late = [told for told in steps if told.step.late]
    others = sorted((told for told in steps if not told.step.late), key=first)
    months = [
        (say_month(date_of), list(held))
        for date_of, held in groupby(others, key=lambda told: first(told).replace(day=1))
    ]
    return [*([(_("Sans attendre"), late)] if late else []), *months]


def quiet_of(held: Sequence[Held], rules: Mapping[str, Rule], day: date) -> list[Rule]:
    """Return the rules for which there is nothing to do."""
    return list(calendar_of(held, rules, day=day).nothing_to_do)


def rules_to_hold(who: Any) -> QuerySet[DateRule]:
    """Return the rules of the territories where somebody holds them."""
    return DateRule.objects.filter(condition(keys_of(who, "dates.rule"))).order_by("retired", "pk")
