"""What the common observation grid saw, counted with the difficulties told one by one."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.action.difficulties import DIFFICULTIES, words
from portrea.web.accounts.where import condition
from portrea.web.action.difficulties.catalogue import procedure_sure, procedures
from portrea.web.action.difficulties.counting import place_spelt
from portrea.web.surveys.models import Submission, Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.accounts.scope import Key

GRID = "grille_observation"
"""Name of the ready model: its questions and its list of what blocks are those read here."""


def grid_difficulties(keys: Sequence[Key], first: date, last: date) -> pl.DataFrame:
    """Return the blockages noted on the grid in some territories and days (``DIFFICULTIES``).

    A line is counted only when its words mean one procedure of the catalogue, surely; the others
    are left to the results of the survey.
    """
    surveys = Survey.objects.filter(condition(list(keys)), questionnaire__model=GRID)
    rows = Submission.objects.filter(survey__in=surveys, set_aside="").order_by()
    among = list(procedures(keys))
    known = set(words()["codes"])

    @cache
    def meant(typed: str) -> str:
        found = procedure_sure(typed, among)
        return found.key if found else ""

    lines = [
        {"situation": f"g{pk}", "procedure": key, "code": code, "place": place, "day": day}
        for pk, told in rows.values_list("pk", "answers")
        if (day := _day(told.get("jour"))) and first <= day <= last
        if (place := place_spelt(str(told.get("lieu", ""))))
        if (key := meant(str(told.get("demarche", ""))[:160]))
        for code in dict.fromkeys(str(told.get("blocages", "")).split())
        if code in known
    ]
    return pl.DataFrame(lines, schema=DIFFICULTIES.schema)


def _day(told: Any) -> date | None:
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None
