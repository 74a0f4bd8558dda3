"""What the public page of results reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from portrea.web.surveys.models import Survey
from portrea.web.surveys.results.reading import edition_in_force

if TYPE_CHECKING:
    from portrea.web.surveys.models import Publication


def published_found(key: str) -> tuple[Survey, Publication]:
    """Return a survey whose results are published, with the edition in force."""
    survey = Survey.objects.select_related("questionnaire", "version").filter(key=key).first()
    made = edition_in_force(survey) if survey else None
    if survey is None or made is None:
        raise Http404(key)
    return survey, made
