"""Survey answers, one row per person, put in the words of the grid by a mapping.

Answers are never stored, logged nor quoted: an error names columns, codes frequent enough to be
categories, and numbers of rows, never the values of one person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.needs.grid import ADULT_AGES, age_span
from portrea.needs.survey_mapping import TO_DO, Classes, column_of, columns_of, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from portrea.needs.survey_mapping import Question, SurveyMapping

FREQUENT = 5
"""A code is quoted in a message only when at least this many answers bear it."""
MOST_CODES = 40
LEAST_AGE = 15
ADVICE = "Corrigez le fichier de correspondance (--mapping)."


@dataclass(frozen=True)
class Answers:
    """Answers in the words of the grid, in memory only.

    ``frame``: ``age`` (band), ``diploma`` (vocabulary codes joined by ``+``), ``alone``,
    ``exposed``, ``income``, ``region`` (null when not asked), ``yes``, ``weight``. ``notes``: what
    was left out, in French words, with numbers of answers.
    """

    frame: pl.DataFrame = field(repr=False)
    notes: tuple[str, ...]


def read_answers(frame: pl.DataFrame, mapping: SurveyMapping) -> Answers:
    """Translate a file's rows into the words of the grid.

    Raises
    ------
    DataError
        A column is absent, a code has no meaning in the mapping, or a weight is not positive.
    """
    _check_columns(frame, columns_of(mapping))
    frame = frame.select(_text(column) for column in columns_of(mapping))
    if mapping.kept is not None:
        frame = frame.filter(pl.col(mapping.kept.column).is_in(list(mapping.kept.meaning)))
    if not frame.height:
        raise DataError("Aucune réponse ne reste après le filtre.", remedy=ADVICE)
    made = {
        "age": _ages(frame, mapping.age),
        "diploma": _translated(frame, mapping.diploma),
        "yes": _any(frame, mapping.outcome),
        "weight": _weights(frame, mapping.weight),
    }
    made["alone"] = _any(frame, [mapping.household]) if mapping.household else _unknown(frame)
    made["exposed"] = _any(frame, mapping.exposure) if mapping.exposure else _unknown(frame)
    made["income"] = _translated(frame, mapping.income) if mapping.income else _unknown(frame)
    made["region"] = _regions(frame, mapping.region)
    needed = ["age", "diploma", "yes", *(["alone"] if mapping.household else [])]
    answers = pl.DataFrame([series.alias(name) for name, series in made.items()])
    kept = answers.drop_nulls(needed)
    notes = _left_out(answers, needed)
    return Answers(kept, notes)


def _text(column: str) -> pl.Expr:
    """Codes as text; a whole number stored as a decimal loses its « .0 »."""
    text = pl.col(column).cast(pl.String).str.strip_chars().str.replace(r"^(-?\d+)\.0$", "${1}")
    return pl.when(text != "").then(text).alias(column)


def _unknown(frame: pl.DataFrame) -> pl.Series:
    return pl.Series([None] * frame.height, dtype=pl.String)


def _check_columns(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if not absent:
        return
    faults = []
    for name in absent:
        near = get_close_matches(name.casefold(), [c.casefold() for c in frame.columns], n=3)
        close = [c for c in frame.columns if c.casefold() in near]
        said = f"colonne absente{' ; proches : ' + ', '.join(close) if close else ''}"
        faults.append(Diagnostic("missing-column", said, field=name))
    raise DataError(
        f"Le fichier ({len(frame.columns)} colonnes) n’a pas les colonnes de la correspondance.",
        diagnostics=tuple(faults),
        remedy=ADVICE,
    )


def _check_codes(codes: pl.Series, known: Iterable[str], column: str) -> None:
    strange = codes.drop_nulls().filter(~codes.drop_nulls().is_in(list(known)))
    if not strange.len():
        return
    counts = strange.value_counts().rename({strange.name: "code"})
    frequent = counts.filter(pl.col("count") >= FREQUENT).sort("count", descending=True)
    faults = [
        Diagnostic("unknown-code", "code sans correspondance", field=column, value=str(code))
        for code in frequent["code"].head(10)
    ]
    raise DataError(
        f"La colonne « {column} » a {counts.height} code(s) que la correspondance n’explique pas,"
        f" dans {strange.len()} réponse(s). Les codes portés par moins de {FREQUENT} réponses ne"
        " sont pas cités.",
        diagnostics=tuple(faults),
        remedy=f"{ADVICE} Un code à laisser de côté va dans « ignorer », ou vaut null.",
    )


def _translated(frame: pl.DataFrame, classes: Classes) -> pl.Series:
    codes = frame[classes.column]
    _check_codes(codes, classes.meaning, classes.column)
    return codes.replace_strict(
        list(classes.meaning), list(classes.meaning.values()), default=None, return_dtype=pl.String
    )


def _any(frame: pl.DataFrame, questions: Iterable[Question | None]) -> pl.Series:
    """Yes when one question says yes, no when all say no, else unknown."""
    found: list[pl.Expr] = []
    for question in filter(None, questions):
        codes = frame[question.column]
        _check_codes(codes, (*question.yes, *question.no, *question.ignored), question.column)
        text = pl.col(question.column)
        no = pl.when(text.is_in(list(question.no))).then(pl.lit(value=False))
        found.append(pl.when(text.is_in(list(question.yes))).then(pl.lit(value=True)).otherwise(no))
    return frame.select(pl.any_horizontal(found).alias("answer"))["answer"]


def _ages(frame: pl.DataFrame, age: Classes | str) -> pl.Series:
    if isinstance(age, Classes):
        bands = _translated(frame, age)
        young = [b for b in bands.drop_nulls().unique() if age_span(b)[1] < LEAST_AGE]
        return bands.replace_strict(young, [None] * len(young), default=bands) if young else bands
    years = frame[age].str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    wrong = int((years.is_null() & frame[age].is_not_null()).sum()) + int(
        ((years < 0) | (years > 120)).fill_null(value=False).sum()
    )
    if wrong:
        raise DataError(
            f"La colonne d’âge « {age} » a {wrong} valeur(s) qui ne sont pas un âge en années.",
            remedy="Donnez les « classes » de cette colonne dans la correspondance.",
        )
    band = pl.lit(None, dtype=pl.String)
    for cell in ADULT_AGES:
        low, high = age_span(cell)
        band = pl.when((years >= low) & (years < high + 1)).then(pl.lit(cell)).otherwise(band)
    return pl.select(band).to_series()


def _regions(frame: pl.DataFrame, region: Classes | str | None) -> pl.Series:
    if region is None:
        return _unknown(frame)
    if isinstance(region, Classes):
        return _translated(frame, region)
    codes = frame[region]
    if codes.n_unique() > 40:
        raise DataError(
            f"La colonne de région « {region} » a {codes.n_unique()} codes différents : ce n’est"
            " pas une région.",
            remedy=ADVICE,
        )
    return codes


def _weights(frame: pl.DataFrame, column: str) -> pl.Series:
    weights = frame[column].str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    bad = int((~((weights > 0) & weights.is_finite())).fill_null(value=True).sum())
    if bad:
        raise DataError(
            f"La colonne de poids « {column} » a {bad} valeur(s) absente(s), nulle(s), négative(s)"
            " ou illisible(s).",
            remedy="Chaque réponse doit avoir un poids strictement positif. Sans plan de sondage,"
            " ajoutez une colonne de 1.",
        )
    return weights


def _left_out(answers: pl.DataFrame, needed: list[str]) -> tuple[str, ...]:
    words = {"age": "âge", "diploma": "diplôme", "yes": "indicateur", "alone": "ménage"}
    notes = []
    for name in needed:
        absent = answers[name].null_count()
        if absent:
            count = str(absent) if absent >= FREQUENT else f"moins de {FREQUENT}"
            notes.append(f"{words[name]} inconnu ou hors champ : {count} réponse(s) laissée(s)")
    return tuple(notes)


def kish_size(weights: NDArray[np.float64]) -> float:
    """Size of the simple sample as precise as a weighted one: ``(Σw)² / Σw²`` (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


# -- a draft to complete ---------------------------------------------------------------------------


def draft_mapping(raw: dict[str, Any], frame: pl.DataFrame) -> dict[str, Any]:
    """Return a mapping whose entries list the codes of a file that they do not explain yet.

    Only codes borne by at least :data:`FREQUENT` answers are listed, :data:`MOST_CODES` at most.
    """
    drawn = dict(raw)
    for name in ("age", "diplome", "revenu", "region"):
        entry = raw.get(name)
        if isinstance(entry, dict) and "classes" in entry:
            known = {str(k): v for k, v in (entry["classes"] or {}).items()}
            new = dict.fromkeys(
                _new_codes(frame, column_of(entry, "correspondance", name), known), TO_DO
            )
            drawn[name] = entry | {"classes": known | new}
    kept = raw.get("filtre")
    if isinstance(kept, dict):
        codes = [str(code) for code in listed(kept.get("garder") or [])]
        drawn["filtre"] = kept | {
            "garder": codes + _new_codes(frame, column_of(kept, "correspondance", "filtre"), codes)
        }
    for name in ("indicateur", "menage", "exposition"):
        entries = [_to_sort(frame, entry, name) for entry in listed(raw.get(name) or [])]
        if entries:
            drawn[name] = entries if isinstance(raw[name], list) else entries[0]
    return drawn


def _to_sort(frame: pl.DataFrame, given: Any, name: str) -> dict[str, Any]:
    column = column_of(given, "correspondance", name)
    entry: dict[str, Any] = given if isinstance(given, dict) else {"colonne": column}
    lists = ("oui", "non", "seul", "autre", "ignorer")
    known = [str(code) for word in lists for code in listed(entry.get(word) or [])]
    new = _new_codes(frame, column, known)
    return entry | ({TO_DO: new} if new else {})


def _new_codes(frame: pl.DataFrame, column: str, known: Iterable[str]) -> list[str]:
    _check_columns(frame, [column])
    counts = frame.select(_text(column).alias("code"))["code"].drop_nulls().value_counts()
    frequent = counts.filter((pl.col("count") >= FREQUENT) & ~pl.col("code").is_in(list(known)))
    codes: list[str] = frequent["code"].sort().head(MOST_CODES).to_list()
    return codes
