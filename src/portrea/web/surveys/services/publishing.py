"""Writing the report of a survey, publishing its results, withdrawing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.report import changed
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.models import Publication, Survey
from portrea.web.surveys.results.reading import edition, portrait_part, read

if TYPE_CHECKING:
    from portrea.surveys.report import Report

LEAST = 10
"""Answers below which nothing is published: no percentage may be written."""


@act("survey.run")
@transaction.atomic
def report_save(*, actor: Any, key: str, report: Report) -> Survey:
    """Keep the report as written; the ones before it stay in its history."""
    survey = _found(actor, key, "survey.run")
    marks = {name: survey.report[name] for name in ("synthetic",) if name in survey.report}
    survey.report = changed(survey.report, report) | marks
    survey.save(update_fields=["report"])
    return survey


@act("survey.publish")
@transaction.atomic
def results_publish(*, actor: Any, key: str) -> Publication:
    """Publish an edition of the results, as they are counted now; the page shows the newest.

    Raises
    ------
    DataError
        Too few answers for anything to be said.
    """
    survey = _found(actor, key, "survey.publish")
    found = read(survey)
    if len(found.rows) < LEAST:
        raise DataError(
            f"{len(found.rows)} réponse(s) : pas assez pour publier.",
            remedy=f"Il en faut au moins {LEAST}.",
        )
    content = edition(found)
    if not content["blocks"]:
        raise DataError(
            "Le rapport ne montre aucune question.", remedy="Choisissez-en au moins une."
        )
    content["portrait"] = portrait_part(found)
    last = survey.publications.first()
    made = Publication.objects.create(
        survey=survey, number=last.number + 1 if last else 1, content=content
    )
    survey.published = made.at
    survey.save(update_fields=["published"])
    _write(actor, survey, {"édition": made.number, "réponses": content["answers"]})
    return made


@act("survey.publish")
@transaction.atomic
def results_withdraw(*, actor: Any, key: str) -> Survey:
    """Withdraw every edition from the public page; they stay for the team."""
    survey = _found(actor, key, "survey.publish")
    survey.publications.filter(withdrawn=None).update(withdrawn=timezone.now())
    survey.published = None
    survey.save(update_fields=["published"])
    _write(actor, survey, {"retirée": True})
    return survey


def _found(actor: Any, key: str, act_name: str) -> Survey:
    survey = (
        Survey.objects.select_for_update(of=("self",))
        .select_related("questionnaire", "version")
        .filter(key=key)
        .first()
    )
    if survey is None:
        raise DataError("Cette enquête n’existe plus.")
    require(actor, act_name, survey.territory)
    return survey


def _write(actor: Any, survey: Survey, after: dict[str, Any]) -> None:
    journal.record(
        act="survey.publish", actor=actor, target=survey, territory=survey.territory, after=after
    )
