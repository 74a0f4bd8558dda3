"""What goes with the numbers, in words: which level, why this grade, what rank, what benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.estimates import NARROW_SPACE, percent
from portrea.needs.quadrants import quadrants
from portrea.steering import measures
from portrea.steering.wording import capitalised, enumeration, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.reading import AreaEstimate, Reader
    from portrea.steering.subject import Subject

    Found = Mapping[str, AreaEstimate | None]

SEPARATOR = f"{NARROW_SPACE}; "
DECLARED = ("a1", "a2", "a3")
LIKELY_TOP = 0.5
"""A second measure is named when it is more likely than not in the top tenth of its level."""
SURE = 0.99
EACH = {
    "iris": ("ce quartier", "les plus concernés des quartiers calculés"),
    "commune": ("cette commune", "les plus concernées des communes calculées"),
    "epci": ("cette intercommunalité", "les plus concernées des intercommunalités calculées"),
    "departement": ("ce département", "les plus concernés des départements calculés"),
    "region": ("cette région", "les plus concernées des régions calculées"),
}


def declared_levels(found: Found) -> tuple[str, ...]:
    """Say that the measures of axis A are declared levels, not three versions of one number."""
    known = [m for m in DECLARED if (e := found.get(m)) is not None and e.available]
    if len(known) < 2:
        return ()
    named = enumeration([uncapitalised(measures.words(m).label) for m in known])
    count = ("deux", "trois")[len(known) - 2]
    return (
        f"La fragilité numérique est comptée à {count} niveaux, du plus strict au plus large, qui "
        f"ne s’additionnent pas\u00a0: {named}.",
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
        f"{capitalised(own)} figure parmi les {percent(0.1)} {all_of_them}"
        f" ({uncapitalised(measures.words(first).short)}) avec une probabilité de {_chance(top)}."
    )
    if others:
        named = enumeration([uncapitalised(measures.words(m).short) for m in others])
        text += f" C’est aussi plus probable qu’improbable pour\u00a0: {named}."
    return (text,)


def _chance(probability: float) -> str:
    if probability > SURE:
        return f"plus de {percent(SURE)}"
    if probability < 1 - SURE:
        return f"moins de {percent(1 - SURE)}"
    return percent(probability)


def quadrant(subject: Subject) -> tuple[str, ...]:
    """Place the area on both axes against the widest territory around it where both are known."""
    if len(subject.areas) > 1:
        return ()
    own, reader = subject.areas[0], subject.reader
    here = reader.estimates(own.level, [own.code])
    for area in reversed(subject.parents):
        around = reader.estimates(area.level, [area.code]).with_columns(
            name=pl.lit(area.name.plain)
        )
        if _both_known(here) and _both_known(around):
            found = quadrants(
                pl.concat([here, around]), level=own.level, reference=(area.level, area.code)
            )
            return tuple(f"{capitalised(_typeset(text))}." for text in found["words"].drop_nulls())
    return ()


def _both_known(rows: pl.DataFrame) -> bool:
    known = rows.filter(pl.col("share").is_not_null() & pl.col("measure").is_in(("a1", "b")))
    return known.height == 2


def _typeset(text: str) -> str:
    return mark(text).replace(" %", f"{NARROW_SPACE}%")


def grade_reasons(found: Found) -> tuple[str, ...]:
    """Say why each grade was given; measures that share their reasons share their line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for measure, estimate in found.items():
        if estimate is not None and estimate.reasons:
            key = estimate.quality.value, estimate.reasons.replace(" ; ", SEPARATOR)
            lines.setdefault(key, []).append(uncapitalised(measures.words(measure).short))
    return tuple(
        f"Note {letter} ({SEPARATOR.join(named)})\u00a0: {reasons}."
        for (letter, reasons), named in lines.items()
    )


def meaning(reader: Reader, measure: str) -> str:
    """Return what a measure counts, in the words of the survey when its rates come from one."""
    card = reader.computation.card.get("fitted")
    if measure != "a1" or not card or not card.get("outcome"):
        return measures.words(measure).meaning
    return f"au sens de l’enquête {card['name']} {card['vintage']}, «\u00a0{card['outcome']}\u00a0»"


def definition(reader: Reader, measure: str) -> str:
    """Return the definition of a measure; INSEE's does not hold when the rates are a survey's."""
    card = reader.computation.card.get("fitted")
    if measure != "a1" or not card:
        return measures.words(measure).definition
    counted = f" Ce que l’enquête compte\u00a0: {card['outcome']}." if card.get("outcome") else ""
    return (
        "Les taux ne sont pas ceux que l’Insee publie\u00a0: ils sont ajustés sur une enquête, "
        f"{card['name']} {card['vintage']} (source\u00a0: {card['source']}{SEPARATOR}"
        f"empreinte {card['digest']}).{counted}"
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
