"""A condition, limits, said in French as the editor shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.surveys.conditions import condition_understood, limits_understood
from portrea.surveys.form import Form, Question, said

if TYPE_CHECKING:
    from portrea.surveys.conditions import Comparison, Limits

OPERATORS = {
    "est": "est",
    "pas": "n’est pas",
    "contient": "contient",
    "sans": "ne contient pas",
    "plus": "est plus grand que",
    "moins": "est plus petit que",
    "au_moins": "est au moins",
    "au_plus": "est au plus",
    "repondu": "a une réponse",
    "vide": "n’a pas de réponse",
}
ALONE = frozenset({"repondu", "vide"})
"""Operators without a value."""


def say_condition(form: Form, expression: str, language: str) -> str:
    """Return « si « Âge » est au moins « 60 » », or the formula when it is one."""
    if not expression:
        return ""
    found = condition_understood(expression)
    if found is None:
        return f"selon la formule {expression}"
    joined = " et " if found.every else " ou "
    return "si " + joined.join(_test(form, one, language) for one in found.tests)


def say_limits(form: Form, question: Question, language: str) -> str:
    """Return « entre 0 et 120 », « trois au plus », or the formula when it is one."""
    if not question.constraint:
        return ""
    found = limits_understood(question.constraint)
    if found is None:
        return f"formule {question.constraint}"
    return ", ".join(_limits(form, question, found, language))


def label_of(form: Form, name: str, language: str) -> str:
    """Return the wording of an item, its name when it has none."""
    try:
        return said(form.item(name).label, language) or name
    except KeyError:
        return name


def _test(form: Form, test: Comparison, language: str) -> str:
    told = f"« {label_of(form, test.question, language)} » {OPERATORS[test.operator]}"
    if test.operator in ALONE:
        return told
    return f"{told} « {value_said(form, test.question, test.value, language)} »"


def value_said(form: Form, name: str, value: str, language: str) -> str:
    """Return the words of the choice that a value names, else the value."""
    try:
        return form.choice_label(name, value, language) or value
    except KeyError:
        return value


def _limits(form: Form, question: Question, found: Limits, language: str) -> list[str]:
    told = []
    if found.least and found.most:
        told.append(f"entre {found.least} et {found.most}")
    elif found.least or found.most:
        told.append(f"{found.least} au moins" if found.least else f"{found.most} au plus")
    if found.dates:
        told.append("pas dans l’avenir" if found.dates == "passe" else "pas dans le passé")
    if found.most_choices:
        told.append(f"{found.most_choices} choix au plus")
    if found.alone:
        words = value_said(form, question.name, found.alone, language)
        told.append(f"« {words} » ne va avec aucun autre choix")
    return told
