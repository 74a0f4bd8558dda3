"""A right followed from the day it was detected to the day it was opened or refused; no identity.

A case is one right followed for one person. Stages may be skipped, never put before an earlier one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from portrea.rights.catalogue import rights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

STEPS = ("detected", "informed", "accompanied", "applied")
ENDS = ("opened", "refused", "abandoned")
STAGES = (*STEPS, *ENDS)
OTHER = "autre"
FIRST_YEAR = 2000
CODED = {"origin": "origins", "refusal": "refusals", "abandon": "abandons", "age": "ages",
         "status": "statuses", "gender": "genders"}  # fmt: skip
"""Field of a case → its vocabulary."""
REASONS = {"refusal": "refused", "abandon": "abandoned"}
"""Why → the stage that it explains."""
_MONEY = ("monthly", "back_pay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A right followed: the day of each stage noted, codes, amounts in euros (by month, once).

    An empty word is « non renseigné »: it is never guessed. ``procedure`` names the right when
    ``right`` is « autre ».
    """

    right: str
    detected: date
    informed: date | None = None
    accompanied: date | None = None
    applied: date | None = None
    opened: date | None = None
    refused: date | None = None
    abandoned: date | None = None
    refusal: str = ""
    abandon: str = ""
    origin: str = ""
    procedure: str = ""
    age: str = ""
    status: str = ""
    gender: str = ""
    monthly: Decimal | None = None
    back_pay: Decimal | None = None

    @property
    def end(self) -> str:
        """How it ended, empty while it goes on."""
        return next((stage for stage in ENDS if getattr(self, stage)), "")

    @property
    def last(self) -> str:
        """The last stage noted."""
        return [stage for stage in STAGES if getattr(self, stage)][-1]

    @property
    def marks(self) -> Marks:
        """Which stages are noted."""
        return Marks(bool(self.informed), bool(self.accompanied), bool(self.applied), self.end)


class Marks(NamedTuple):
    """Which stages of a case are noted, and how it ended (empty: it goes on)."""

    informed: bool
    accompanied: bool
    applied: bool
    end: str

    @property
    def reached(self) -> tuple[str, ...]:
        """Stages reached: noted, or that those noted cannot go without.

        What was opened or refused was applied for; who applied was informed. Nobody is deemed
        accompanied: one may apply alone.
        """
        applied = self.applied or self.end in ("opened", "refused")
        told = {
            "detected": True,
            "informed": self.informed or self.accompanied or applied,
            "accompanied": self.accompanied,
            "applied": applied,
            self.end: bool(self.end),
        }
        return tuple(stage for stage in STAGES if told.get(stage))

    @property
    def noted(self) -> tuple[str, ...]:
        """Stages noted; every case is detected."""
        steps = zip(STEPS, (True, *self[:3]), strict=True)
        return tuple(stage for stage, told in steps if told) + ((self.end,) if self.end else ())


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the funnel: cases that reached it, those where it is noted, share of all cases."""

    stage: str
    reached: int
    noted: int
    share: float | None


@cache
def words() -> dict[str, Any]:
    """Return stages, origins, reasons, classes and bounds of ``params/zero_non_recours.yaml``."""
    text = (files("portrea.rights") / "params" / "zero_non_recours.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@cache
def right_names() -> Mapping[str, str]:
    """Return the rights that may be followed: code → French."""
    return {name: one.label for name, one in rights().items()} | {OTHER: "Autre droit"}


def funnel(counts: Mapping[Marks, int]) -> dict[str, Step]:
    """Count the cases at each stage.

    Parameters
    ----------
    counts
        How many cases have these marks.

    Returns
    -------
    dict
        One :class:`Step` by stage, in order. It is a census of the cases followed: the shares are
        exact for them, no interval goes with them.
    """
    reached, noted = Counter[str](), Counter[str]()
    for marks, number in counts.items():
        reached.update(dict.fromkeys(marks.reached, number))
        noted.update(dict.fromkeys(marks.noted, number))
    whole = reached["detected"]
    return {
        stage: Step(stage, reached[stage], noted[stage], reached[stage] / whole if whole else None)
        for stage in STAGES
    }


def pending(steps: Mapping[str, Step]) -> int:
    """Return how many cases of a funnel go on."""
    return steps["detected"].reached - sum(steps[stage].reached for stage in ENDS)


def next_stages(case: Case) -> tuple[str, ...]:
    """Return the stages that may be noted next, the nearest first; none once it ended."""
    if case.end:
        return ()
    return STAGES[STAGES.index(case.last) + 1 :]


def moved(case: Case, stage: str, day: date, *, reason: str = "") -> Case:
    """Return the case with one more stage; ``reason`` is the code of a refusal or an abandon."""
    told: dict[str, Any] = {stage: day}
    told |= {name: reason for name, explained in REASONS.items() if explained == stage}
    return replace(case, **told)


def faults(case: Case, *, today: date) -> dict[str, str]:
    """Return what cannot be, in French, by field of the case; empty when all is well."""
    found = dict(_unknown(case))
    found |= dict(_reasons(case))
    found |= dict(_amounts(case))
    found |= dict(_ends(case))
    return found | dict(_days(case, today))


def _unknown(case: Case) -> Iterable[tuple[str, str]]:
    if case.right not in right_names():
        yield "right", f"« {case.right} » n’est pas un droit de la liste."
    if case.right == OTHER and not case.procedure.strip():
        yield "procedure", "Dites quel est cet autre droit."
    for field, listed in CODED.items():
        value = getattr(case, field)
        if value and value not in words()[listed]:
            known = ", ".join(words()[listed].values())
            yield field, f"« {value} » n’est pas dans la liste : {known}."


def _reasons(case: Case) -> Iterable[tuple[str, str]]:
    for field, stage in REASONS.items():
        code, day = getattr(case, field), getattr(case, stage)
        named = words()["stages"][stage].lower()
        if day and not code:
            yield field, f"Dites pourquoi ce droit est {named}."
        elif code and not day:
            yield stage, f"Un motif est donné sans le jour : droit {named} quand ?"


def _amounts(case: Case) -> Iterable[tuple[str, str]]:
    for field in _MONEY:
        value, most = getattr(case, field), words()["most"][field]
        if value is None:
            continue
        if not case.opened:
            yield field, "Un montant ne se note que pour un droit ouvert."
        elif value <= 0:
            yield field, "Un montant est plus grand que zéro. Inconnu, laissez vide."
        elif value > most:
            yield field, f"Ce montant dépasse {most} € : une faute de frappe ?"


def _ends(case: Case) -> Iterable[tuple[str, str]]:
    told = [stage for stage in ENDS if getattr(case, stage)]
    for stage in told[1:]:
        first = words()["stages"][told[0]].lower()
        yield stage, f"Ce droit est déjà {first} : une seule fin, corrigez l’autre d’abord."


def _days(case: Case, today: date) -> Iterable[tuple[str, str]]:
    before, former = date(FIRST_YEAR, 1, 1), ""
    for stage in STAGES:
        day = getattr(case, stage)
        if day is None:
            continue
        if day > today:
            yield stage, "Ce jour n’est pas encore venu."
        elif day < before:
            after = f"avant « {former} »" if former else f"avant {FIRST_YEAR}"
            yield stage, f"Ce jour est {after} ({before:%d/%m/%Y})."
        else:
            before, former = day, words()["stages"][stage].lower()
