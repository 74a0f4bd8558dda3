"""The open answers of a survey and the themes they were given: for the pages, results, exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from portrea.web.surveys.models import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from portrea.surveys.expressions import Answers
    from portrea.web.surveys.models import Submission, Survey, Theme

Place = tuple[int, str]
"""Primary key of an answer, address of the text in it (``remarque``, ``service/0/avis``)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One open answer: whose, where in it, what was written."""

    submission: int
    uuid: UUID
    path: str
    text: str

    @property
    def place(self) -> Place:
        """What marks are found by."""
        return self.submission, self.path


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of one open answer: in the order people gave them, then what was settled."""

    by: tuple[Mark, ...]
    settled: Mark | None

    @property
    def result(self) -> Mark | None:
        """What counts: the settled mark, else the first one."""
        return self.settled or (self.by[0] if self.by else None)


def coded_column(survey: Survey, question: str) -> dict[UUID, list[Theme]]:
    """Return the themes of each coded answer to an open question, by identifier of the answer.

    What two people settled together counts, else what the first coder gave. An answer read under
    which nothing fits has an empty list; one that nobody coded is absent. The themes of several
    rows of a repeat are put together.
    """
    found: dict[UUID, list[Theme]] = {}
    for (_submission, _path), marked in sorted(marks_of(survey, question).items()):
        mark = marked.result
        if mark is None:
            continue
        themes = found.setdefault(mark.submission.uuid, [])
        themes += [theme for theme in mark.themes.all() if theme not in themes]
    return found


def coded_questions(survey: Survey) -> list[str]:
    """Return the names of the open questions that have at least one theme, in their order."""
    return list(dict.fromkeys(survey.themes.values_list("question", flat=True)))


def texts_of(survey: Survey, question: str) -> list[Text]:
    """Return every open answer to a question, in the order they came; empty ones are left out."""
    rows = kept(survey).only("pk", "uuid", "answers")
    return [
        Text(row.pk, row.uuid, path, text)
        for row in rows
        for path, text in _told(row.answers, question, "")
    ]


def marks_of(survey: Survey, question: str) -> Mapping[Place, Marked]:
    """Return the marks of every open answer to a question, of the answers not set aside."""
    here = Q(path=question) | Q(path__endswith=f"/{question}")
    rows = Mark.objects.filter(here, submission__survey=survey, submission__set_aside="")
    rows = rows.select_related("submission", "coder").prefetch_related("themes").order_by("pk")
    grouped: dict[Place, list[Mark]] = {}
    for mark in rows:
        grouped.setdefault((mark.submission_id, mark.path), []).append(mark)
    return {
        place: Marked(
            tuple(mark for mark in marks if not mark.settled),
            next((mark for mark in marks if mark.settled), None),
        )
        for place, marks in grouped.items()
    }


def kept(survey: Survey) -> Iterator[Submission]:
    """Return the answers of a survey that were not set aside."""
    return survey.submissions.filter(set_aside="").order_by("pk")  # type: ignore[return-value]


def _told(answers: Answers, question: str, path: str) -> Iterator[tuple[str, str]]:
    for name, value in answers.items():
        if not isinstance(value, str):
            for rank, row in enumerate(value):
                yield from _told(row, question, f"{path}{name}/{rank}/")
        elif name == question and value.strip():
            yield f"{path}{name}", value
