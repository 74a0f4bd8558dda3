"""Guess what each column of a list means: its name first, then what its values look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.offer.importing.evidence import fit
from portrea.offer.importing.mapping import (
    Guess,
    Mapping,
    Rule,
    label_of,
    mode_of,
    place_targets,
    reader_of,
)
from portrea.offer.importing.naming import EXACT, aside, candidates
from portrea.offer.importing.positions import coordinates
from portrea.offer.importing.spelling import slug
from portrea.offer.importing.values import untold

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = 300
"""Filled values looked at in each column, spread over the list."""
ENOUGH = 0.45
"""A column below this confidence is left aside."""
ALONE = 0.8
"""Share of values from which an unnamed column is recognised by its values alone."""
_POSITIONS = ("latitude", "longitude")
_LOOSE = frozenset(("name", "city", "address", "address.number", "detail", "summary"))
"""Fields that may hold any words: their name proves more than their values."""
_CERTAIN = frozenset(
    ("latitude", "longitude", "position", "siret", "emails", "postcode", "commune")
)
"""Fields whose values have a form of their own: a name without such values proves nothing."""


def guess_mapping(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, source: str = "liste"
) -> Mapping:
    """Return the mapping guessed from a header and its rows.

    Parameters
    ----------
    source
        Name of the list, which begins the identifiers of its places.
    """
    samples = _samples(columns, rows)
    scored = {column: _scores(column, samples[column]) for column in columns}
    for column, sample in samples.items():
        if not scored[column] and not aside(column):
            scored[column] = _by_values(sample)
    _name_without_name(columns, samples, scored)
    _mend_swapped(columns, rows, scored)
    guesses = _assign(columns, scored, samples)
    rules = _rules(guesses)
    return Mapping(
        id=f"devine-{slug(source) or 'liste'}",
        title=f"Colonnes devinées de « {source} »",
        source=slug(source) or "liste",
        rules=tuple(rules),
        signature=tuple(columns),
        guesses=tuple(guesses),
    )


def _samples(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for index, column in enumerate(columns):
        filled = [row[index].strip() for row in rows if row[index].strip()]
        told = [cell for cell in filled if not untold(cell)] or filled
        step = max(1, len(told) // SAMPLE)
        found[column] = told[::step][:SAMPLE]
    return found


def _scores(column: str, sample: Sequence[str]) -> dict[str, float]:
    """Return the confidence of each field that the name allows."""
    if aside(column):
        allowed = {t: h for t, h in candidates(column) if t.startswith("helpers.")}
        return {t: round(h, 2) for t, h in allowed.items() if h >= ENOUGH}
    named = dict(candidates(column))
    for mine, other in (_POSITIONS, _POSITIONS[::-1]):
        if mine in named:
            named[other] = max(named.get(other, 0.0), 0.7 * named[mine])
    return {target: _confidence(target, score, sample) for target, score in named.items()}


def _confidence(target: str, score: float, sample: Sequence[str]) -> float:
    share = fit(target, reader_of(target), sample)
    if share is None:
        return round(score * (0.95 if sample else 0.8), 2)
    if target in _CERTAIN:
        return round(score * (0.1 + 0.9 * share), 2)
    floor = 0.6 if target in _LOOSE else 0.4
    return round(score * (floor + (1 - floor) * share), 2)


def _by_values(sample: Sequence[str]) -> dict[str, float]:
    """Return the fields that values alone betray."""
    found: dict[str, float] = {}
    if len(sample) < 1:
        return found
    for target, card in place_targets().items():
        if card.get("alone"):
            share = fit(target, reader_of(target), sample) or 0.0
            if share >= ALONE:
                found[target] = round(0.7 * share, 2)
    return found


def _name_without_name(
    columns: Sequence[str], samples: dict[str, list[str]], scored: dict[str, dict[str, float]]
) -> None:
    """Take for the name, when no column says so, the first column of distinct short texts."""
    if any(scores.get("name", 0.0) >= ENOUGH for scores in scored.values()):
        return
    for column in columns:
        sample = samples[column]
        distinct = len(set(sample)) / len(sample) if sample else 0.0
        if not scored[column] and not aside(column) and distinct > 0.8:
            share = fit("name", "text", sample) or 0.0
            if share >= ALONE:
                scored[column] = {"name": round(0.6 * share, 2)}
                return


def _mend_swapped(
    columns: Sequence[str], rows: Sequence[Sequence[str]], scored: dict[str, dict[str, float]]
) -> None:
    """Give latitude and longitude to the right columns when their names are the wrong way round."""
    named = {
        target: next((c for c in columns if dict(candidates(c)).get(target, 0) >= EXACT), None)
        for target in _POSITIONS
    }
    latitude, longitude = named["latitude"], named["longitude"]
    if latitude is None or longitude is None or latitude == longitude:
        return
    at = {column: index for index, column in enumerate(columns)}
    step = max(1, len(rows) // SAMPLE)
    notes = [coordinates(row[at[latitude]], row[at[longitude]])[1] for row in rows[::step]]
    swapped = sum(1 for note in notes if note and note.code == "swapped")
    if notes and swapped > len(notes) / 2:
        scored[latitude] = {"longitude": 0.9}
        scored[longitude] = {"latitude": 0.9}


def _assign(
    columns: Sequence[str],
    scored: dict[str, dict[str, float]],
    samples: dict[str, list[str]],
) -> list[Guess]:
    """Give each column its best field; a field read once goes to the surest column."""
    offers = sorted(
        ((score, column, target) for column, s in scored.items() for target, score in s.items()),
        key=lambda item: (-item[0], columns.index(item[1]), item[2]),
    )
    chosen: dict[str, tuple[str, float]] = {}
    taken: dict[str, str] = {}
    twins: dict[str, str] = {}
    for score, column, target in offers:
        if column in chosen or score < ENOUGH:
            continue
        if mode_of(target) == "single" and target in taken:
            twins.setdefault(column, f"fait double emploi avec « {taken[target]} »")
            continue
        chosen[column] = (target, score)
        taken.setdefault(target, column)
    return [
        _guess(column, chosen.get(column), scored[column], samples[column], twins.get(column))
        for column in columns
    ]


def _guess(
    column: str,
    chosen: tuple[str, float] | None,
    scores: dict[str, float],
    sample: Sequence[str],
    twin: str | None,
) -> Guess:
    rivals = tuple(
        sorted(
            ((t, s) for t, s in scores.items() if not chosen or t != chosen[0]), key=lambda i: -i[1]
        )[:3]
    )
    if chosen is None:
        return Guess(column, None, 0.0, aside(column) or twin or _why_aside(scores, sample), rivals)
    target, score = chosen
    return Guess(column, target, score, _why(column, target, sample), rivals)


def _why_aside(scores: dict[str, float], sample: Sequence[str]) -> str:
    if not sample:
        return "colonne vide"
    if scores:
        best = max(scores, key=lambda target: scores[target])
        return f"le nom fait penser à « {label_of(best)} », mais pas les valeurs"
    return "nom inconnu, et valeurs sans forme reconnaissable"


def _why(column: str, target: str, sample: Sequence[str]) -> str:
    named = dict(candidates(column)).get(target, 0.0)
    share = fit(target, reader_of(target), sample)
    name = (
        "le nom de la colonne le dit"
        if named >= EXACT
        else "le nom de la colonne y ressemble"
        if named
        else "le nom de la colonne ne le dit pas"
    )
    if share is None:
        return name
    return f"{name} et {round(100 * share)} % des valeurs en ont la forme"


def _rules(guesses: Sequence[Guess]) -> list[Rule]:
    """Return the rules, the surest column of a field first."""
    by_target: dict[str, list[Guess]] = {}
    for guess in guesses:
        if guess.target is not None:
            by_target.setdefault(guess.target, []).append(guess)
    rules = []
    for target, found in by_target.items():
        how = mode_of(target)
        ordered = sorted(found, key=lambda g: -g.confidence) if how == "first" else found
        rules.append(Rule(target, tuple(g.column for g in ordered), how=how))
    return rules
