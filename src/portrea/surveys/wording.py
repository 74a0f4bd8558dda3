"""A share said in plain words: « environ 6 personnes sur 10 (59 %, entre 55 et 63 %) »."""

from __future__ import annotations

from portrea.base.estimates import NARROW_SPACE, integer, percent
from portrea.surveys.estimates import Saying, parameters

_FRACTIONS = (
    (1 / 2, "la moitié des {}s"),
    (1 / 3, "une {} sur trois"),
    (2 / 3, "deux {}s sur trois"),
    (1 / 4, "une {} sur quatre"),
    (3 / 4, "trois {}s sur quatre"),
)
_AS_GOOD, _ABOUT = 0.012, 0.2
"""Distance to a fraction that is called by it; distance to a tenth that is « environ »."""


def say_share(
    share: float,
    answers: int,
    low: float | None = None,
    high: float | None = None,
    *,
    who: str = "personne",
) -> str:
    """Return a share (0 to 1) of ``answers`` people in words, as firmly as its number allows.

    ``who`` is what is counted: a French noun, feminine and singular (structure, demande).
    """
    if answers < parameters()["least_answers"]["value"]:
        return f"{Saying.NOTHING} ({answers})"
    if answers < parameters()["caution_below"]["value"]:
        told = integer(share * answers)
        return f"{told} réponses sur {answers} ({Saying.CAUTION})"
    return f"{_words(share, who)} ({percent(share)}{_between(low, high)})"


def say_tenths(share: float) -> str:
    """Return a share in tenths only, for those whose number must stay vague."""
    tenths = round(share * 10)
    if tenths in {0, 10}:
        return "tous, ou presque" if tenths else "moins de 1 sur 10"
    return f"environ {tenths} sur 10"


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f", entre {integer(low * 100)} et {integer(high * 100)}{NARROW_SPACE}%"


def _words(share: float, who: str) -> str:
    if share in {0, 1}:
        return f"toutes les {who}s" if share else f"aucune {who}"
    for fraction, words in _FRACTIONS:
        if abs(share - fraction) < _AS_GOOD:
            return words.format(who)
    tenths = round(share * 10)
    if not tenths:
        return f"moins d’une {who} sur 10"
    apart = share * 10 - tenths
    about = "environ" if abs(apart) <= _ABOUT else "plus de" if apart > 0 else "près de"
    return f"{about} {tenths} {who}{'s' if tenths > 1 else ''} sur 10"
