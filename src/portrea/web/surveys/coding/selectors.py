"""What the pages of coding show: what is left to whom, counts by theme, agreement.

Coders read answers (act « survey.read »), yet see them with what identifies replaced: a theme
needs no name nor number. Nobody sees what another coder put before having coded the answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404

from portrea.surveys.coding import (
    Agreement,
    agreement_by_theme,
    agreement_of_sets,
    coded_twice,
    proposed,
)
from portrea.surveys.form import Form, Kind, Question, said
from portrea.surveys.privacy import scrubbed
from portrea.web.accounts.permissions import Actor, require
from portrea.web.surveys.coding.texts import Marked, Place, Text, kept, marks_of, texts_of
from portrea.web.surveys.models import Coding, Mark, Survey, Theme
from portrea.web.surveys.versions import form_asked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

NOBODY = Marked((), None)


@dataclass(frozen=True, slots=True)
class Open:
    """An open question: its words, how many wrote something, how many of those are coded."""

    name: str
    label: str
    texts: int
    coded: int
    themes: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many coded answers have a theme, and their share of the coded ones."""

    theme: Theme
    answers: int
    share: float


@dataclass(frozen=True, slots=True)
class Apart:
    """An answer that two people coded otherwise."""

    text: Text
    words: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    settled: tuple[str, ...] | None


@dataclass(frozen=True)
class Work:
    """Where the coding of one open question stands."""

    survey: Survey
    question: Question
    coding: Coding

    @cached_property
    def texts(self) -> list[Text]:
        """Every open answer."""
        return texts_of(self.survey, self.question.name)

    @cached_property
    def marks(self) -> Mapping[Place, Marked]:
        """The marks of those answers."""
        return marks_of(self.survey, self.question.name)

    @cached_property
    def themes(self) -> list[Theme]:
        """The codebook."""
        return list(self.survey.themes.filter(question=self.question.name))

    @cached_property
    def drawn(self) -> list[Text]:
        """The answers that two people code."""
        told = {"seed": self.coding.seed, "percent": self.coding.twice}
        return [one for one in self.texts if coded_twice(f"{one.uuid} {one.path}", **told)]

    @property
    def label(self) -> str:
        """The words of the question."""
        return said(self.question.label, "") or self.question.name

    @property
    def proposed(self) -> int:
        """How many themes are proposed for it."""
        return len(proposed(self.survey.questionnaire.model, self.question.name))

    def left(self, who: Any, *, second: bool) -> list[Text]:
        """Return the answers still to be coded by someone.

        In the second reading: those of the draw that one other person coded.
        """
        user = Actor.of(who).user
        if not second:
            return [one for one in self.texts if not self._of(one).by]
        mine = user.pk if user else None
        return [
            one
            for one in self.drawn
            if len(by := self._of(one).by) == 1 and (by[0].coder_id != mine or mine is None)
        ]

    def done(self, *, second: bool) -> tuple[int, int]:
        """Return how many answers are coded, of how many to code."""
        rows, least = (self.drawn, 2) if second else (self.texts, 1)
        return sum(len(self._of(one).by) >= least for one in rows), len(rows)

    def own(self, who: Any, uuid: UUID, path: str) -> Mark | None:
        """Return what someone put under an answer."""
        user = Actor.of(who).user
        found = next((one for one in self.texts if (one.uuid, one.path) == (uuid, path)), None)
        by = self._of(found).by if found else ()
        return next((mark for mark in by if user and mark.coder_id == user.pk), None)

    def counts(self) -> list[Counted]:
        """Return the coded answers by theme: settled, else the first coder's."""
        results = [found for marked in self.marks.values() if (found := marked.result)]
        counted = Counter(theme.pk for mark in results for theme in mark.themes.all())
        whole = len(results) or 1
        return [
            Counted(theme, counted[theme.pk], counted[theme.pk] / whole) for theme in self.themes
        ]

    def pairs(self) -> list[tuple[Text, Mark, Mark, Mark | None]]:
        """Return the answers that two people coded, with what each put."""
        told = [(one, self._of(one)) for one in self.texts]
        return [(one, *m.by[:2], m.settled) for one, m in told if len(m.by) > 1]  # type: ignore[misc]

    def agreement(self) -> tuple[Agreement, list[tuple[Theme, Agreement]]] | None:
        """Return how far two people agree, on whole answers and theme by theme."""
        pairs = self.pairs()
        if not pairs:
            return None
        first = [_names(mark) for _text, mark, _other, _settled in pairs]
        second = [_names(mark) for _text, _one, mark, _settled in pairs]
        each = agreement_by_theme(first, second, [theme.name for theme in self.themes])
        return agreement_of_sets(first, second), [(one, each[one.name]) for one in self.themes]

    def apart(self) -> list[Apart]:
        """Return the answers that two people coded otherwise, those to settle first."""
        rows = [
            Apart(
                text,
                scrubbed(text.text),
                _labels(one),
                _labels(other),
                None if settled is None else _labels(settled),
            )
            for text, one, other, settled in self.pairs()
            if _names(one) != _names(other)
        ]
        return sorted(rows, key=lambda row: row.settled is not None)

    def under(self, theme: Theme) -> list[tuple[Text, str]]:
        """Return the answers that have a theme, with their words."""
        places = {(mark.submission_id, mark.path) for mark in theme.marks.all()}
        return [(one, scrubbed(one.text)) for one in self.texts if one.place in places]

    def _of(self, text: Text) -> Marked:
        return self.marks.get(text.place, NOBODY)


def survey_to_code(who: Any, key: str) -> Survey:
    """Return a survey whose answers someone may read."""
    found = Survey.objects.filter(key=key).select_related("questionnaire").first()
    if found is None:
        raise Http404(key)
    require(who, "survey.read", found.territory)
    return found


def work_of(survey: Survey, name: str) -> Work:
    """Return where the coding of an open question stands."""
    question = next((one for one in _open(form_asked(survey)) if one.name == name), None)
    if question is None:
        raise Http404(name)
    kept_one = survey.codings.filter(question=name).first()
    return Work(survey, question, kept_one or unsaved(survey, name))


def unsaved(survey: Survey, name: str) -> Coding:
    """Return how a question is coded before anybody said: its draw is already that of later."""
    return Coding(survey=survey, question=name, seed=survey.key)


def open_questions(survey: Survey) -> list[Open]:
    """Return the open questions, those that leave room to write first."""
    asked = sorted(_open(form_asked(survey)), key=lambda one: "multiline" not in one.appearance)
    told: Counter[str] = Counter()
    for row in kept(survey).only("pk", "answers"):
        told.update(_written(row.answers))
    coded: Counter[str] = Counter(
        path.rsplit("/", 1)[-1]
        for _answer, path in set(
            Mark.objects.filter(submission__survey=survey, submission__set_aside="")
            .order_by()
            .values_list("submission", "path")
        )
    )
    themes = Counter(survey.themes.order_by().values_list("question", flat=True))
    return [
        Open(one.name, said(one.label, ""), told[one.name], coded[one.name], themes[one.name])
        for one in asked
    ]


def _open(form: Form) -> list[Question]:
    return [one for one in form.questions() if one.kind is Kind.TEXT]


def _written(answers: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in answers.items():
        if not isinstance(value, str):
            found += [one for row in value for one in _written(row)]
        elif value.strip():
            found.append(name)
    return found


def _names(mark: Mark) -> frozenset[str]:
    return frozenset(theme.name for theme in mark.themes.all())


def _labels(mark: Mark) -> tuple[str, ...]:
    return tuple(theme.label for theme in mark.themes.all())
