"""The questions of a hint, and what was answered: typed, and unknown where it was skipped."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import yaml

from portrea.rights import reading
from portrea.rights.households import OLDEST, Adult, Household, Housing, faults
from portrea.rights.reading import NONE, AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["AnswerError", "Answers", "Question", "household", "questions", "read", "texts", "typed"]

SAME: Literal["same"] = "same"
"""What ``before`` holds when nothing changed."""
ALONE, MIXED, WITHOUT, STUDENT = "seul", "travail_chomage", "sans", "etudes"
EEE, RETIRED = "eee", "retraite"
AGE_RETIRED = 65
"""Age of a retired partner whose age was not told, or the one of who answers if it is more."""
KINDS = {"chomage": "unemployment", "retraite": "pension", "invalidite": "invalidity"}
"""Situation → income of :class:`~portrea.rights.households.Adult`; a wage otherwise."""
NO_INCOME = "Vous avez dit ne pas avoir de revenu, puis un revenu."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, in French words of every day; each may be skipped.

    ``kind`` is ``commune`` (a code), ``ages`` (at most ``most``), ``choice`` or ``money`` (euros by
    month). ``choices`` are (value, label) pairs; beside a field of ages or of money they are the
    answers that need no typing (« aucun »). ``shown_if`` names another question and the answers
    that make this one useful. ``tries`` are the answers tried when it was skipped; ``ends`` tells
    that the first and the last may stand for all; ``usual`` is kept, and ``held`` said, when too
    many answers miss (``rank`` 1 is the last to be kept so).
    """

    name: str
    label: str
    help: str
    kind: Literal["commune", "number", "choice", "ages", "money"]
    rank: int
    tries: tuple[str, ...]
    usual: str
    held: str
    ends: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    most: int = 1
    shown_if: tuple[str, tuple[str, ...]] | None = None

    def is_shown(self, given: Mapping[str, str]) -> bool:
        """Whether the answers given so far make this question useful."""
        if self.shown_if is None:
            return True
        name, values = self.shown_if
        return given.get(name, "") in values


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered; ``None`` where the question was skipped, which is never nought.

    ``age`` holds one age, or two for a couple. ``children`` is empty when there are none.
    """

    commune: str | None = None
    age: tuple[int, ...] | None = None
    partner: str | None = None
    children: tuple[int, ...] | None = None
    housing: str | None = None
    rent: float | None = None
    situation: str | None = None
    income: float | None = None
    partner_income: float | None = None
    before: float | Literal["same"] | None = None
    disability: str | None = None
    residence: str | None = None

    def given(self) -> dict[str, Any]:
        """Return the answers that were given, by name of question."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in told.items() if value is not None}


