"""Keeping the margins that weight a survey, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction

from portrea.base.errors import DataError
from portrea.surveys.margins import LEAST_TRIM
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.models import Survey
from portrea.web.surveys.weighting.weights import weighing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_QUESTIONS = 4
_BETWEEN = " : "


@act("survey.run")
@transaction.atomic
def margin_keep(
    *, actor: Any, survey: Survey, question: str, margin: Mapping[str, float], source: str
) -> Survey:
    """Weight a survey on one more question, or on other totals of it.

    Raises
    ------
    DataError
        No source, fewer than two groups, too many questions, or no weights reach all margins.
    """
    found = _to_change(actor, survey)
    source = " ".join(source.split())
    if not source:
        raise DataError(
            "La source des totaux manque.", remedy="Dites qui les publie, et pour quelle année."
        )
    if sum(people > 0 for people in margin.values()) < 2:
        raise DataError(
            "Il faut au moins deux groupes qui comptent des personnes.",
            remedy="Écrivez un total pour chaque choix, ou regroupez moins.",
        )
    if question not in found.margins and len(found.margins) >= MOST_QUESTIONS:
        raise DataError(
            f"L’enquête est déjà redressée sur {MOST_QUESTIONS} questions.",
            remedy="Retirez-en une : plus il y en a, plus les poids s’écartent.",
        )
    sources = sources_of(found) | {question: source[:400]}
    found.margins = {**found.margins, question: dict(margin)}
    found.margins_source = _sources(sources)
    weighing_of(found, frame_of(found))
    return _kept(actor, found, {"redressée sur": question, "source": source})


@act("survey.run")
@transaction.atomic
def margin_remove(*, actor: Any, survey: Survey, question: str) -> Survey:
    """Weight a survey on one question less."""
    found = _to_change(actor, survey)
    sources = {name: told for name, told in sources_of(found).items() if name != question}
    found.margins = {name: found.margins[name] for name in sources}
    found.margins_source = _sources(sources)
    return _kept(actor, found, {"n’est plus redressée sur": question})


@act("survey.run")
@transaction.atomic
def weights_trim(*, actor: Any, survey: Survey, most: float | None) -> Survey:
    """Cut weights above so many times their mean; None cuts none."""
    found = _to_change(actor, survey)
    if most is not None and not LEAST_TRIM <= most <= 100:
        raise DataError(
            f"Le plus grand poids est entre {LEAST_TRIM:g} et 100 fois la moyenne.".replace(
                ".", ",", 1
            ),
            remedy="Cinq fois est un choix courant ; vide : ne rien couper.",
        )
    found.trim = most
    return _kept(actor, found, {"poids au plus": most})


def sources_of(survey: Survey) -> dict[str, str]:
    """Return the source of each question’s totals; one that names no question is that of all."""
    lines = [line.partition(_BETWEEN) for line in survey.margins_source.splitlines()]
    named = {name: told for name, _between, told in lines if name in survey.margins and told}
    rest = " ".join("".join(line) for line in lines if line[0] not in named).strip()
    return {name: named.get(name, rest) for name in survey.margins}


def frame_of(survey: Survey, *others: str) -> pl.DataFrame:
    """Return the answers to the questions of the margins (and others), one row per person."""
    names = [*survey.margins, *(name for name in others if name not in survey.margins)]
    rows = list(survey.submissions.filter(set_aside="").values_list("answers", flat=True))
    columns = {name: [_text(row.get(name, "")) for row in rows] for name in names}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _sources(told: Mapping[str, str]) -> str:
    return "\n".join(f"{name}{_BETWEEN}{source}" for name, source in told.items())


def _to_change(actor: Any, survey: Survey) -> Survey:
    require(actor, "survey.run", survey.territory)
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _kept(actor: Any, survey: Survey, after: dict[str, Any]) -> Survey:
    survey.save(update_fields=["margins", "margins_source", "trim"])
    journal.record(
        act="survey.run", actor=actor, target=survey, territory=survey.territory, after=after
    )
    return survey
