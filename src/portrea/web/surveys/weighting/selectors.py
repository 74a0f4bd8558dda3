"""What the pages of weighting show: groups beside the census, weights, what they change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.http import Http404

from portrea.base.errors import DataError
from portrea.surveys.analysis import frequencies
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample
from portrea.surveys.form import Form, Group, Kind, Question, said
from portrea.surveys.margins_words import is_unsaid
from portrea.web.accounts.permissions import require
from portrea.web.surveys.models import Survey
from portrea.web.surveys.services.weighting import frame_of, sources_of
from portrea.web.surveys.versions import as_asked, form_asked
from portrea.web.surveys.weighting import census
from portrea.web.surveys.weighting.weights import choices_of, weighing_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import polars as pl

    from portrea.surveys.margins import Joined, Weighing
    from portrea.web.surveys.weighting.census import Offer


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its answers, its share before and after, that of the census."""

    label: str
    answers: int
    raw: float
    weighted: float
    people: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that weights, with its source, its groups, and who did not say."""

    name: str
    label: str
    source: str
    lines: list[Line]
    unsaid: int


@dataclass(frozen=True, slots=True)
class Change:
    """What weights change to one answer of another question."""

    label: str
    answers: int
    raw: float | None
    weighted: float | None
    said: str


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weights of a survey and what they do; ``fault`` when no weights reach all margins."""

    survey: Survey
    answers: int
    weighing: Weighing | None
    fault: str
    kept: list[Kept]
    joined: list[tuple[str, str, str]]

    @property
    def least(self) -> float:
        """The smallest weight, in times the mean."""
        return float(np.min(self.weighing.relative)) if self.weighing else 1.0

    @property
    def largest(self) -> float:
        """The largest weight, in times the mean."""
        return float(np.max(self.weighing.relative)) if self.weighing else 1.0

    @property
    def has_margin(self) -> bool:
        """Whether the way people were asked gives a margin of error."""
        return self.survey.design in {Design.RANDOM, Design.CENSUS}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may weight: its choices, how many chose each."""

    name: str
    label: str
    choices: dict[str, str]
    counts: dict[str, int]
    unsaid: int
    written: bool


def survey_to_weigh(who: Any, key: str) -> Survey:
    """Return a survey whose answers someone may read."""
    found = Survey.objects.filter(key=key).select_related("questionnaire").first()
    if found is None:
        raise Http404(key)
    require(who, "survey.read", found.territory)
    return found


def weighted(survey: Survey) -> Weighted:
    """Return the weights of a survey, question by question."""
    frame = frame_of(survey)
    weighing, fault = None, ""
    if survey.margins and frame.height:
        try:
            weighing = weighing_of(survey, frame)
        except DataError as error:
            fault = str(error)
    form = form_asked(survey)
    values = weighing.weights if weighing else np.ones(max(frame.height, 1))
    margins = as_asked(survey, survey.margins)
    kept = [_kept(survey, form, told, frame, values) for told in margins.items()]
    joined = [_said(survey, form, one) for one in weighing.joined] if weighing else []
    answers = survey.submissions.filter(set_aside="").count()
    return Weighted(survey, answers, weighing, fault, kept, joined)


def candidates(survey: Survey) -> list[tuple[str, str]]:
    """Return the questions that may weight: a single choice, or a commune that is written."""
    return [
        (one.name, said(one.label, "") or one.name)
        for one in _at_top(form_asked(survey).items)
        if one.name not in survey.margins
        and (one.kind is Kind.ONE or (one.kind is Kind.TEXT and "commune" in one.name))
    ]


def shown(survey: Survey) -> list[tuple[str, str]]:
    """Return the questions of choices: those whose change may be shown."""
    kinds = {Kind.ONE, Kind.SEVERAL}
    rows = _at_top(form_asked(survey).items)
    return [(one.name, said(one.label, "")) for one in rows if one.kind in kinds]


def changes(survey: Survey, name: str) -> list[Change]:
    """Return what weights change to the answers of a question."""
    form, frame = form_asked(survey), frame_of(survey, name)
    raw = frequencies(frame, form, name, Sample.of(frame.height, design=Design(survey.design)))
    told = frequencies(frame, form, name, weights_of(survey, frame))
    return [
        Change(one["label"], one["answers"], one["share"], other["share"], one["saying"])
        for one, other in zip(raw.to_dicts(), told.to_dicts(), strict=True)
    ]


def asked(survey: Survey, name: str) -> Asked:
    """Return a question that may weight, with how many chose each choice."""
    form = form_asked(survey)
    found = next((one for one in _at_top(form.items) if one.name == name), None)
    if found is None or found.kind not in {Kind.ONE, Kind.TEXT}:
        raise Http404(name)
    frame = frame_of(survey, name)
    told = Counter(choices_of(survey, name, frame))
    written = found.kind is Kind.TEXT
    if written:
        choices = census.communes_of(survey.level, survey.code)
    else:
        choices = {one.name: said(one.label, "") or one.name for one in form.lists[found.choices]}
    counts = {choice: told[choice] for choice in choices}
    unsaid = frame.height - sum(counts.values())
    return Asked(name, said(found.label, "") or name, choices, counts, unsaid, written)


def offers(survey: Survey, question: Asked) -> list[tuple[Offer, list[tuple[str, float]]]]:
    """Return the margins that the store gives for a question, with the words of their groups."""
    choices = {} if question.written else question.choices
    found = census.offers(survey.level, survey.code, choices, named=question.name)
    return [
        (one, [(label_of(question.choices, key), n) for key, n in one.margin.items()])
        for one in found
    ]


def label_of(choices: dict[str, str], key: str) -> str:
    """Return the words of a group: « 15 à 24 ans + 25 à 39 ans »."""
    return " + ".join(choices.get(name, name) for name in key.split())


def says_nothing(question: Asked, choice: str) -> bool:
    """Whether a choice is no answer: it has no total by default."""
    return not question.written and is_unsaid(question.choices[choice])


def _kept(
    survey: Survey,
    form: Form,
    kept: tuple[str, dict[str, float]],
    frame: pl.DataFrame,
    weights: np.ndarray[Any, Any],
) -> Kept:
    name, margin = kept
    question = asked(survey, name) if _is_asked(form, name) else None
    choices = question.choices if question else {}
    told = np.array(choices_of(survey, name, frame), dtype=object)
    inside = [np.isin(told, key.split()) for key in margin]
    answered = np.any(inside, axis=0) if inside and len(told) else np.zeros(len(told), dtype=bool)
    whole = float(weights[: len(told)][answered].sum()) or 1.0
    people = sum(margin.values()) or 1.0
    lines = [
        Line(
            label_of(choices, key),
            int(own.sum()),
            float(own.sum()) / max(1, int(answered.sum())),
            float(weights[: len(told)][own].sum()) / whole,
            margin[key],
            margin[key] / people,
        )
        for key, own in zip(margin, inside, strict=True)
    ]
    label = question.label if question else name
    unsaid = len(told) - int(answered.sum())
    return Kept(name, label, sources_of(survey).get(name, ""), lines, unsaid)


def _said(survey: Survey, form: Form, one: Joined) -> tuple[str, str, str]:
    question = asked(survey, one.question) if _is_asked(form, one.question) else None
    choices = question.choices if question else {}
    label = question.label if question else one.question
    return label, label_of(choices, one.group), label_of(choices, one.into)


def _is_asked(form: Form, name: str) -> bool:
    return any(one.name == name for one in _at_top(form.items))


def _at_top(items: tuple[Question | Group, ...]) -> Iterator[Question]:
    """Yield the questions that each person answers once: not those of repeats."""
    for item in items:
        if isinstance(item, Question):
            yield item
        elif not item.repeats:
            yield from _at_top(item.items)
