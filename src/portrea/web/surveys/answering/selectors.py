"""What the pages of a survey need to know: whether it can be answered, on which version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from portrea.surveys.checking import columns_of
from portrea.surveys.expressions import names_in, read
from portrea.surveys.filling import Filled, fill
from portrea.surveys.form import Group, Kind, Question
from portrea.surveys.models import models
from portrea.territory.timezones import zone_of
from portrea.web.accounts.links import digest_of
from portrea.web.surveys.answering.state import found_at
from portrea.web.surveys.models import Invitation, Survey, Version
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from portrea.surveys.expressions import Answers
    from portrea.surveys.form import Form
    from portrea.web.surveys.answering.state import State

GRACE = timedelta(days=1)
"""How long after it is closed a survey takes the answer of who had begun before."""
SECONDS_OF_A_QUESTION = 12
"""Our assumption, when the questionnaire does not come from a model that tells its minutes."""
EUROPE = "75"


class Access(StrEnum):
    """Whether a survey can be answered, and else why not."""

    OPEN = "ouverte"
    SOON = "bientot"
    CLOSED = "close"
    INVITED = "invitation"
    USED = "servie"


@dataclass(frozen=True, slots=True)
class Presented:
    """What the first page says of a survey."""

    minutes: int
    questions: int
    languages: tuple[str, ...]


def survey_at(key: str) -> Survey | None:
    """Return a survey by the key of its address."""
    return Survey.objects.select_related("version").filter(key=key).first()


def now_there(survey: Survey) -> datetime:
    """Return the instant, by the clocks of the territory: « today » is the day people live."""
    overseas = survey.code[:2] in {"97", "98"}
    return timezone.now().astimezone(zone_of(survey.code if overseas else EUROPE))


def access_of(survey: Survey, token: str, begun: datetime | None = None) -> Access:
    """Return whether a survey can be answered by the bearer of a link (``token`` may be empty).

    ``begun`` is when the answer was begun: a survey closed meanwhile still takes it for a day.
    """
    here = now_there(survey)
    if survey.opens and here.date() < survey.opens:
        return Access.SOON
    ended = _ended(survey, here)
    if ended and not (begun and begun < ended and here - ended < GRACE):
        return Access.CLOSED
    return _invited(survey, token) if survey.invited_only else Access.OPEN


def _ended(survey: Survey, here: datetime) -> datetime | None:
    """Return the instant a survey ended, if it did."""
    if survey.closed:
        return survey.closed
    if survey.closes and here.date() > survey.closes:
        last = datetime.combine(survey.closes + timedelta(days=1), datetime.min.time())
        return last.replace(tzinfo=here.tzinfo)
    return None


def _invited(survey: Survey, token: str) -> Access:
    found = invitation_of(survey, token)
    if found is None:
        return Access.INVITED
    return Access.USED if found.outcome == Invitation.Outcome.ANSWERED else Access.OPEN


def invitation_of(survey: Survey, token: str) -> Invitation | None:
    """Return the invitation of a link, if it is one of this survey."""
    if not token:
        return None
    return survey.invitations.filter(digest=digest_of(token)).first()


def already_sent(survey: Survey, uuid: UUID) -> bool:
    """Return whether an answer was received under an identifier: sent again, it is the same."""
    return survey.submissions.filter(uuid=uuid).exists()


def presented(survey: Survey) -> Presented:
    """Return what the first page says: how long, how many questions, in which languages."""
    form = form_of(survey.version_id)
    asked = sum(1 for one in form.questions() if one.kind.asks and one.kind is not Kind.NOTE)
    model = models().get(survey.questionnaire.model)
    minutes = model.minutes if model else max(1, round(asked * SECONDS_OF_A_QUESTION / 60))
    return Presented(minutes, asked, form.languages)


# -- the version begun ----------------------------------------------------------------------------


def version_of(survey: Survey, state: State) -> tuple[Version, State, tuple[str, ...]]:
    """Return the version that is answered, the state on it, and the names that do not fit any more.

    Who began on a version ends on it. If it is no more, the one asked today takes what still fits.
    """
    if state.version == survey.version_id:
        return survey.version, state, ()
    begun = Version.objects.filter(
        pk=state.version, questionnaire_id=survey.questionnaire_id
    ).first()
    if begun is not None:
        return begun, state, ()
    kept, lost = fitting(form_of(survey.version_id), state.answers)
    state = replace(state, version=survey.version_id, answers=kept)
    return survey.version, state, lost


def fitting(form: Form, answers: Answers) -> tuple[Answers, tuple[str, ...]]:
    """Return the answers that a form still asks, and the names of the others that say something."""
    known = {item.name: item for item in form.every()}
    kept: dict[str, str | list[Answers]] = {}
    lost: list[str] = []
    for name, value in answers.items():
        item = known.get(name)
        if isinstance(item, Group) and item.repeats and not isinstance(value, str):
            rows = [fitting(form, row) for row in value]
            kept[name] = [row for row, _lost in rows]
            lost += [one for _row, gone in rows for one in gone]
        elif item is not None and not isinstance(item, Group) and isinstance(value, str):
            kept[name] = value
        elif value:
            lost.append(name)
    return kept, tuple(dict.fromkeys(lost))


def filled_of(survey: Survey, state: State) -> Filled:
    """Go through the form of a state with its answers."""
    form = form_of(state.version)
    return fill(form, state.answers, now=now_there(survey), language=state.language)


def first_answers(form: Form, here: datetime) -> Answers:
    """Return what is noted when somebody begins: the instants that the form asks to note."""
    noted = {Kind.START: here.isoformat(timespec="seconds"), Kind.TODAY: here.date().isoformat()}
    return {one.name: noted[one.kind] for one in form.questions() if one.kind in noted}


def ended(form: Form, state: State, here: datetime) -> State:
    """Return the state with the instant of the end noted, once, where the form asks for it."""
    told = here.isoformat(timespec="seconds")
    for question in form.questions():
        if question.kind is Kind.END and not found_at(state.answers, [question.name]):
            state = state.having(question.name, told)
    return state


@lru_cache(maxsize=64)
def watched(version: int) -> frozenset[str]:
    """Return the questions of a version whose answers decide of others."""
    return frozenset().union(*_read_by(form_of(version)))


def _read_by(form: Form) -> Iterator[frozenset[str]]:
    columns = ("relevant", "calculation", "choice_filter", "required", "constraint", "count")
    for item in form.every():
        filters = isinstance(item, Question) and item.choice_filter
        tried = columns_of(form, item) if filters else frozenset[str]()
        for column in columns:
            if written := getattr(item, column, ""):
                yield names_in(read(written, tried if column == "choice_filter" else frozenset()))
