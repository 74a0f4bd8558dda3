"""The form of a version, read once: a version never changes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.surveys.xlsform import read_sheets
from portrea.web.surveys.models import Version

if TYPE_CHECKING:
    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Submission, Survey

KEPT = 64


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
