"""The weights of a survey, from the margins that its référent kept: for results and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import DataError
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample
from portrea.surveys.form import Kind, Question
from portrea.surveys.margins import Weighing, weigh
from portrea.territory.naming import normalise
from portrea.web.surveys.versions import as_asked, form_asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from portrea.web.surveys.models import Survey


def weights_of(survey: Survey, frame: pl.DataFrame) -> Sample:
    """Return the sample of a table of answers: design, weights (1 without margins), population.

    ``frame`` has one row per person and one column per question (texts). The design decides what
    may be shown: volunteers and quotas have weighted shares and never a margin of error. When no
    weights reach all margins at once, weights are equal, and ``weighing_of`` says why.
    """
    try:
        weights = weighing_of(survey, frame).weights
    except DataError:
        weights = np.ones(frame.height)
    return Sample.of(
        frame.height,
        design=Design(survey.design),
        weights=weights,
        population=survey.population,
    )


def weighing_of(survey: Survey, frame: pl.DataFrame) -> Weighing:
    """Return the weights of the answers of a table, with what was put together to get them.

    Raises
    ------
    DataError
        No weights reach all margins at once.
    """
    kept = as_asked(survey, survey.margins)
    margins = {name: margin for name, margin in kept.items() if name in frame.columns}
    told = {name: choices_of(survey, name, frame) for name in margins}
    if not margins:
        return Weighing(np.ones(frame.height), (), (), 0.0)
    return weigh(told, margins, most=survey.trim)


def is_weighted(survey: Survey) -> bool:
    """Whether its results are weighted."""
    return bool(survey.margins)


def name_as_choice(text: str) -> str:
    """Return a name written freely (a commune) as a margin writes it: « saint-gonlay »."""
    return normalise(text).replace(" ", "-")


def choices_of(survey: Survey, name: str, frame: pl.DataFrame) -> list[str]:
    """Return what each person said to a question, as its margin names it."""
    told: list[str] = frame[name].fill_null("").str.strip_chars().to_list()
    asked = _asked(survey)
    if name in asked and asked[name].kind is Kind.TEXT:
        known = {text: name_as_choice(text) for text in set(told)}
        return [known[text] for text in told]
    return told


def _asked(survey: Survey) -> Mapping[str, Question]:
    return {question.name: question for question in form_asked(survey).questions()}
