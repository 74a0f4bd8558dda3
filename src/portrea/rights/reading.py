"""What somebody types in a field: an age, an amount, a choice. Nothing long is ever repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

NONE = frozenset({"aucun", "aucune", "non", "rien", "pas d’enfant", "pas d'enfant"})
MONEY = re.compile(r"\d+(?:[.,]\d{1,2})?")
THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}")
UNITS = re.compile(r"(€|euros?|eur)?(par mois|parmois|/mois|mensuels?)?$")
BETWEEN_AGES = re.compile(r"\s*(?:,|;|\+|\bet\b|\s)\s*")
MONTHS = re.compile(r"\b\d{1,2}\s*mois\b|\bb[ée]b[ée]\b|\bmoins d[’']un an\b")
YEARS = re.compile(r"(?<=\d)\s*ans?\b")
LONGEST = 12
"""Characters of what was typed that a message may repeat: a secret number is longer."""
MOST_DIGITS = 9


class AnswerError(ParameterError):
    """An answer that cannot be; ``question`` is the name of the one to mend."""

    def __init__(self, question: str, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.question = question


def money(question: str, text: str) -> float:
    """Return an amount of euros: « 1 200,50 € » is 1200.5.

    Raises
    ------
    AnswerError
        Not an amount, a negative one, or one that can be read in two ways.
    """
    told = UNITS.sub("", "".join(text.lower().split()))
    if told.startswith(("-", "−")):
        _refuse(question, "Un montant ne peut pas être négatif.", "Écrivez 0 s’il n’y a rien.")
    if THOUSANDS.fullmatch(told):
        _refuse(
            question,
            f"« {told} » peut se lire de deux façons.",
            "Séparez les milliers par un espace : « 1 200 ».",
        )
    if not MONEY.fullmatch(told) or len(told) > MOST_DIGITS:
        _refuse(
            question,
            f"Ce n’est pas un montant{_shown(text)}.",
            "Un seul montant, en chiffres : « 1 200,50 ».",
        )
    return float(told.replace(",", "."))


def ages(question: str, text: str, *, most: int) -> tuple[int, ...]:
    """Return ages: « 8 et 5 ans », « 6 mois, 3 ans »; nobody where « aucun » is said.

    Raises
    ------
    AnswerError
        Not ages, a year or a date, too many of them, or a lone « 0 » that may mean nobody.
    """
    told = YEARS.sub("", MONTHS.sub("0", text.strip().lower()))
    if told in NONE:
        return ()
    parts = [part for part in BETWEEN_AGES.split(told) if part]
    if not parts or not all(part.isdecimal() for part in parts):
        _refuse(
            question,
            f"Ce n’est pas un âge{_shown(text)}.",
            "Des âges en chiffres et en années : « 8, 5 ».",
        )
    if any(len(part) == 4 for part in parts):
        _refuse(
            question,
            "C’est une année, pas un âge.",
            "Écrivez l’âge d’aujourd’hui, en années.",
        )
    if len(parts) > most:
        limit = "deux âges" if most == 2 else f"{most} âges"
        _refuse(question, f"Il y a {len(parts)} âges.", f"Pas plus de {limit} ici.")
    if any(len(part) > 3 for part in parts):
        _refuse(question, "Ce n’est pas un âge.", "Des âges en chiffres et en années : « 8, 5 ».")
    found = tuple(int(part) for part in parts)
    if text.strip() == "0":
        _refuse(
            question,
            "« 0 » peut se lire de deux façons.",
            "Écrivez « aucun », ou « bébé » pour un enfant de moins d’un an.",
        )
    return found


def choice(question: str, text: str, values: Iterable[str]) -> str:
    """Return a choice among those of a question.

    Raises
    ------
    AnswerError
        Another word.
    """
    if text not in values:
        _refuse(
            question,
            f"Cette réponse n’est pas prévue{_shown(text)}.",
            "Choisissez-en une dans la liste.",
        )
    return text


def commune(question: str, text: str) -> str:
    """Return the code of a commune, as five characters; whether it exists is looked at later.

    Raises
    ------
    AnswerError
        Not a code.
    """
    told = text.strip().upper()
    if not re.fullmatch(r"\d[\dAB]\d{3}", told):
        _refuse(
            question,
            f"Nous ne trouvons pas cette commune{_shown(text)}.",
            "Choisissez la commune dans la liste, ou donnez son code INSEE.",
        )
    return told


def _shown(text: str) -> str:
    return f" : « {text.strip()} »" if 0 < len(text.strip()) <= LONGEST else ""


def _refuse(question: str, why: str, remedy: str) -> NoReturn:
    raise AnswerError(question, why, remedy=remedy)
