"""What the common observation grid saw, counted with the difficulties told one by one."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from portrea.action.difficulties import DIFFICULTIES, words
from portrea.web.accounts.where import condition
from portrea.web.action.difficulties.catalogue import procedure_sure, procedures
from portrea.web.action.difficulties.counting import place_code
from portrea.web.journeys.models import Observed
from portrea.web.surveys.models import Submission, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from portrea.web.accounts.scope import Key

GRID = "grille_observation"
"""Name of the ready model: its questions and its list of what blocks are those read here."""


class Seen(NamedTuple):
    """One situation noted on the grid: its day, its procedure, what blocked, where."""

    day: date
    procedure: str
    codes: tuple[str, ...]
    place: str


def grid_difficulties(keys: Sequence[Key], first: date, last: date) -> pl.DataFrame:
    """Return the blockages noted on the grid in some territories and days (``DIFFICULTIES``).

    Answers erased since are counted by their month (:class:`Observed`).
    """
    surveys = Survey.objects.filter(condition(list(keys)), questionnaire__model=GRID)
    rows = Submission.objects.filter(survey__in=surveys, set_aside="", anonymised=None)
    kept = Observed.objects.filter(survey__in=surveys, month__gte=first, month__lte=last)
    columns = ("pk", "month", "procedure", "codes", "place")
    told = [(f"g{pk}", one) for pk, one in _seen(rows, keys) if first <= one.day <= last]
    told += [(f"o{pk}", Seen(*one)) for pk, *one in kept.values_list(*columns)]
    lines = [
        {"situation": name, "procedure": one.procedure, "code": code, "place": one.place,
         "day": one.day}
        for name, one in told
        for code in one.codes
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=DIFFICULTIES.schema)


def keep_observed(survey: Survey, rows: QuerySet[Submission]) -> None:
    """Keep what the answers of a grid saw, before they are erased; not in the order they came."""
    if survey.questionnaire.model != GRID:
        return
    seen = _seen(rows.filter(set_aside=""), [(survey.level, survey.code)])
    Observed.objects.bulk_create(
        Observed(
            survey=survey, month=one.day.replace(day=1), procedure=one.procedure,
            codes=list(one.codes), place=one.place,
        )
        for one in sorted((one for _pk, one in seen), key=lambda one: one[1:])
    )  # fmt: skip


def _seen(rows: QuerySet[Submission], keys: Sequence[Key]) -> Iterator[tuple[int, Seen]]:
    """Yield the situations of some answers.

    A line is counted only when its words mean one procedure of the catalogue, surely; the others
    are left to the results of the survey.
    """
    among = list(procedures(keys))
    known = set(words()["codes"])

    @cache
    def meant(typed: str) -> str:
        found = procedure_sure(typed, among)
        return found.key if found else ""

    for pk, told in rows.order_by().values_list("pk", "answers"):
        day, place = _day(told.get("jour")), place_code(str(told.get("lieu", "")))
        procedure = meant(str(told.get("demarche", ""))[:160])
        noted = dict.fromkeys(str(told.get("blocages", "")).split())
        codes = tuple(code for code in noted if code in known)
        if day and place and procedure and codes:
            yield pk, Seen(day, procedure, codes, place)


def _day(told: Any) -> date | None:
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None
