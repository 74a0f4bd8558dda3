"""Tables of a survey: how many said what, with intervals; and what of them may be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import DataError
from portrea.base.tables import Column, Table
from portrea.stats.suppression import suppress
from portrea.surveys.estimates import Difference, Saying, difference, share
from portrea.surveys.form import Choice, Form, Kind, Question, said
from portrea.surveys.several import publishable_alone, publishable_several

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.surveys.estimates import Sample

FREQUENCIES = Table(
    "frequencies",
    (
        Column("group", pl.String, "réponse à la question croisée, vide pour l’ensemble"),
        Column("choice", pl.String, "nom du choix"),
        Column("label", pl.String, "libellé du choix"),
        Column("answers", pl.Int64, "personnes qui l’ont dit (sans poids)", low=0),
        Column("base", pl.Int64, "personnes qui ont répondu à la question", low=0),
        Column("share", pl.Float64, "part", unit="part", nullable=True, low=0, high=1),
        Column("low", pl.Float64, "borne basse", unit="part", nullable=True, low=0, high=1),
        Column("high", pl.Float64, "borne haute", unit="part", nullable=True, low=0, high=1),
        Column("saying", pl.String, "ce qui peut en être dit", allowed=tuple(Saying)),
    ),
    key=("group", "choice"),
)


def frequencies(answers: pl.DataFrame, form: Form, name: str, sample: Sample) -> pl.DataFrame:
    """Return one row for each choice of a question: the columns of ``FREQUENCIES``.

    ``answers`` has one row per person and one column per question (texts; several choices are
    separated by spaces; empty or null: no answer). Shares are of those who answered: for a
    question of several choices they add up to more than one.
    """
    question = _chosen(form, name)
    rows = _rows("", _texts(answers, name), form, question, sample)
    return FREQUENCIES.conform(pl.DataFrame(rows, schema=FREQUENCIES.schema, orient="row"))


def crossed(answers: pl.DataFrame, form: Form, name: str, by: str, sample: Sample) -> pl.DataFrame:
    """Return the frequencies of a question for everybody, then in each group of another question.

    The other question takes a single answer; those who did not answer it are in the whole only.
    """
    question, groups = _chosen(form, name), _chosen(form, by)
    if groups.kind is not Kind.ONE:
        message = f"« {by} » admet plusieurs réponses : elle ne partage pas les personnes."
        raise DataError(message, remedy="Croisez avec une question à une seule réponse.")
    told, said_by = _texts(answers, name), _texts(answers, by)
    rows = _rows("", told, form, question, sample)
    for choice in form.lists[groups.choices]:
        own = said_by == choice.name
        rows += _rows(choice.name, told[own], form, question, sample.only(own))
    return FREQUENCIES.conform(pl.DataFrame(rows, schema=FREQUENCIES.schema, orient="row"))


def gap_between_groups(table: pl.DataFrame, *, effect: float = 1.0) -> Difference:
    """Return whether the groups of a crossed table differ more than by chance (a single answer)."""
    groups = table.filter(pl.col("group") != "")
    wide = groups.pivot(on="choice", index="group", values="answers", maintain_order=True)
    return difference(wide.drop("group").to_numpy().tolist(), effect=effect)


def missing(answers: pl.DataFrame, name: str) -> int:
    """Return how many people did not answer a question."""
    return int((_texts(answers, name) == "").sum())


def publishable(table: pl.DataFrame, *, several: bool = False) -> pl.DataFrame:
    """Return a table of frequencies whose small counts are hidden, with a column ``hidden``.

    Counts from 1 to below the threshold of ``stats/params/disclosure.yaml`` are hidden, with as
    many others as needed so that no subtraction gives them back: within a group from its base,
    between groups from the whole. When answers are several, those who did not choose are a count
    too. What is hidden has no count, no share, no interval; a hidden base is null, and so are the
    shares that would give it back.
    """
    if several:
        return publishable_several(table)
    if not (table["group"] != "").any():
        return publishable_alone(table)
    people = _people(table)
    cells = people.select(_cell("group", "choice").alias("zone"), "atom")
    bases = people.select(_base("group").alias("zone"), "atom")
    whole = people.with_columns(pl.lit("").alias("group"))
    totals = whole.select(_cell("group", "choice").alias("zone"), "atom")
    all_ = whole.select(_base("group").alias("zone"), "atom")
    zones = pl.concat([cells, bases, totals, all_]).unique()
    kept = suppress(zones, people.select("atom", "persons")).zones.filter("shown")["zone"].implode()
    hidden = ~_cell("group", "choice").is_in(kept)
    bare = ~_base("group").is_in(kept)
    vague = hidden | bare
    blank = {"answers": hidden, "share": vague, "low": vague, "high": vague, "base": bare}
    return table.with_columns(
        hidden.alias("hidden"),
        *(
            pl.when(gone).then(None).otherwise(pl.col(name)).alias(name)
            for name, gone in blank.items()
        ),
    )


def _cell(group: str, choice: str) -> pl.Expr:
    return pl.format("dit {} : {}", group, choice)


def _base(group: str) -> pl.Expr:
    return pl.format("base {}", group)


def _people(table: pl.DataFrame) -> pl.DataFrame:
    """Return the smallest sets of people: by group and choice, and those of no group.

    Columns ``atom``, ``group``, ``choice`` and ``persons``.
    """
    counts = table.select("group", "choice", persons=pl.col("answers"))
    groups = counts.filter(pl.col("group") != "").group_by("choice").agg(pl.col("persons").sum())
    rest = counts.filter(pl.col("group") == "").join(
        groups, on="choice", how="left", suffix="_said"
    )
    rest = rest.with_columns(
        pl.lit("sans groupe").alias("group"),
        pl.col("persons") - pl.col("persons_said").fill_null(0),
    ).select(counts.columns)
    parts = pl.concat([counts.filter(pl.col("group") != ""), rest])
    return parts.select(
        pl.format("{} {}", "group", "choice").alias("atom"),
        "group",
        "choice",
        pl.col("persons").cast(pl.Float64),
    )


def _chosen(form: Form, name: str) -> Question:
    asked = next((item for item in form.every() if item.name == name), None)
    if asked is None:
        choosing = [one.name for one in form.questions() if one.kind.chooses]
        message = f"Ce questionnaire n’a pas de question « {name} »."
        raise DataError(message, remedy=f"Questions à choix : {', '.join(choosing)}.")
    if not isinstance(asked, Question) or asked.kind not in {Kind.ONE, Kind.SEVERAL}:
        message = f"« {name} » ne se répond pas par un choix : elle n’a pas de tableau de parts."
        raise DataError(message, remedy="Choisissez une question à choix, ou une moyenne.")
    return asked


def _texts(answers: pl.DataFrame, name: str) -> NDArray[np.str_]:
    if name not in answers.columns:
        message = f"Les réponses n’ont pas de colonne « {name} »."
        raise DataError(message, remedy="Vérifiez la version du questionnaire de ces réponses.")
    return answers[name].fill_null("").str.strip_chars().to_numpy().astype(np.str_)


def _rows(
    group: str, told: NDArray[np.str_], form: Form, question: Question, sample: Sample
) -> list[tuple[object, ...]]:
    answered = told != ""
    kept, who = told[answered], sample.only(answered)
    chosen = _choices(kept, form.lists[question.choices], several=question.kind is Kind.SEVERAL)
    return [
        (
            *(group, choice.name, said(choice.label, form.languages[0])),
            *(int(yes.sum()), len(kept)),
            *((None, None, None) if not len(kept) else (found.value, found.low, found.high)),
            found.saying.value,
        )
        for choice, yes in chosen
        for found in [share(yes, who)]
    ]


def _choices(
    told: NDArray[np.str_], listed: Sequence[Choice], *, several: bool
) -> list[tuple[Choice, NDArray[np.bool_]]]:
    if not several:
        return [(choice, told == choice.name) for choice in listed]
    padded = np.char.add(np.char.add(" ", told), " ")
    return [(choice, np.char.find(padded, f" {choice.name} ") >= 0) for choice in listed]
