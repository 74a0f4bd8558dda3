"""What a référent decides of the report: its title, its order, its words, what is put together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.surveys.form import Kind
from portrea.surveys.frames import asked_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.form import Form, Question

WHO = {
    "personne": "personnes",
    "structure": "structures",
    "demande": "demandes",
    "situation": "situations",
    "réponse": "réponses",
}
"""What is counted: feminine nouns, since sentences agree with them."""
MOST_KEPT = 20
LONGEST = {"title": 200, "intro": 3000, "method": 3000, "comment": 1500, "named": 160}


@dataclass(frozen=True, slots=True)
class Block:
    """One question of the report.

    ``together`` are choices said as one: « 59 % » of people ``named`` « sont aidées ». ``quotes``
    are the identifiers of the answers whose text is quoted.
    """

    question: str
    shown: bool = True
    title: str = ""
    comment: str = ""
    by: str = ""
    together: tuple[str, ...] = ()
    named: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a survey; ``edits`` counts its changes."""

    title: str = ""
    intro: str = ""
    method: str = ""
    who: str = "personne"
    weighted: bool = True
    blocks: tuple[Block, ...] = ()
    edits: int = 0

    @property
    def many(self) -> str:
        """What is counted, in the plural."""
        return WHO[self.who]

    def kept(self) -> dict[str, Any]:
        """Return what is written in the base."""
        return asdict(self)


def report_of(told: Mapping[str, Any], form: Form) -> Report:
    """Return the report as kept, brought to the questions of a form: new ones come last, hidden.

    Nothing kept yet: every question of choices, of numbers or of dates is shown, in its order.
    """
    asked = {one.name: one for one in asked_once(form) if one.kind.asks}
    kept = [_block(one) for one in told.get("blocks", ()) if one.get("question") in asked]
    known = {one.question for one in kept}
    new = [
        Block(name, shown=not told.get("blocks") and _is_told(question))
        for name, question in asked.items()
        if name not in known
    ]
    texts = {name: str(told.get(name, "")) for name in ("title", "intro", "method")}
    who = str(told.get("who", "personne"))
    return Report(
        **texts,
        who=who if who in WHO else "personne",
        weighted=bool(told.get("weighted", True)),
        blocks=(*kept, *new),
        edits=int(told.get("edits", 0)),
    )


def changed(told: Mapping[str, Any], new: Report) -> dict[str, Any]:
    """Return what to keep once a report is written again: the last ones before it stay.

    Raises
    ------
    DataError
        Somebody else wrote the report meanwhile, or a text is too long.
    """
    edits = int(told.get("edits", 0))
    if new.edits != edits:
        raise DataError(
            "Quelqu’un d’autre a modifié ce rapport pendant ce temps.",
            remedy="Rechargez la page : vous verrez ses changements, puis refaites le vôtre.",
        )
    _refuse_long(new)
    before = {name: value for name, value in told.items() if name not in {"history"}}
    history = [*told.get("history", ()), *([before] if told.get("blocks") else [])]
    kept = replace(new, edits=edits + 1).kept()
    return kept | {"history": history[-MOST_KEPT:]}


def moved(blocks: Sequence[Block], question: str, by: int) -> tuple[Block, ...]:
    """Return blocks with one moved up (-1) or down (1)."""
    found = list(blocks)
    at = next((i for i, one in enumerate(found) if one.question == question), None)
    if at is None or not 0 <= at + by < len(found):
        return tuple(found)
    found[at], found[at + by] = found[at + by], found[at]
    return tuple(found)


def _block(told: Mapping[str, Any]) -> Block:
    texts = {name: str(told.get(name, "")) for name in ("question", "title", "comment", "by")}
    return Block(
        **texts,
        shown=bool(told.get("shown", True)),
        together=tuple(map(str, told.get("together", ()))),
        named=str(told.get("named", "")),
        quotes=tuple(map(str, told.get("quotes", ()))),
    )


def _is_told(question: Question) -> bool:
    return question.kind is not Kind.TEXT and not question.kind.is_a_file


def _refuse_long(report: Report) -> None:
    texts = [("title", report.title), ("intro", report.intro), ("method", report.method)]
    texts += [
        pair
        for one in report.blocks
        for pair in (("title", one.title), ("comment", one.comment), ("named", one.named))
    ]
    for name, text in texts:
        if len(text) > LONGEST[name]:
            message = f"Un texte du rapport a {len(text)} signes ; {LONGEST[name]} au plus ici."
            raise DataError(message, remedy=f"Raccourcissez celui qui commence par « {text[:40]} »")
