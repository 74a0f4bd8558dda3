"""The form of a version, read once: a version never changes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from portrea.surveys.xlsform import read_sheets
from portrea.web.surveys.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Submission, Survey

KEPT = 64
Number = TypeVar("Number", int, float)


@lru_cache(maxsize=KEPT)
def form_of(version: int) -> Form:
    """Return the form of a version, by its primary key."""
    return read_sheets(Version.objects.values_list("sheets", flat=True).get(pk=version)).form


def form_asked(survey: Survey) -> Form:
    """Return the form that a survey asks today."""
    return form_of(survey.version_id)


def form_answered(submission: Submission) -> Form:
    """Return the form that an answer was given to."""
    return form_of(submission.version_id)


def as_asked(
    survey: Survey, kept: Mapping[str, Mapping[str, Number]]
) -> dict[str, dict[str, Number]]:
    """Return quotas or totals in the order of the questionnaire: questions, then their groups.

    A group is choices together (their names separated by spaces), at the place of its first one;
    what the questionnaire does not name comes last, by name. PostgreSQL keeps the keys of JSON in
    an order of its own, and a group without answers is counted with its neighbour.
    """
    form = form_asked(survey)
    asked = {one.name: form.lists.get(one.choices, ()) for one in form.questions()}
    found = {}
    for name in _by_rank(kept, asked):
        groups = _by_rank(kept[name], [choice.name for choice in asked.get(name, ())])
        found[name] = {group: kept[name][group] for group in groups}
    return found


def _by_rank(names: Iterable[str], known: Iterable[str]) -> list[str]:
    rank = {name: number for number, name in enumerate(known)}
    return sorted(names, key=lambda name: (rank.get(name.partition(" ")[0], len(rank)), name))
