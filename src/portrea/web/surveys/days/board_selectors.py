"""What the board of a day shows: answers as they come, communes and situations without any.

The census belongs to another room: it is asked by name, and only counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Max, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.stats.disclosure import rule
from portrea.surveys.days import coverage, vocabulary
from portrea.vocab.situations import Situation
from portrea.vocab.standards.mednum import kind_label
from portrea.web.accounts.clocks import clocks_of
from portrea.web.surveys.days.selectors import communes_of
from portrea.web.surveys.models import Clash, Day, Submission, Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, time

    from portrea.surveys.days import Coverage
    from portrea.surveys.expressions import Answers

NAMED = 12
"""Communes without any answer named for each situation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey of the day: how many answers in words, by table, the last arrival."""

    survey: Survey
    number: str
    words: str
    tables: tuple[tuple[str, str], ...]
    last: datetime | None
    faults: int
    clashes: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A situation: how many communes have an answer to it, and those that have none."""

    name: str
    label: str
    helped: int
    total: int
    without: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """The first communes without any answer."""
        return self.without[:NAMED]

    @property
    def more(self) -> int:
        """How many other communes have none."""
        return max(len(self.without) - NAMED, 0)


@dataclass(frozen=True, slots=True)
class Town:
    """A commune: places of the census, structures that answered, what it is as a word."""

    code: str
    name: str
    places: int
    answers: int
    state: str

    @property
    def words(self) -> str:
        """What the state means, without its colour."""
        return str(
            {"told": _("répondu"), "known": _("connu, pas répondu"), "none": _("rien")}[self.state]
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of structure of the census: places known, structures that answered."""

    label: str
    places: int
    answers: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the screen of the room shows."""

    surveys: tuple[Asked, ...]
    tiles: tuple[Tile, ...]
    towns: tuple[Town, ...]
    kinds: tuple[Kind, ...]
    strangers: int
    sheets: int
    last: time | None

    @property
    def told(self) -> int:
        """How many communes have an answer of the day."""
        return sum(town.state == "told" for town in self.towns)

    @property
    def silent(self) -> list[Town]:
        """Communes without any answer of the day, those unknown to the census first."""
        left = [town for town in self.towns if town.state != "told"]
        return sorted(left, key=lambda town: town.state != "none")

    @property
    def missing(self) -> list[Kind]:
        """Types that nobody represents today."""
        return [kind for kind in self.kinds if not kind.answers]


def board_of(day: Day) -> Board:
    """Return the board of a day as it is now."""
    surveys = list(day.surveys.select_related("questionnaire").order_by("pk"))
    known = communes_of(day)
    told = coverage(_answers(one for one in surveys if of_structures(one)), known)
    census = _census(list(known))
    asked = tuple(_asked(survey) for survey in surveys)
    return Board(
        surveys=asked,
        tiles=tuple(_tile(one, told, census, known) for one in Situation),
        towns=tuple(_town(code, name, told, census) for code, name in known.items()),
        kinds=_kinds(told, census),
        strangers=told.strangers,
        sheets=_sheets(day, list(known)),
        last=_clock(day, [one.last for one in asked if one.last]),
    )


def _clock(day: Day, moments: list[datetime]) -> time | None:
    """Return the hour of the last arrival on the clocks of the territory."""
    if not moments:
        return None
    return max(moments).astimezone(clocks_of((day.level, day.code))).time()


def of_structures(survey: Survey) -> bool:
    """Whether structures answer a survey: for people, small counts are not said."""
    return survey.questionnaire.model in vocabulary().structures


def said(count: int, *, hidden: bool) -> str:
    """Return a count as shown, « moins de 5 » when it is about few people."""
    least = threshold()
    return f"< {least}" if hidden and 0 < count < least else str(count)


def in_words(count: int, *, hidden: bool) -> str:
    """Return a count of answers in French."""
    least = threshold()
    if hidden and 0 < count < least:
        return _("moins de %d réponses") % least
    return ngettext("%d réponse", "%d réponses", count) % count


def threshold() -> int:
    """Return below how many people a count is not said."""
    return int(rule("threshold"))


# -- answers --------------------------------------------------------------------------------------


def _asked(survey: Survey) -> Asked:
    rows = Submission.objects.filter(survey=survey)
    whole = rows.aggregate(
        count=Count("pk"), last=Max("received"), faults=Count("pk", filter=~Q(faults={}))
    )
    by_table = rows.order_by("table").values_list("table").annotate(count=Count("pk"))
    hidden = not of_structures(survey)
    return Asked(
        survey=survey,
        number=said(whole["count"], hidden=hidden),
        words=in_words(whole["count"], hidden=hidden),
        tables=tuple((_table(name), said(count, hidden=hidden)) for name, count in by_table)
        if any(name for name, _count in by_table)
        else (),
        last=whole["last"],
        faults=whole["faults"],
        clashes=Clash.objects.filter(submission__survey=survey, decided="").count(),
    )


def _table(name: str) -> str:
    if not name:
        return _("sans table")
    return _("table %s") % name if name.isdigit() else name


def _answers(surveys: Any) -> list[Answers]:
    keys = [survey.pk for survey in surveys]
    kept = Submission.objects.filter(survey__in=keys, set_aside="").order_by("pk")
    return list(kept.values_list("answers", flat=True))


# -- the census -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Census:
    towns: Mapping[str, int]
    kinds: Mapping[str, int]
    helped: Mapping[str, frozenset[str]]


def _census(codes: Sequence[str]) -> _Census:
    """Count the open places of some communes, by commune, by type, by situation."""
    places = apps.get_model("offer", "Place")
    bits = import_string("portrea.web.offer.models.census.BITS")
    rows = places.objects.filter(status="open", commune__in=codes).order_by()
    towns: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    helped: dict[str, set[str]] = {str(one): set() for one in Situation}
    for commune, situations, kind in rows.values_list("commune", "situations", "kind"):
        towns[commune] += 1
        kinds[kind] += 1
        for name, found in helped.items():
            if situations & bits[name]:
                found.add(commune)
    return _Census(towns, kinds, {name: frozenset(found) for name, found in helped.items()})


def _sheets(day: Day, codes: list[str]) -> int:
    """Return how many sheets of places wait to be read over in the territory."""
    proposals = apps.get_model("offer", "Proposal")
    here = Q(level="commune", code__in=codes) | Q(level=day.level, code=day.code)
    return int(proposals.objects.filter(here, state="waiting").count())


# -- together -------------------------------------------------------------------------------------


def _tile(one: Situation, told: Coverage, census: _Census, known: Mapping[str, str]) -> Tile:
    helped = told.helped[str(one)] | census.helped[str(one)]
    without = tuple(name for code, name in known.items() if code not in helped)
    return Tile(str(one), one.label, len(known) - len(without), len(known), without)


def _town(code: str, name: str, told: Coverage, census: _Census) -> Town:
    answers, places = told.towns[code], census.towns.get(code, 0)
    state = "told" if answers else "known" if places else "none"
    return Town(code, name, places, answers, state)


def _kinds(told: Coverage, census: _Census) -> tuple[Kind, ...]:
    """Return the types looked for, then the others that answered."""
    words = vocabulary()
    answers: Counter[str] = Counter()
    for kind, count in told.kinds.items():
        answers[words.census.get(kind, "Autre")] += count
    others = [kind for kind in answers if kind not in words.expected]
    return tuple(
        Kind(kind_label(code), census.kinds.get(code, 0), answers[code])
        for code in (*words.expected, *others)
    )
