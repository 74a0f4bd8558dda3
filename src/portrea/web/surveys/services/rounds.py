"""Opening a survey, changing what it asks, closing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.designs import Design
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.surveys.models import Questionnaire, Survey, Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@act("survey.run")
@transaction.atomic
def survey_open(
    *, actor: Any, questionnaire: Questionnaire, title: str, territory: Any, **told: Any
) -> Survey:
    """Open a survey on the newest version of a questionnaire; ``told`` are fields of a survey."""
    level, code = key_of(territory)
    require(actor, "survey.run", (level, code))
    version = questionnaire.versions.first()
    if version is None:
        raise DataError(
            "Ce questionnaire n’a encore aucune version.", remedy="Publiez-en une d’abord."
        )
    Design(told.get("design") or Design.CONVENIENCE)
    made = Survey.objects.create(
        questionnaire=questionnaire,
        version=version,
        title=title.strip()[:200],
        level=level,
        code=code,
        by=Actor.of(actor).user,
        **told,
    )
    write(actor, made, {"titre": made.title, "version": version.number})
    return made


@act("survey.run")
@transaction.atomic
def survey_change(*, actor: Any, key: str, told: Mapping[str, Any]) -> Survey:
    """Change fields of a survey that is not closed."""
    survey = survey_to_run(actor, key)
    for name, value in told.items():
        setattr(survey, name, value)
    survey.save(update_fields=list(told))
    write(actor, survey, {name: str(value) for name, value in told.items()})
    return survey


@act("survey.run")
@transaction.atomic
def survey_ask(*, actor: Any, key: str, version: Version) -> Survey:
    """Ask another version of the same questionnaire from now on; older answers keep theirs."""
    survey = survey_to_run(actor, key)
    if version.questionnaire_id != survey.questionnaire_id:
        raise DataError("Cette version est celle d’un autre questionnaire.")
    survey.version = version
    survey.save(update_fields=["version"])
    write(actor, survey, {"version": version.number})
    return survey


@act("survey.run")
@transaction.atomic
def survey_close(*, actor: Any, key: str) -> Survey:
    """Close a survey: nobody begins to answer; what phones still hold is taken when it comes."""
    survey = survey_to_run(actor, key)
    survey.closed = timezone.now()
    survey.save(update_fields=["closed"])
    write(actor, survey, {"close": True})
    return survey


@act("survey.run")
@transaction.atomic
def survey_reopen(*, actor: Any, key: str, closes: date) -> Survey:
    """Open again a survey that is closed, until another day."""
    survey = survey_to_keep(actor, key)
    if closes < timezone.localdate():
        raise DataError(
            "La nouvelle date de fin est déjà passée.", remedy="Donnez un jour à venir."
        )
    survey.closed, survey.closes = None, closes
    survey.save(update_fields=["closed", "closes"])
    write(actor, survey, {"rouverte": True, "ferme": closes.isoformat()})
    return survey


def survey_to_keep(actor: Any, key: str) -> Survey:
    """Return a survey that someone may run, open or closed, locked until the transaction ends."""
    survey = Survey.objects.select_for_update().filter(key=key).first()
    if survey is None:
        raise DataError("Cette enquête n’existe plus.")
    require(actor, "survey.run", survey.territory)
    return survey


def survey_to_run(actor: Any, key: str) -> Survey:
    """Return a survey that someone may run, locked until the end of the transaction."""
    survey = survey_to_keep(actor, key)
    if survey.closed:
        raise DataError("Cette enquête est close.")
    return survey


def write(actor: Any, survey: Survey, after: dict[str, Any]) -> None:
    """Write what was done of a survey in the journal."""
    journal.record(
        act="survey.run", actor=actor, target=survey, territory=survey.territory, after=after
    )
