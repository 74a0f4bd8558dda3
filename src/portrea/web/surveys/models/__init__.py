"""What surveys keep: questionnaires, rounds of answers, and the day around them."""

from portrea.web.surveys.models.answers import Attachment, Clash, Correction, Submission
from portrea.web.surveys.models.coding import Coding, Mark, Theme
from portrea.web.surveys.models.days import Day, Seat, Task
from portrea.web.surveys.models.questionnaires import Earlier, Questionnaire, Version
from portrea.web.surveys.models.results import Publication
from portrea.web.surveys.models.rounds import Invitation, Survey

__all__ = [
    "Attachment",
    "Clash",
    "Coding",
    "Correction",
    "Day",
    "Earlier",
    "Invitation",
    "Mark",
    "Publication",
    "Questionnaire",
    "Seat",
    "Submission",
    "Survey",
    "Task",
    "Theme",
    "Version",
]