@cache
def texts() -> Mapping[str, Any]:
    """Return what ``params/questions.yaml`` says."""
    text = (files("portrea.rights") / "params" / "questions.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions, in the order in which they are asked."""
    return tuple(_question(name, dict(card)) for name, card in texts()["questions"].items())


def read(given: Mapping[str, str], *, communes: Iterable[str] = ()) -> Answers:
    """Read what was typed in the fields of a form.

    Parameters
    ----------
    given
        Name of question → what was typed; an empty text is a question that was skipped.
    communes
        Codes that exist; only the shape of the code is looked at when there is none.

    Raises
    ------
    AnswerError
        The first answer that cannot be, or that two answers contradict.
    """
    known = {question.name: question for question in questions()}
    for name in given:
        if name not in known:
            raise AnswerError(
                name,
                f"La question « {name} » n’existe pas.",
                remedy=f"Connues : {', '.join(known)}.",
            )
    told = {name: text for name, text in given.items() if text.strip()}
    answers = Answers(**{name: typed(known[name], text) for name, text in told.items()})
    _agree(answers)
    _possible(answers, communes)
    return answers


def household(answers: Answers, *, share: float = 1.0) -> Household:
    """Return the household of answers, an unknown one taken for none.

    Parameters
    ----------
    share
        Part of the wage in the income of who has a wage and an unemployment benefit.
    """
    age, *others = answers.age or (OLDEST,)
    adults = [_claimant(answers, age, share)]
    if is_couple(answers):
        adults.append(_partner(answers, others[0] if others else _age_of_partner(answers, age)))
    housing = Housing(answers.housing or Housing.PRIVATE)
    return Household(
        commune=answers.commune or "",
        housing=housing,
        adults=tuple(adults),
        children=answers.children or (),
        rent=answers.rent or 0,
    )


def is_couple(answers: Answers) -> bool:
    """Whether a partner was told, by an age or by what they do."""
    return answers.partner not in {None, ALONE} or len(answers.age or ()) > 1


def _claimant(answers: Answers, age: int, share: float) -> Adult:
    years, rates = texts()["years"], texts()["rates"]
    adult = Adult(
        age=age,
        disability=rates[answers.disability or "aucun"],
        restricted=answers.disability == "50r",
        residence=None if answers.residence in {None, EEE} else years[answers.residence],
        before=None if answers.before in {None, SAME} else float(answers.before or 0),
    )
    adult = _with_income(adult, answers.situation, answers.income or 0)
    if answers.situation == MIXED:
        wage = share * adult.earnings
        adult = replace(adult, earnings=wage, unemployment=adult.earnings - wage)
    return adult


def _partner(answers: Answers, age: int) -> Adult:
    return _with_income(Adult(age=age), answers.partner, answers.partner_income or 0)


def _age_of_partner(answers: Answers, age: int) -> int:
    return max(age, AGE_RETIRED) if answers.partner == RETIRED else age


def _with_income(adult: Adult, situation: str | None, income: float) -> Adult:
    incomes: dict[str, Any] = {KINDS.get(situation or "", "earnings"): income}
    return replace(adult, activity="etudiant" if situation == STUDENT else "", **incomes)


def _question(name: str, card: dict[str, Any]) -> Question:
    shown = card.pop("shown_if", None)
    return Question(
        name=name,
        choices=tuple((value, label) for value, label in card.pop("choices", ())),
        tries=tuple(card.pop("tries")),
        shown_if=next(((on, tuple(values)) for on, values in shown.items()), None)
        if shown
        else None,
        **card,
    )


def typed(question: Question, text: str) -> Any:
    """Return one answer as typed, alone; raises :class:`AnswerError` when it cannot be."""
    name, values = question.name, [value for value, _label in question.choices]
    match question.kind:
        case "commune":
            return reading.commune(name, text)
        case "choice":
            return reading.choice(name, text, values)
        case "ages":
            return reading.ages(name, text, most=question.most)
        case _:
            none = bool(values) and text.strip().lower() in NONE
            return SAME if none else reading.money(name, text)


def _agree(answers: Answers) -> None:
    """Refuse answers of which one says what another denies."""
    if answers.age == ():
        raise AnswerError(
            "age", "Il faut un âge.", remedy="Écrivez votre âge, ou passez la question."
        )
    if answers.partner == ALONE and len(answers.age or ()) > 1:
        raise AnswerError(
            "partner",
            "Vous avez dit vivre seul, et donné deux âges.",
            remedy="Enlevez le second âge, ou dites ce que fait l’autre personne.",
        )
    if answers.partner in {ALONE, WITHOUT} and answers.partner_income:
        told = "vivre seul" if answers.partner == ALONE else "que l’autre n’a pas de revenu"
        raise AnswerError(
            "partner_income",
            f"Vous avez dit {told}, et donné un revenu de votre conjoint ou conjointe.",
            remedy="Changez l’une des deux réponses.",
        )
    if answers.situation == WITHOUT and answers.income:
        raise AnswerError("income", NO_INCOME, remedy="Changez l’une des deux réponses.")


def _possible(answers: Answers, communes: Iterable[str]) -> None:
    """Refuse what no household can be, and name the question to mend."""
    made = household(answers)
    for fault in faults(made, communes=communes if answers.commune else ()):
        name = fault.field
        if fault.field not in {"commune", "rent", "age", "children", "disability", "before"}:
            name = "partner_income" if fault.adult else "income"
        raise AnswerError(name, fault.why, remedy=fault.remedy)
