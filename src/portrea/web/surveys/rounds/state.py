"""Where a survey stands: in preparation, open, closed, published; what came after its end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from portrea.surveys.form import Form, Group, Kind, Question
from portrea.web.surveys.versions import form_asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.surveys.models import Submission, Survey


FREE = {Kind.TEXT, Kind.BARCODE}
"""Kinds of questions answered by whatever one writes."""


class State(StrEnum):
    """The steps of a survey; the values are shown."""

    COMING = "préparation"
    OPEN = "ouverte"
    CLOSED = "close"
    PUBLISHED = "publiée"


def state_of(survey: Survey) -> State:
    """Return where a survey stands today. Published while it is open: open."""
    today = timezone.localdate()
    if survey.closed is None and survey.opens and survey.opens > today:
        return State.COMING
    if survey.closed is None and (survey.closes is None or survey.closes >= today):
        return State.OPEN
    return State.PUBLISHED if survey.published else State.CLOSED


def ended(survey: Survey) -> datetime | None:
    """Return when a survey ended: closed by hand, or at the end of its last day."""
    if survey.closed:
        return survey.closed
    if survey.closes is None or survey.closes >= timezone.localdate():
        return None
    return timezone.make_aware(datetime.combine(survey.closes + timedelta(days=1), time.min))


def is_late(survey: Survey, submission: Submission) -> bool:
    """Tell whether an answer came after the end: what a phone held is taken all the same."""
    end = ended(survey)
    return bool(end and submission.received > end)


def quota_questions(survey: Survey) -> list[Question]:
    """Return the questions that a quota may be set on: one choice, not in a repeat."""
    form = form_asked(survey)
    repeated = {
        inner.name
        for item in form.every()
        if not isinstance(item, Question) and item.repeats
        for inner in _all(item.items)
    }
    return [one for one in form.questions() if one.kind is Kind.ONE and one.name not in repeated]


def free_questions(form: Form) -> list[str] | None:
    """Return the questions answered by free text; ``None`` when a repeat asks for some."""
    free = [one.name for one in form.questions() if one.kind in FREE]
    repeats = [one for one in form.every() if isinstance(one, Group) and one.repeats]
    repeated = any(one.kind in FREE for group in repeats for one in _all(group.items))
    return None if repeated else free


def _all(items: Iterable[object]) -> Iterable[Question]:
    for item in items:
        if isinstance(item, Question):
            yield item
        else:
            yield from _all(item.items)  # type: ignore[attr-defined]
