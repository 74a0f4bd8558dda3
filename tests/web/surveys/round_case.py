"""A survey on the observation grid, and answers to it, for the tests of those who run it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from portrea.web.surveys.models import Questionnaire, Submission, Survey
    from portrea.web.surveys.services.intake import Receipt

RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip
HERE = "commune:35238"


def questionnaire(model: str = "grille_observation", territory: str = HERE) -> Questionnaire:
    """A ready model with a published version."""
    sheets = write_sheets(models()[model].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory=territory, sheets=sheets, model=model
    )
    version_publish(actor=SYSTEM, key=made.key)
    return made


def survey(**told: object) -> Survey:
    """The grid asked in a commune."""
    asked = {"title": "Dix semaines", "territory": HERE, "purpose": "savoir", "contact": "CCAS"}
    return survey_open(actor=SYSTEM, questionnaire=questionnaire(), **asked | told)


def number(rank: int) -> UUID:
    """The identifier of an answer."""
    return UUID(f"7c7e2f8e-8f0e-4d5b-9b3a-{rank:012d}")


def answered(
    asked: Survey, rank: int, channel: Channel = Channel.PHONE, **changed: str
) -> Submission:
    """An answer kept."""
    return sent(asked, rank, channel, **changed).submission


def sent(asked: Survey, rank: int, channel: Channel = Channel.PHONE, **changed: str) -> Receipt:
    """An answer taken."""
    given = Sent(number(rank), RIGHT | changed, channel, asked.version, table="table 3")
    return take(actor=VISITOR, survey=asked, sent=given)
