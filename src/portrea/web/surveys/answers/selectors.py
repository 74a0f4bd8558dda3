"""Answers as the team reads them: the list, one in full, what waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from portrea.surveys.filling import fill
from portrea.surveys.form import Form, Group, Kind, Question, said
from portrea.surveys.privacy import findings, scrubbed
from portrea.web.surveys.models import Clash, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.rounds.selectors import kept_answers
from portrea.web.surveys.rounds.state import FREE, ended
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.expressions import Answers
    from portrea.web.surveys.models import Survey

SIGNS = 4
"""First signs of an identifier that are enough to look for it, with a day."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which answers are listed."""

    table: str = ""
    channel: str = ""
    version: str = ""
    faults: bool = False
    late: bool = False
    aside: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filter:
        """Read a filter from an address; what is no filter is left out."""
        channel = asked.get("moyen", "")
        return cls(
            asked.get("table", "")[:40],
            channel if channel in Channel.values else "",
            asked.get("version", "")[:32],
            asked.get("fautes") == "1",
            asked.get("tardives") == "1",
            asked.get("ecartees") == "1",
        )


def answers_listed(survey: Survey, asked: Filter) -> QuerySet[Submission]:
    """Return the answers of a survey, newest first."""
    rows = survey.submissions.select_related("version").order_by("-received", "-pk")
    rows = rows.exclude(set_aside="") if asked.aside else rows
    if asked.table:
        rows = rows.filter(table=asked.table)
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.version:
        rows = rows.filter(version__number=asked.version)
    if asked.faults:
        rows = rows.exclude(faults={})
    end = ended(survey)
    if asked.late:
        rows = rows.filter(received__gt=end) if end else rows.none()
    return rows


def choices_of_list(survey: Survey) -> dict[str, list[Any]]:
    """Return what the list may be narrowed to."""
    rows = survey.submissions.order_by()
    return {
        "tables": sorted(set(rows.exclude(table="").values_list("table", flat=True))),
        "versions": sorted(set(rows.values_list("version__number", flat=True)), reverse=True),
        "channels": [
            (value, label)
            for value, label in Channel.choices
            if value in set(rows.values_list("channel", flat=True))
        ],
    }


def answer_found(survey: Survey, uuid: UUID) -> Submission:
    """Return an answer of a survey."""
    found = survey.submissions.select_related("version").filter(uuid=uuid).first()
    if found is None:
        raise Http404(str(uuid))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """An answer read in full: where, its question, what was said, what is wrong."""

    path: str
    label: str
    told: str
    value: str
    fault: str
    kind: str
    depth: int
    choices: tuple[tuple[str, str, bool], ...] = ()
    several: bool = False
    heading: bool = False


def lines_of(submission: Submission, answers: Answers | None = None) -> list[Line]:
    """Return every question shown for these answers, groups as headings."""
    form = form_of(submission.version_id)
    told = submission.answers if answers is None else answers
    filled = fill(form, told, now=submission.answered)
    language = form.languages[0]
    found = []
    for entry in filled.entries:
        item, depth = entry.item, len(entry.inside)
        label = said(item.label, language) or item.name
        if isinstance(item, Group):
            rank = f" ({entry.rows})" if item.repeats else ""
            found.append(Line(entry.path, f"{label}{rank}", "", "", "", "", depth, heading=True))
        elif item.kind is not Kind.NOTE:
            if entry.inside:
                label = f"{label} ({entry.inside[-1][1] + 1})"
            found.append(_line(form, item, entry, label, told))
    return found


def _line(form: Form, item: Question, entry: Any, label: str, told: Answers) -> Line:
    value = _raw(told, entry.path) or entry.value
    chosen = value.split() if item.kind.chooses else []
    choices = (
        tuple(
            (one.name, said(one.label, form.languages[0]) or one.name, one.name in chosen)
            for one in form.lists.get(item.choices, ())
        )
        if item.kind.chooses
        else ()
    )
    several = item.kind in {Kind.SEVERAL, Kind.RANK}
    return Line(
        entry.path,
        label,
        in_words(form, item, value),
        value,
        entry.fault,
        item.kind.value,
        len(entry.inside),
        choices,
        several,
    )


def _raw(told: Answers, path: str) -> str:
    from portrea.web.surveys.services.correcting import read_at

    return read_at(told, path) or ""


