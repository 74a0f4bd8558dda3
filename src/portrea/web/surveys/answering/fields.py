"""How each question is shown: one field for the templates, whatever its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.surveys.form import Kind, Question, said
from portrea.web.surveys.answering.pages import is_open_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from portrea.surveys.filling import Entry
    from portrea.surveys.form import Texts

PREFIX = "q."
MOST_BUTTONS = 15
"""Choices beyond which one list to open replaces as many buttons."""
MOST_STEPS = 11
"""Steps of a scale that are buttons; beyond, a number is written."""
_LOOSE = re.compile(r" ([?!:;»])")
_SIGNS = re.compile(r"[^A-Za-z0-9_]")

SHAPES = {
    Kind.TEXT: "text", Kind.BARCODE: "text", Kind.LINE: "text", Kind.SHAPE: "text",
    Kind.INTEGER: "text", Kind.DECIMAL: "text", Kind.RANGE: "number", Kind.DATE: "date",
    Kind.TIME: "time", Kind.MOMENT: "datetime-local", Kind.ONE: "radio", Kind.SEVERAL: "checkbox",
    Kind.RANK: "rank", Kind.ACKNOWLEDGE: "acknowledge", Kind.POINT: "point", Kind.NOTE: "note",
    Kind.IMAGE: "file", Kind.AUDIO: "file", Kind.VIDEO: "file", Kind.FILE: "file",
}  # fmt: skip
TAKES = {Kind.IMAGE: "image/*", Kind.AUDIO: "audio/*", Kind.VIDEO: "video/*"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: ``rank`` is the place given to it in a question of ranks."""

    id: str
    value: str
    label: str
    chosen: bool
    rank: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question as the templates show it. ``shape`` names how; ``described`` lists identifiers."""

    path: str
    id: str
    name: str
    shape: str
    label: str
    hint: str = ""
    more: str = ""
    value: str = ""
    fault: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    keyboard: str = ""
    takes: str = ""
    open: bool = False
    long: bool = False
    columns: bool = False
    scale: bool = False
    typed: str = ""
    found: tuple[tuple[str, str], ...] = ()
    seen: tuple[str, ...] = ()
    watched: bool = False
    number: str = ""
    condition: str = ""
    bounds: Mapping[str, str] = field(default_factory=dict)
    ranks: tuple[str, ...] = ()

    @property
    def grouped(self) -> bool:
        """Whether it is several controls under one question (a fieldset)."""
        return self.shape in {"radio", "checkbox", "rank"}

    @property
    def buttons(self) -> SafeString:
        """The choices as buttons: written here, two hundred of them are made twice sooner."""
        name, shape = escape(self.name), self.shape
        return mark_safe(  # noqa: S308 - each text is escaped
            "".join(
                f'<label class="answer-option" for="{one.id}"><input type="{shape}" id="{one.id}" '
                f'name="{name}" value="{escape(one.value)}"{" checked" if one.chosen else ""}> '
                f"<span>{escape(one.label)}</span></label>\n"
                for one in self.options
            )
        )

    @property
    def described(self) -> str:
        """Identifiers of what describes the control: hint, warning, fault."""
        told = (("indication", self.hint), ("attention", self.open), ("vu", self.seen),
                ("erreur", self.fault))  # fmt: skip
        return " ".join(f"{self.id}-{part}" for part, there in told if there)

    @property
    def first(self) -> str:
        """Identifier of the first control, where a link of the summary leads."""
        if self.shape in {"radio", "checkbox"}:
            return self.options[0].id if self.options else self.id
        return f"{self.id}-{_plain(self.options[0].value)}" if self.shape == "rank" else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known besides the entry: the language, what was typed, what is said of it."""

    language: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    watched: Collection[str] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)


def words(texts: Texts, language: str) -> str:
    """Return a text of the form, « ? » and « : » kept with the word before them."""
    return _LOOSE.sub("\u00a0\\1", said(texts, language))


def field_of(entry: Entry, shown: Shown) -> Field:
    """Return the field of a question."""
    question = entry.item
    if not isinstance(question, Question):
        raise TypeError(question)
    path, looks = entry.path, question.appearance.split()
    shape = _shape(question, len(entry.choices), looks)
    value = shown.raw.get(path, entry.value)
    return Field(
        path=path,
        id=f"q-{_plain(path)}",
        name=PREFIX + path,
        shape=shape,
        label=words(question.label, shown.language) or words(question.hint, shown.language),
        hint=words(question.hint, shown.language) if question.label else "",
        more=words(question.guidance, shown.language),
        value=_scale_value(value) if question.kind is Kind.RANGE else value,
        fault=shown.faults.get(path, ""),
        required=entry.required and not question.read_only,
        options=_options(entry, question, value, shown) if shape in _LISTED else (),
        keyboard=_keyboard(question, looks),
        takes=TAKES.get(question.kind, ""),
        open=is_open_text(question) and not question.read_only,
        long="multiline" in looks,
        columns=len(entry.choices) > 8,
        scale=question.kind is Kind.RANGE or "likert" in looks,
        typed=shown.words.get(path, value),
        found=shown.found.get(path, ()),
        seen=shown.seen.get(path, ()),
        watched=question.name in shown.watched,
        number=shown.numbers.get(question.name, ""),
        condition=shown.conditions.get(question.name, ""),
        bounds=_bounds(question),
        ranks=tuple(map(str, range(1, len(entry.choices) + 1))) if shape == "rank" else (),
    )


