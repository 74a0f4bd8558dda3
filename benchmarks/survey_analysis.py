"""Every table of 50,000 answers: frequencies, and each question crossed by each single answer.

Floor: polars alone, one ``group_by`` of the same columns for each of those tables (several answers
split and exploded), counts only: no share, no interval, no sentence.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import product

import numpy as np
import polars as pl

from benchmarks import Measure

ANSWERS = 50_000


def run() -> list[Measure]:
    """Read, count, weigh and say; then the counts alone."""
    from portrea.surveys.designs import Design
    from portrea.surveys.estimates import Sample
    from portrea.surveys.form import Kind
    from portrea.surveys.models import models
    from portrea.surveys.results import Survey

    form = max((one.form for one in models().values()), key=_tables)
    told = _drawn(form, np.random.default_rng(0))
    weights = np.random.default_rng(1).uniform(0.5, 2, ANSWERS)
    singles = [one.name for one in form.questions() if one.kind is Kind.ONE]
    start, cpu = time.perf_counter(), time.process_time()
    sample = Sample.of(ANSWERS, design=Design.RANDOM, weights=weights)
    survey = Survey.of(form, told, sample, now=datetime(2026, 1, 1, tzinfo=UTC))
    results = survey.results()
    tables = survey.tallies.table(list(survey.tallies.places), singles)
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    floor = _floor(told, list(survey.tallies.places), singles, form)
    note = (
        f"{form.title} : {len(results)} questions, {tables.select('question', 'by').n_unique()} "
        f"tableaux, {tables.height} parts avec intervalles ; processeur {used:.1f} s"
    )
    title = f"Analyse de {ANSWERS} réponses : tris à plat et croisés, pondérés"
    return [Measure("survey-analysis", title, seconds, limit=3.0, floor=floor, note=note)]


def _tables(form: object) -> int:
    kinds = [str(one.kind) for one in form.questions()]
    return kinds.count("select_one") * (kinds.count("select_one") + kinds.count("select_multiple"))


def _drawn(form: object, rng: np.random.Generator) -> pl.DataFrame:
    columns = {}
    for question in form.questions():
        listed = np.array([one.name for one in form.lists.get(question.choices, ())])
        if question.kind == "select_one":
            columns[question.name] = listed[rng.integers(0, len(listed), ANSWERS)]
        elif question.kind == "select_multiple":
            chosen = rng.random((ANSWERS, len(listed))) < 0.3
            columns[question.name] = [" ".join(listed[row]) for row in chosen]
        elif question.kind != "note":
            columns[question.name] = rng.integers(0, 60, ANSWERS).astype(str)
    return pl.DataFrame({name: [str(one) for one in told] for name, told in columns.items()})


def _floor(told: pl.DataFrame, names: list[str], singles: list[str], form: object) -> float:
    """Seconds of the counts alone, table by table."""
    several = {one.name for one in form.questions() if one.kind == "select_multiple"}
    start = time.perf_counter()
    for name, by in product(names, ["", *singles]):
        if name == by:
            continue
        frame = told.select({name, by} - {""})
        if name in several:
            frame = frame.with_columns(pl.col(name).str.split(" ")).explode(name)
        frame.group_by([name, by] if by else [name]).len()
    return time.perf_counter() - start
