"""A synthetic survey put on the site, so named everywhere, to show the whole chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.examples import SYNTHETIC, example
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from portrea.surveys.examples import Example
    from portrea.web.surveys.models import Survey


@act("survey.run")
@transaction.atomic
def example_load(*, actor: Any, name: str, territory: str) -> Survey:
    """Put a synthetic survey on the site, closed, its answers taken by the door of all answers.

    Raises
    ------
    DataError
        It is already there: its answers have identifiers of their own.
    """
    told = example(name)
    model = models()[told.model]
    made = questionnaire_create(
        actor=actor,
        title=f"{SYNTHETIC} – {model.form.title}",
        territory=territory,
        sheets=write_sheets(model.form),
        model=told.model,
    )
    version_publish(actor=actor, key=made.key)
    survey = survey_open(
        actor=actor, questionnaire=made, title=told.title, territory=territory, **_fields(told)
    )
    for one in told.answers:
        sent = Sent(one.uuid, one.answers, Channel.IMPORT, survey.version, answered=one.answered)
        if take(actor=actor, survey=survey, sent=sent).submission.survey_id != survey.pk:
            message = f"Le jeu synthétique « {name} » est déjà sur ce site."
            raise DataError(message, remedy="Ouvrez-le dans la liste des enquêtes.")
    survey.closed = timezone.now()
    survey.save(update_fields=["closed"])
    return survey


def _fields(told: Example) -> dict[str, Any]:
    return {
        "purpose": told.purpose,
        "design": told.design,
        "population": told.population,
        "margins": dict(told.margins),
        "margins_source": told.margins_source,
        "report": dict(told.report),
    }
