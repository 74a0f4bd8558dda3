"""The pages of who answers: a question, the whole form, what was answered, the receipt."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext as _

from portrea.surveys.form import Kind, Question
from portrea.web.surveys.answering.fields import Shown, answer_told, field_of, words
from portrea.web.surveys.answering.pages import Page, before, page_at, pages_of, places_of, progress
from portrea.web.surveys.answering.selectors import ended, filled_of, now_there, watched
from portrea.web.surveys.answering.state import written
from portrea.web.surveys.services.files import MOST_BYTES
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from portrea.surveys.filling import Entry, Filled
    from portrea.surveys.form import Form
    from portrea.web.surveys.answering.pages import Place
    from portrea.web.surveys.answering.posted import Posted
    from portrea.web.surveys.models import Submission, Survey

MEGABYTES = MOST_BYTES // 1_000_000
_CODE_START, _CODE_END = "(", ")"


@dataclass
class Asking:
    """Who answers what, with the answers so far: all that a page is made of."""

    request: HttpRequest
    survey: Survey
    posted: Posted
    notices: list[str] = field(default_factory=list)
    back_to_review: bool = False
    status: int = 200
    errors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Go through the form again: an answer has changed."""
        state = self.posted.state
        self.form: Form = form_of(state.version)
        self.places: Mapping[str, Place] = places_of(state.version)
        self.filled: Filled = filled_of(self.survey, state)
        self.pages: list[Page] = pages_of(self.filled, self.places)

    @property
    def language(self) -> str:
        """The language of the form, its first one when none was chosen."""
        told = self.posted.state.language
        return told if told in self.form.languages else self.form.languages[0]

    @property
    def faults(self) -> dict[str, str]:
        """Path → what is wrong; files are asked with the last page and are not yet missing."""
        found = {
            entry.path: entry.fault
            for entry in self.filled.entries
            if entry.fault and not is_file(entry)
        }
        return found | self.posted.faults

    def shown(self, faults: Iterable[str]) -> Shown:
        """Return what fields are made with; faults are said for these paths only."""
        every, told = self.faults, set(faults)
        return Shown(
            language=self.language,
            words=self.posted.state.words,
            found=self.posted.found,
            faults={path: why for path, why in every.items() if path in told},
            seen=self.posted.seen,
            raw=self.posted.raw,
            watched=watched(self.posted.state.version),
        )

    def section(self, entry: Entry) -> str:
        """Return the title of the part of the form that a question stands in."""
        return self.places[entry.item.name].section(self.language)

    def answer(self, template: str, **told: Any) -> HttpResponse:
        """Render a page with what all have."""
        context = {
            "survey": self.survey,
            "title": form_title(self.form, self.survey),
            "lang": code_of(self.language),
            "state": written(self.posted.state),
            "notices": self.notices,
            "errors": self.errors,
            "back": "relire" if self.back_to_review else "",
            "several": len(self.pages) > 1,
            **told,
        }
        answer = render(self.request, template, context, status=self.status)
        return unkept(answer)


def unkept(answer: HttpResponse) -> HttpResponse:
    """Let « Précédent » show a page again, and nobody else keep it."""
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def form_title(form: Form, survey: Survey) -> str:
    """Return the title shown to who answers."""
    return survey.title or form.title


def code_of(language: str) -> str:
    """Return the code of « Français (fr) », French when a language has none."""
    code = language.rpartition(_CODE_START)[2].rstrip(_CODE_END).strip()
    return code if 2 <= len(code) <= 8 and code.isascii() and code.islower() else "fr"


def is_file(entry: Entry) -> bool:
    """Whether a file is asked."""
    return isinstance(entry.item, Question) and entry.item.kind.is_a_file


# -- one question ---------------------------------------------------------------------------------


def question(asking: Asking, page: Page, *, faults: bool = False) -> HttpResponse:
    """Show one page of the form."""
    if page.rows is not None:
        return rows(asking, page, page.rows, faults=faults)
    shown = asking.shown([entry.path for entry in page.entries] if faults else ())
    fields = [field_of(entry, shown) for entry in page.entries]
    asked = [one for one in fields if one.shape != "note"]
    rank, number = progress(asking.pages, page.key)
    sole = asked[0] if len(asked) == 1 else None
    return asking.answer(
        "surveys/answering/question.html",
        page=page.key,
        fields=fields,
        faulty=[one for one in fields if one.fault],
        heading=sole.path if sole else "",
        heading_text=sole.label if sole else "",
        section=asking.section(page.entries[-1]),
        row=page.inside[-1][1] + 1 if page.inside else 0,
        rank=rank,
        number=number,
        first=before(asking.pages, page.key) is None,
        paths=" ".join(one.path for one in asked),
    )


def rows(asking: Asking, page: Page, listed: Entry, *, faults: bool) -> HttpResponse:
    """Show the page of a repeat: its rows, each to change or to take out, and one to add."""
    told = [_row(asking, listed, at, faults=faults) for at in range(listed.rows)]
    rank, number = progress(asking.pages, page.key)
    return asking.answer(
        "surveys/answering/rows.html",
        page=page.key,
        label=words(listed.item.label, asking.language) or _("Lignes"),
        notes=[field_of(one, asking.shown(())) for one in page.entries],
        rows=told,
        faulty=[row for row in told if row["fault"]],
        section=asking.section(listed),
        rank=rank,
        number=number,
        first=before(asking.pages, page.key) is None,
        add=f"ajouter:{page.key}",
    )


