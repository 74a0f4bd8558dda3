"""How each entry of this room’s ``retention.yaml`` ends.

A survey ends when it is closed, on its last day, or, when nobody gave one, with its last answer:
none keeps answers for ever because nobody pressed a button.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portrea.surveys.anonymity import PROFILE, month_of, rare
from portrea.surveys.form import Form, Kind
from portrea.web.accounts.retention import registry
from portrea.web.surveys.models import (
    Attachment,
    Clash,
    Correction,
    Day,
    Invitation,
    Mark,
    Questionnaire,
    Submission,
    Survey,
)
from portrea.web.surveys.services import files
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from portrea.surveys.expressions import Answers

    Before = Callable[[Survey, QuerySet[Submission]], None]

KEPT_KINDS = {Kind.ONE, Kind.SEVERAL, Kind.RANK, Kind.INTEGER, Kind.DECIMAL, Kind.RANGE,
              Kind.ACKNOWLEDGE}  # fmt: skip
"""Kinds of questions whose answers stay when the others are erased."""
DAYS = {Kind.DATE, Kind.MOMENT}
"""Kinds of which the month stays."""


_before: list[Before] = []


def before_erasing(keep: Before) -> None:
    """Let another room count what it needs of answers that are about to be erased.

    It keeps nothing that tells of anybody. Another room registers it once.
    """
    if keep not in _before:
        _before.append(keep)


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who made a questionnaire, a survey or a démarche."""
    made = (model.objects.filter(created__lt=before, by__isnull=False)
            for model in (Questionnaire, Survey, Day))  # fmt: skip
    return sum(rows.count() if dry_run else rows.update(by=None) for rows in made)


def answers(before: datetime, *, dry_run: bool) -> int:
    """Keep only choices and numbers of the answers of surveys that ended long ago.

    ``before`` is the present instant less the longest time; a survey may say a shorter one. What
    links an answer to somebody goes: number, hours, free texts, places, files, corrections, and
    profiles that fewer than three answers share.
    """
    now = before + timedelta(days=_longest())
    asked = Survey.objects.filter(submissions__anonymised=None, submissions__isnull=False)
    asked = asked.annotate(last=Max("submissions__received")).distinct()
    over = [one for one in asked if _end_of(one) + timedelta(days=one.keep_days) < now]
    count = Submission.objects.filter(survey__in=over, anonymised=None).count()
    if not dry_run:
        for survey in over:
            _anonymise(survey, now)
        transaction.on_commit(files.sweep)
    return count


def invitations(before: datetime, *, dry_run: bool) -> int:
    """Forget who was invited to surveys that ended long ago; groups and outcomes stay."""
    now = before + timedelta(days=_longest())
    asked = Survey.objects.filter(invitations__isnull=False).exclude(invitations__label="")
    asked = asked.annotate(last=Max("submissions__received")).distinct()
    over = [one for one in asked if _end_of(one) + timedelta(days=one.keep_days) < now]
    rows = Invitation.objects.filter(survey__in=over).exclude(label="")
    count = rows.count()
    if not dry_run:
        for row in rows.iterator():
            row.label, row.place, row.digest = "", "", uuid4().hex
            row.sent = row.reminded = row.since = None
            row.save()
    return count


def _anonymise(survey: Survey, now: datetime) -> None:
    rows = Submission.objects.filter(survey=survey, anonymised=None)
    for keep in _before:
        keep(survey, rows)
    for kept in (Clash, Correction, Attachment):
        kept.objects.filter(submission__in=rows).delete()
    names = sorted(PROFILE | {*survey.quotas, *survey.margins})
    for row in rows.iterator():
        row.answers = only_choices(form_of(row.version_id), row.answers)
        row.uuid, row.digest = uuid4(), ""
        row.faults, row.waits_for, row.table = {}, [], ""
        row.set_aside = row.set_aside and "écartée"
        row.answered, row.received = _month(row.answered), _month(row.received)
        row.anonymised = now
        row.save()
    _blank_rare(survey, names)
    survey.erased = []
    survey.save(update_fields=["erased"])


def _blank_rare(survey: Survey, names: list[str]) -> None:
    """Blank the profiles that too few answers of a survey share."""
    told = list(survey.submissions.exclude(anonymised=None).order_by("pk"))
    profiles = [[str(one.answers.get(name) or "") for name in names] for one in told]
    for rank in rare(profiles):
        row = told[rank]
        row.answers = {name: "" if name in names else value for name, value in row.answers.items()}
        row.save(update_fields=["answers"])


def _month(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def only_choices(form: Form, told: Answers, *, repeated: bool = False) -> dict[str, Any]:
    """Return answers without what is written freely: choices, numbers, months of dates.

    In the rows of a repeat, what tells a profile goes too: a household is soon known by it.
    """
    kinds = {question.name: question.kind for question in form.questions()}
    return {
        name: _kept(kinds.get(name), name, value, repeated=repeated)
        if isinstance(value, str)
        else [only_choices(form, row, repeated=True) for row in value]
        for name, value in told.items()
    }


def _kept(kind: Kind | None, name: str, value: str, *, repeated: bool) -> str:
    if kind in DAYS:
        return month_of(value)
    hidden = kind not in KEPT_KINDS or (repeated and name in PROFILE)
    return "" if hidden else value


def _longest() -> int:
    return next(one.days for one in registry() if one.name == "surveys.answers")


def _end_of(survey: Any) -> datetime:
    """Return when a survey ended: closed, its last day, or its last answer."""
    if survey.closed:
        return survey.closed  # type: ignore[no-any-return]
    if survey.closes:
        day = datetime.combine(survey.closes + timedelta(days=1), time.min)
        return timezone.make_aware(day)
    return survey.last or survey.created  # type: ignore[no-any-return]


def coders(before: datetime, *, dry_run: bool) -> int:
    """Forget who coded what, long after: the themes stay, they are the result."""
    rows = Mark.objects.filter(at__lt=before, coder__isnull=False)
    return rows.count() if dry_run else rows.update(coder=None)
