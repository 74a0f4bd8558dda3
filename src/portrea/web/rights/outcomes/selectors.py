"""Rights followed as they are listed and read: within reach of who asks, no identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portrea.rights.outcome_tables import write_row
from portrea.rights.outcomes import ENDS, STEPS, right_names, words
from portrea.web.accounts.holders import Holder, holder, within
from portrea.web.accounts.keys import KEY
from portrea.web.accounts.permissions import require
from portrea.web.rights.models import CallBack, Outcome, OutcomeImport, Outreach
from portrea.web.rights.outcomes.cases import CALL, LOG, case_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

RECENT_ACTIONS = 60
RECENT_IMPORTS = 30
GOING = "en_cours"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list keeps: period of detection, holder, right, where it stands, origin, import."""

    start: date | None = None
    end: date | None = None
    holder: str = ""
    right: str = ""
    state: str = ""
    origin: str = ""
    batch: str = ""

    @classmethod
    def of(cls, told: Mapping[str, str], holders: Iterable[tuple[str, str]]) -> Filter:
        """Return the filter told by an address; what cannot be read or chosen is left out."""
        return cls(
            day(told.get("du", "")),
            day(told.get("au", "")),
            _among(told.get("pour", ""), dict(holders)),
            _among(told.get("droit", ""), right_names()),
            _among(told.get("etape", ""), states()),
            _among(told.get("origine", ""), words()["origins"]),
            told.get("import", "")[:KEY],
        )

    @property
    def condition(self) -> Q:
        """The same on the columns of :class:`Outcome`."""
        found = holder(self.holder).condition if self.holder else Q()
        named = {"detected__gte": self.start, "detected__lte": self.end, "right": self.right,
                 "origin": self.origin, "batch": self.batch}  # fmt: skip
        found &= Q(**{name: value for name, value in named.items() if value})
        return found & _standing(self.state)


def states() -> dict[str, str]:
    """Return where a right may stand: code → French."""
    return {GOING: "En cours"} | words()["stages"]


def outcomes_listed(who: Any, asked: Filter, act: str = LOG) -> QuerySet[Outcome]:
    """Return the rights followed that somebody may read and that a filter keeps."""
    return Outcome.objects.filter(within(who, act), asked.condition)


def outcome_found(who: Any, key: str, act: str = LOG) -> Outcome | None:
    """Return a right that somebody may read, ``None`` when there is none; refused elsewhere."""
    found = Outcome.objects.select_related("outreach").filter(key=key).first()
    if found is not None:
        require(who, act, found.territory, structure=found.structure)
    return found


def exported(who: Any, asked: Filter) -> Iterator[dict[str, str]]:
    """Yield the lines of a list for a file: neither who wrote them nor who is to be called."""
    for row in outcomes_listed(who, asked).iterator(2_000):
        yield write_row(case_of(row), row.key)


def actions_of(who: Any, act: str = LOG) -> QuerySet[Outreach]:
    """Return the actions that somebody may name, newest first."""
    return Outreach.objects.filter(within(who, act))


def imports_of(who: Any) -> QuerySet[OutcomeImport]:
    """Return the last imports that somebody may see."""
    return OutcomeImport.objects.filter(within(who, LOG)).defer("lines", "faults")[:RECENT_IMPORTS]


def import_found(who: Any, key: str) -> OutcomeImport | None:
    """Return an import that somebody may see."""
    found = OutcomeImport.objects.filter(key=key).first()
    if found is not None:
        require(who, LOG, found.territory, structure=found.structure)
    return found


def calls_of(who: Any) -> list[CallBack]:
    """Return the calls that somebody may make, who waits longest first."""
    held = Outcome.objects.filter(within(who, CALL))
    return list(CallBack.objects.filter(outcome__in=held).select_related("outcome"))


def call_of(found: Outcome) -> CallBack | None:
    """Return the call asked about a right."""
    return CallBack.objects.filter(outcome=found).first()


def name_of(found: Outcome | OutcomeImport | Outreach) -> str:
    """Return the French name of who holds something."""
    return Holder(found.territory, found.structure).name


def day(text: str) -> date | None:
    """Return the day of an address, ``None`` when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _standing(state: str) -> Q:
    """Return « it stands there »: its last stage, or that it has not ended."""
    going = Q(**{f"{end}__isnull": True for end in ENDS})
    if not state or state == GOING:
        return going if state else Q()
    if state in ENDS:
        return Q(**{f"{state}__isnull": False})
    later = STEPS[STEPS.index(state) + 1 :]
    return going & Q(**{f"{state}__isnull": False}) & Q(**{f"{one}__isnull": True for one in later})


def _among(told: str, known: Mapping[str, Any]) -> str:
    return told if told in known else ""
