"""What a page of the hint posts: the answers so far, the question shown, the button pressed.

The answers travel in hidden fields, never in an address: neither the history of a shared computer
nor a log of the server holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.rights.answers import AnswerError, questions, read
from portrea.web.rights.hints.steps import rooms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from portrea.rights.answers import Answers, Question
    from portrea.web.rights.hints.steps import Commune

PREFIX = "r."
READY = ".tout-fait"
"""Ends the name of the ready-made answer beside a field: « Aucun enfant »."""
VISIT, STEP, GO, PLACE, BACK = "visite", "etape", "aller", "ou", "retour"
COMMUNE = "commune"
LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page sent. ``visit`` is a number; ``step`` the question shown, empty for all at once.

    ``place`` is the commune as it was typed; ``back`` tells that an answer was changed from the
    estimate, where one goes back.
    """

    visit: str
    given: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    go: str = ""
    place: str | None = None
    back: bool = False

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that are asked, by the answers so far."""
        return tuple(one for one in questions() if one.is_shown(self.given))

    @property
    def kept(self) -> dict[str, str]:
        """The answers to the questions that are asked."""
        return {one.name: self.given[one.name] for one in self.asked if one.name in self.given}

    def read(self) -> Answers:
        """Return the answers, read.

        Raises
        ------
        AnswerError
            One of them cannot be.
        """
        answers = read(self.kept)
        if answers.commune and not name_of(answers.commune):
            raise _unknown_commune()
        return answers

    def after(self) -> Question | None:
        """Return the question after the one shown, ``None`` after the last."""
        names = [one.name for one in self.asked]
        at = names.index(self.step) + 1 if self.step in names else 0
        return self.asked[at] if at < len(names) else None

    def before(self) -> Question | None:
        """Return the question before the one shown, ``None`` before the first."""
        names = [one.name for one in self.asked]
        at = names.index(self.step) if self.step in names else len(names)
        return self.asked[at - 1] if at else None

    def without(self, name: str) -> Asked:
        """Return the same, one question left without answer."""
        return replace(self, given={key: told for key, told in self.given.items() if key != name})


def posted(told: QueryDict, visit: str) -> Asked:
    """Read what a page posts."""
    known = {one.name: one for one in questions()}
    given = {name: text for name in known if (text := _text(told, name))}
    step = told.get(STEP, "")
    return Asked(
        visit=visit,
        given=given,
        step=step if step in known else "",
        go=told.get(GO, "")[:LONGEST],
        place=_line(told[PLACE]) if PLACE in told else None,
        back=told.get(BACK) == "oui",
    )


def _text(told: QueryDict, name: str) -> str:
    ready = _line(told.get(PREFIX + name + READY, ""))
    return ready or _line(told.get(PREFIX + name, ""))


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:LONGEST]).split())


def placed(asked: Asked) -> tuple[Asked, Sequence[Commune]]:
    """Turn the commune as it was typed into its code, or into a choice.

    Raises
    ------
    AnswerError
        Nothing looks like what was typed.
    """
    if asked.place is None:
        return asked, ()
    if not asked.place:
        return replace(asked.without(COMMUNE), place=None), ()
    if asked.place == name_of(asked.given.get(COMMUNE, "")):
        return replace(asked, place=None), ()
    try:
        found = rooms().communes(asked.place)
    except TerritoryError as error:
        raise _unknown_commune() from error
    if len(found) > 1:
        return asked.without(COMMUNE), found
    given = {**asked.given, COMMUNE: found[0].code}
    return replace(asked, given=given, place=None), ()


def _unknown_commune() -> AnswerError:
    return AnswerError(
        COMMUNE,
        _("Nous ne trouvons pas cette commune."),
        remedy=_("Écrivez son nom ou son code postal, ou passez la question."),
    )


def name_of(code: str) -> str:
    """Return the name of a commune, empty when there is none of this code."""
    if not code:
        return ""
    try:
        return rooms().place(code)
    except TerritoryError:
        return ""