def in_words(form: Form, item: Question, value: str) -> str:
    """Return an answer in the words of its choices."""
    if not item.kind.chooses:
        return value
    words = (form.choice_label(item.name, one, form.languages[0]) or one for one in value.split())
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a free text, and what it may tell of somebody (empty: nothing found)."""

    text: str
    found: str


@dataclass(frozen=True, slots=True)
class FreeText:
    """A free text to read over: its question, its pieces, what is proposed instead."""

    path: str
    label: str
    pieces: tuple[Piece, ...]
    proposed: str
    found: bool


@dataclass(frozen=True, slots=True)
class ToRead:
    """An answer whose free texts are to be read over."""

    submission: Submission
    texts: tuple[FreeText, ...]


def to_read(survey: Survey, most: int) -> tuple[list[ToRead], int]:
    """Return the next answers to read over, and how many wait in all.

    Answers that say nothing freely do not wait: there is nothing to read.
    """
    found, count = [], 0
    rows = kept_answers(survey).filter(reviewed=None, anonymised=None).order_by("pk")
    for one in rows.iterator(chunk_size=500):
        texts = free_texts(one)
        if texts:
            count += 1
            if len(found) < most:
                found.append(ToRead(one, tuple(texts)))
    return found, count


def free_texts(submission: Submission) -> list[FreeText]:
    """Return the free texts of an answer, what identifies in them marked."""
    form = form_of(submission.version_id)
    found = []
    for question, path, text in _texts(form, form.items, submission.answers, ""):
        marks = findings(text)
        pieces, at = [], 0
        for mark in marks:
            pieces += [
                Piece(text[at : mark.start], ""),
                Piece(text[mark.start : mark.end], mark.label),
            ]
            at = mark.end
        pieces.append(Piece(text[at:], ""))
        label = said(question.label, form.languages[0]) or question.name
        kept = tuple(piece for piece in pieces if piece.text)
        found.append(FreeText(path, label, kept, scrubbed(text), bool(marks)))
    return found


def _texts(
    form: Form, items: Sequence[Any], answers: Answers, before: str
) -> Iterator[tuple[Question, str, str]]:
    for item in items:
        told = answers.get(item.name)
        if isinstance(item, Question):
            if item.kind in FREE and isinstance(told, str) and told.strip():
                yield item, f"{before}{item.name}", told
        elif not item.repeats:
            yield from _texts(form, item.items, answers, before)
        elif told and not isinstance(told, str):
            for rank, row in enumerate(told):
                yield from _texts(form, item.items, row, f"{before}{item.name}/{rank}/")


@dataclass(frozen=True, slots=True)
class Side:
    """A question where two answers differ."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Double:
    """Two answers sent under one identifier, and where they differ."""

    clash: Clash
    sides: tuple[Side, ...]


def doubles_of(survey: Survey) -> list[Double]:
    """Return the answers sent twice under one identifier that nobody decided yet."""
    rows = Clash.objects.filter(submission__survey=survey, decided="")
    return [_double(one) for one in rows.select_related("submission").order_by("pk")[:100]]


def is_doubled(submission: Submission) -> bool:
    """Tell whether other answers came under the same number and wait for a decision."""
    return submission.clashes.filter(decided="").exists()


def _double(clash: Clash) -> Double:
    first = {line.path: line for line in lines_of(clash.submission) if not line.heading}
    second = {
        line.path: line for line in lines_of(clash.submission, clash.answers) if not line.heading
    }
    sides = []
    for path in dict.fromkeys([*first, *second]):
        one, other = first.get(path), second.get(path)
        if (one.value if one else "") != (other.value if other else ""):
            label = (one or other).label  # type: ignore[union-attr]
            sides.append(Side(label, one.told if one else "", other.told if other else ""))
    return Double(clash, tuple(sides))


def answers_matching(survey: Survey, signs: str, day: Any) -> list[Submission]:
    """Return the answers whose identifier begins so, given or received that day."""
    bare = signs.lower().replace("-", "").removeprefix("uuid:")
    if len(bare) < SIGNS or set(bare) - set("0123456789abcdef"):
        return []
    low, high = UUID(bare.ljust(32, "0")[:32]), UUID(bare.ljust(32, "f")[:32])
    rows = survey.submissions.filter(
        Q(answered__date=day) | Q(received__date=day), uuid__gte=low, uuid__lte=high
    )
    return list(rows.order_by("pk")[:20])
