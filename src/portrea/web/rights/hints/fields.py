"""Each question as the templates show it, and each answer in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.rights.answers import questions
from portrea.web.design.spacing import spaced
from portrea.web.rights.hints.asked import COMMUNE, PLACE, PREFIX, READY, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.rights.answers import Question
    from portrea.web.rights.hints.asked import Asked

KEYBOARDS = {"money": "decimal", "number": "numeric"}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: what is sent, what is read, whether it is chosen."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question as it is shown; ``ready`` are the ready-made answers beside a text."""

    question: str
    id: str
    name: str
    kind: str
    label: str
    hint: str
    unit: str
    value: str
    keyboard: str
    options: tuple[Option, ...]
    ready_name: str
    fault: str = ""
    remedy: str = ""
    conditional: bool = False

    @property
    def grouped(self) -> bool:
        """Whether it is several buttons under one question."""
        return self.kind == "choice"

    @property
    def first(self) -> str:
        """Identifier of the first control."""
        return self.options[0].id if self.grouped else self.id

    @property
    def described(self) -> str:
        """Identifiers of what describes the control."""
        told = (("aide", self.hint), ("faute", self.fault))
        return " ".join(f"{self.id}-{part}" for part, there in told if there)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer already given, in words; ``change`` is the button that asks it again."""

    name: str
    about: str
    value: str
    change: str


def field_of(
    question: Question, asked: Asked, *, prefix: str = "q", fault: tuple[str, str] = ("", "")
) -> Field:
    """Return the field of a question; identifiers begin by ``prefix``."""
    here = f"{prefix}-{question.name}"
    given = asked.given.get(question.name, "")
    ready = {value for value, _label in question.choices}
    is_place = question.kind == "commune"
    value = (asked.place or name_of(given)) if is_place else "" if given in ready else given
    return Field(
        question=question.name,
        id=here,
        name=PLACE if is_place else PREFIX + question.name,
        kind=question.kind,
        label=spaced(_(question.label)),
        hint=spaced(_(question.help)) if question.help else "",
        unit=_(question.unit) if question.unit else "",
        value=value,
        keyboard=KEYBOARDS.get(question.kind, ""),
        options=tuple(
            Option(f"{here}-{value}", value, spaced(_(label)), given == value)
            for value, label in question.choices
        ),
        ready_name=PREFIX + question.name + READY,
        fault=fault[0],
        remedy=fault[1],
        conditional=bool(question.shown_if),
    )


def hidden(asked: Asked, but: str = "") -> list[tuple[str, str]]:
    """Return the answers as hidden fields, but the one that a page asks."""
    return [(PREFIX + name, text) for name, text in asked.kept.items() if name != but]


def told(asked: Asked, but: str = "") -> list[Told]:
    """Return the answers already given, in words."""
    return [
        Told(
            one.name,
            spaced(_(one.label)),
            value_of(one, asked.given[one.name]),
            f"question:{one.name}",
        )
        for one in asked.asked
        if one.name in asked.kept and one.name != but
    ]


def value_of(question: Question, text: str) -> str:
    """Return an answer in words."""
    if question.name == COMMUNE:
        return name_of(text) or text
    labels = dict(question.choices)
    if text in labels:
        return _(labels[text])
    plain = text[: -len(question.unit)].strip() if text.endswith(question.unit) else text
    return f"{plain} {_(question.unit)}" if question.unit and plain[-1:].isdigit() else text


def labels(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return questions by name as buttons: (what is sent, what is read)."""
    known = {one.name: one for one in questions()}
    return [(f"question:{name}", spaced(_(known[name].label))) for name in names if name in known]
