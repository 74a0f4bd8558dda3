"""What goes with the numbers, in words: which level, why this grade, what rank, what benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE, percent
from portrea.steering import measures
from portrea.steering.wording import capitalised, enumeration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.reading import AreaEstimate, Reader
    from portrea.steering.subject import Subject

    Found = Mapping[str, AreaEstimate | None]

DECLARED = ("a1", "a2", "a3")
LIKELY_TOP = 0.5
"""A second measure is named when it is more likely than not in the top tenth of its level."""
SURE = 0.99
EACH = {
    "iris": ("ce quartier", "quartiers les plus concernés"),
    "commune": ("cette commune", "communes les plus concernées"),
    "epci": ("cette intercommunalité", "intercommunalités les plus concernées"),
    "departement": ("ce département", "départements les plus concernés"),
    "region": ("cette région", "régions les plus concernées"),
}


def declared_levels(found: Found) -> tuple[str, ...]:
    """Say that the measures of axis A are declared levels, not three versions of one number."""
    known = [m for m in DECLARED if (e := found.get(m)) is not None and e.available]
    if len(known) < 2:
        return ()
    named = enumeration([measures.words(m).label for m in known])
    count = ("deux", "trois")[len(known) - 2]
    return (
        f"La fragilité numérique est comptée à {count} niveaux, du plus strict au plus large, qui "
        f"ne s’additionnent pas\u00a0: {named[:1].lower()}{named[1:]}.",
    )


def top_tenth(subject: Subject, found: Found) -> tuple[str, ...]:
    """Say how likely the area is in the most concerned tenth of its level."""
    known = [
        (m, e.top) for m, e in found.items() if e is not None and e.available and e.top is not None
    ]
    if not known or subject.level not in EACH:
        return ()
    (first, top), others = known[0], [m for m, p in known[1:] if p >= LIKELY_TOP]
    own, all_of_them = EACH[subject.level]
    text = (
        f"{capitalised(own)} figure parmi les {percent(0.1)} de {all_of_them}"
        f" ({measures.words(first).short.lower()}) avec une probabilité de {_chance(top)}."
    )
    if others:
        named = enumeration([measures.words(m).short.lower() for m in others])
        text += f" C’est aussi plus probable qu’improbable pour\u00a0: {named}."
    return (text,)


def _chance(probability: float) -> str:
    if probability > SURE:
        return f"plus de {percent(SURE)}"
    if probability < 1 - SURE:
        return f"moins de {percent(1 - SURE)}"
    return percent(probability)


def grade_reasons(found: Found) -> tuple[str, ...]:
    """Say why each grade was given; measures that share their reasons share their line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for measure, estimate in found.items():
        if estimate is not None and estimate.reasons:
            key = estimate.quality.value, estimate.reasons.replace(" ; ", f"{NARROW_SPACE}; ")
            lines.setdefault(key, []).append(measures.words(measure).short.lower())
    return tuple(
        f"Note {letter} ({', '.join(named)})\u00a0: {reasons}."
        for (letter, reasons), named in lines.items()
    )


def benchmark_state(reader: Reader) -> str:
    """Say whether the estimates were shifted to published totals."""
    card = reader.computation.card.get("benchmark")
    if not card:
        return (
            "Estimations non calées\u00a0: elles ne sont ajustées sur aucun total publié pour un "
            "territoire."
        )
    name = card["name"] if isinstance(card, dict) else str(card)
    return f"Estimations de l’illectronisme calées sur des totaux publiés\u00a0: {name}."