_LISTED = {"radio", "checkbox", "rank", "select"}


def _shape(question: Question, choices: int, looks: list[str]) -> str:
    if question.read_only:
        return "note" if question.kind is Kind.NOTE else "output"
    if question.kind is Kind.ONE:
        lists = choices > MOST_BUTTONS or "minimal" in looks or "autocomplete" in looks
        return "select" if lists else "radio"
    if question.kind is Kind.RANGE and len(steps_of(question)) <= MOST_STEPS:
        return "radio"
    return SHAPES[question.kind]


def _options(entry: Entry, question: Question, value: str, shown: Shown) -> tuple[Option, ...]:
    base = f"q-{_plain(entry.path)}"
    if question.kind is Kind.RANGE:
        now = _scale_value(value)
        return tuple(
            Option(f"{base}-{rank}", step, step.replace(".", ","), step == now)
            for rank, step in enumerate(steps_of(question))
        )
    chosen = value.split()
    return tuple(
        Option(
            f"{base}-{_plain(choice.name)}",
            choice.name,
            words(choice.label, shown.language) or choice.name,
            choice.name in chosen,
            _rank(entry, choice.name, chosen, shown),
        )
        for choice in entry.choices
    )


def _rank(entry: Entry, choice: str, chosen: list[str], shown: Shown) -> str:
    """Return the place given to a choice: as it was typed when it was refused."""
    typed = shown.raw.get(f"{entry.path}.{choice}")
    if typed is not None:
        return typed
    return str(chosen.index(choice) + 1) if choice in chosen else ""


def steps_of(question: Question) -> tuple[str, ...]:
    """Return the values of a scale; none when it has too many to be buttons."""
    start, end, step = (_number(question, *told) for told in _DEFAULTS)
    if not step or abs(end - start) / abs(step) >= MOST_STEPS:
        return () if not step else tuple("" for _rank in range(MOST_STEPS + 1))
    count = round(abs(end - start) / abs(step))
    signed = abs(step) if end >= start else -abs(step)
    return tuple(f"{start + rank * signed:g}" for rank in range(count + 1))


_DEFAULTS = (("start", "0"), ("end", "10"), ("step", "1"))


def _number(question: Question, name: str, default: str) -> float:
    try:
        return float(question.parameters.get(name, default))
    except ValueError:
        return float(default)


def _scale_value(value: str) -> str:
    try:
        return f"{float(value):g}"
    except ValueError:
        return value


def _bounds(question: Question) -> dict[str, str]:
    if question.kind is not Kind.RANGE:
        return {}
    start, end, step = (_number(question, *told) for told in _DEFAULTS)
    return {"min": f"{min(start, end):g}", "max": f"{max(start, end):g}", "step": f"{abs(step):g}"}


def _keyboard(question: Question, looks: list[str]) -> str:
    if question.kind is Kind.INTEGER or "numbers" in looks:
        return "numeric"
    return "decimal" if question.kind in {Kind.DECIMAL, Kind.RANGE} else ""


def _plain(path: str) -> str:
    """Return what an identifier of the page may be made of, still one for each path."""
    return _SIGNS.sub(lambda sign: "-" if sign[0] == "/" else f"_{ord(sign[0][0]):x}_", path)


def answer_told(entry: Entry, language: str, words: Mapping[str, str]) -> str:
    """Return an answer in words, as it is read again: labels of choices, French dates."""
    question, value = entry.item, entry.value
    if not value or not isinstance(question, Question):
        return ""
    if question.kind.chooses:
        labels = {one.name: said(one.label, language) or one.name for one in entry.choices}
        told = [labels.get(name, name) for name in value.split()]
        if question.kind is Kind.RANK:
            return " · ".join(f"{rank}. {label}" for rank, label in enumerate(told, start=1))
        return " · ".join(told)
    if question.kind is Kind.ACKNOWLEDGE:
        return _("Oui")
    if question.kind is Kind.POINT:
        return words.get(entry.path, "") or value
    return _dated(question.kind, value)


def _dated(kind: Kind, value: str) -> str:
    if kind in {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}:
        return value.replace(".", ",")
    if kind in {Kind.DATE, Kind.MOMENT} and re.match(r"\d{4}-\d{2}-\d{2}", value):
        day = "/".join(reversed(value[:10].split("-")))
        return f"{day} {value[11:16]}".strip()
    return value