def _row(asking: Asking, listed: Entry, at: int, *, faults: bool) -> dict[str, Any]:
    """Return a row of a repeat in words, where it is changed, and what is wrong in it."""
    inside = (*listed.inside, (listed.item.name, at))
    lines = [one for one in asking.filled.entries if one.inside[: len(inside)] == inside]
    first = next((page for page in asking.pages if page.inside[: len(inside)] == inside), None)
    wrong = [one.fault for one in lines if one.fault and not is_file(one)]
    told = (answer_told(one, asking.language, asking.posted.state.words) for one in lines)
    return {
        "rank": at + 1,
        "text": " · ".join(word for word in told if word)[:160],
        "key": first.key if first else "",
        "fault": wrong[0] if faults and wrong else "",
        "drop": f"enlever:{listed.path}:{at}",
    }


# -- the whole form -------------------------------------------------------------------------------


def whole(asking: Asking, *, faults: Iterable[str] = (), fresh: Sequence[str] = ()) -> HttpResponse:
    """Show the whole form on one page, by sections; ``fresh`` are questions that just appeared."""
    shown = asking.shown(faults)
    sections = list(sections_of(asking, shown))
    fields = [b["field"] for s in sections for b in s["blocks"] if b["kind"] == "field"]
    asked = [one for one in fields if one.shape not in ("note", "output")]
    return asking.answer(
        "surveys/answering/whole.html",
        one_by_one=asking.pages[0].key if asking.pages else "",
        sections=sections,
        faulty=[one for one in asked if one.fault],
        fresh=[one for one in asked if one.path in set(fresh)],
        paths=" ".join(one.path for one in asked),
    )


def sections_of(asking: Asking, shown: Shown) -> Iterator[dict[str, Any]]:
    """Yield the sections of a form, each with what it shows in order."""
    title, blocks = "", list[dict[str, Any]]()
    for block in _level(deque(asking.filled.entries), ()):
        entry = block.pop("entry", None)
        if entry is not None:
            now = asking.section(entry)
            if now != title and not entry.inside:
                if blocks:
                    yield {"title": title, "blocks": blocks}
                title, blocks = now, []
            if isinstance(entry.item, Question):
                block |= {"kind": "field", "field": field_of(entry, shown)}
            else:
                block |= {"kind": "repeat", "label": words(entry.item.label, asking.language)}
        blocks.append(block)
    if blocks:
        yield {"title": title, "blocks": blocks}


def _level(entries: deque[Entry], inside: tuple[tuple[str, int], ...]) -> Iterator[dict[str, Any]]:
    """Yield what stands at one level: questions, and for a repeat its rows and how to add one."""
    while entries and entries[0].inside == inside:
        entry = entries.popleft()
        if isinstance(entry.item, Question):
            if not is_file(entry):
                yield {"entry": entry}
            continue
        if not entry.item.repeats:
            continue
        yield {"entry": entry}
        for at in range(entry.rows):
            drop = "" if entry.item.count else f"enlever:{entry.path}:{at}"
            yield {"kind": "row", "rank": at + 1, "drop": drop}
            yield from _level(entries, (*inside, (entry.item.name, at)))
        if not entry.item.count:
            yield {"kind": "add", "add": f"ajouter:{entry.path}"}


# -- read again, sent -----------------------------------------------------------------------------


def review(asking: Asking) -> HttpResponse:
    """Show every answer to be read again, each with a way to change it, and the last button."""
    files = [entry for entry in asking.filled.entries if is_file(entry)]
    shown = asking.shown(asking.posted.faults)
    faults = asking.faults
    asking.back_to_review = True
    here = now_there(asking.survey)
    asking.posted.state = ended(asking.form, asking.posted.state, here)
    return asking.answer(
        "surveys/answering/review.html",
        parts=list(answers_told(asking)),
        faulty=[
            {"key": _key_of(asking, path), "label": _label(asking, path), "fault": why}
            for path, why in faults.items()
        ],
        files=[field_of(entry, shown) for entry in files],
        megabytes=MEGABYTES,
        last=asking.pages[-1].key if asking.pages else "",
    )


def answers_told(asking: Asking) -> Iterator[dict[str, Any]]:
    """Yield the parts of the form with their answers in words."""
    title, lines = "", list[dict[str, Any]]()
    for entry in asking.filled.entries:
        question = entry.item
        if not isinstance(question, Question) or question.kind is Kind.NOTE or is_file(entry):
            continue
        now = asking.section(entry)
        now += f" ({entry.inside[-1][1] + 1})" if entry.inside else ""
        if now != title:
            if lines:
                yield {"title": title, "lines": lines}
            title, lines = now, []
        lines.append(
            {
                "label": words(question.label, asking.language) or question.name,
                "text": answer_told(entry, asking.language, asking.posted.state.words),
                "key": "" if question.read_only else _key_of(asking, entry.path),
            }
        )
    if lines:
        yield {"title": title, "lines": lines}


def _key_of(asking: Asking, path: str) -> str:
    found = page_at(asking.pages, path)
    return found.key if found else path


def _label(asking: Asking, path: str) -> str:
    item = asking.places[path.rpartition("/")[2]].item
    return words(item.label, asking.language) or item.name


def receipt(asking: Asking, submission: Submission) -> HttpResponse:
    """Say that it is received, under which identifier, and show it to be printed."""
    return asking.answer(
        "surveys/answering/receipt.html",
        short=str(submission.uuid)[:8],
        uuid=str(submission.uuid),
        parts=list(answers_told(asking)),
        files=[file.name for file in submission.files.all()],
    )
