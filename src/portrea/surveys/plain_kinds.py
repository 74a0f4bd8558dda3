"""Kinds of questions in everyday words, and how long one takes (``drafting.yaml``)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.surveys.form import Kind, Question

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG = "long"
"""A text on several lines: XLSForm says it by an appearance."""
MULTILINE = "multiline"


@cache
def rules() -> Mapping[str, Any]:
    """Return ``drafting.yaml``: kinds, times, words of the trade and of identity."""
    loaded: Mapping[str, Any] = yaml.safe_load(
        (files(__package__) / "drafting.yaml").read_text("utf-8")
    )
    return loaded


def plain_kind(question: Question) -> str:
    """Return the everyday kind of a question (``long`` for a text on several lines)."""
    long = question.kind is Kind.TEXT and MULTILINE in question.appearance.split()
    return LONG if long else str(question.kind)


def said_kind(question: Question) -> str:
    """Return the kind of a question in everyday French."""
    code = plain_kind(question)
    known = rules()["kinds"].get(code)
    return str(known["words"] if known else rules()["kept_as_is"][code])


def as_kind(question: Question, code: str) -> Question:
    """Return a question of another everyday kind."""
    words = [word for word in question.appearance.split() if word != MULTILINE]
    if code == LONG:
        return replace(question, kind=Kind.TEXT, appearance=" ".join([*words, MULTILINE]))
    return replace(question, kind=Kind(code), appearance=" ".join(words))


def seconds_of(question: Question) -> float:
    """Return the seconds that one answer takes, once its words are read."""
    known = rules()["kinds"].get(plain_kind(question))
    return float(known["seconds"]) if known else 0.0
