"""What the pages of a démarche show: where one may act, what comes next, each stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone

from portrea.base.errors import PortreaError
from portrea.surveys.days import timetable
from portrea.territory import Level
from portrea.web.accounts.scope import gazetteer
from portrea.web.accounts.where import condition, keys_of
from portrea.web.surveys.models import Day, Seat, Survey, Task

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

ACT = "day.run"
SOON = 6
"""Tasks shown first."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A task as shown: late when its date is past, with its stage in words."""

    task: Task
    late: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, its tasks in order, how many are done."""

    name: str
    label: str
    tasks: tuple[Todo, ...]
    done: int

    @property
    def finished(self) -> bool:
        """Whether everything is done."""
        return bool(self.tasks) and self.done == len(self.tasks)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an agenda with its hour, when the beginning is known."""

    at: datetime.time | None
    minutes: int
    what: str


def days_of(who: Any) -> QuerySet[Day]:
    """Return the démarches of someone's territories, the nearest ones first."""
    rows = Day.objects.filter(condition(keys_of(who, ACT)))
    late, ended = Q(tasks__done=None, tasks__due__lt=timezone.localdate()), ~Q(tasks__done=None)
    return rows.annotate(
        count=Count("tasks"),
        ended=Count("tasks", filter=ended),
        late=Count("tasks", filter=late),
    ).order_by("closed", "date", "-pk")


def day_of(key: str) -> Day | None:
    """Return a démarche by its key."""
    return Day.objects.filter(key=key).first()


def task_of(day: Day, number: int) -> Task | None:
    """Return one task of a démarche."""
    return day.tasks.filter(pk=number).first()


def surveys_of(who: Any, day: Day) -> QuerySet[Survey]:
    """Return the surveys that may be answered that day: open ones of the same territory."""
    chosen = Q(pk__in=day.surveys.values("pk"))
    asked = condition([(day.level, day.code)]) & condition(keys_of(who, "survey.run"))
    return Survey.objects.filter(chosen | (asked & Q(closed=None))).order_by("-pk")


def stages_of(day: Day) -> list[Stage]:
    """Return the six stages with their tasks by date."""
    today = timezone.localdate()
    tasks = [_todo(task, today) for task in day.tasks.all()]
    return [
        Stage(
            stage.value,
            str(stage.label),
            mine := tuple(one for one in tasks if one.task.stage == stage),
            sum(one.task.done is not None for one in mine),
        )
        for stage in Task.Stage
    ]


def next_of(day: Day, count: int = SOON) -> list[Todo]:
    """Return what is not done, what is late or near first."""
    today = timezone.localdate()
    return [_todo(task, today) for task in day.tasks.filter(done=None)[:count]]


def agenda_of(day: Day) -> list[Line]:
    """Return the agenda with its hours."""
    minutes = [int(part["minutes"]) for part in day.agenda]
    hours = timetable(day.starts, minutes) if day.starts else [None] * len(minutes)
    return [
        Line(at, part["minutes"], part["what"]) for at, part in zip(hours, day.agenda, strict=False)
    ]


def ends_of(day: Day) -> datetime.time | None:
    """Return when the agenda ends."""
    minutes = [int(part["minutes"]) for part in day.agenda]
    return timetable(day.starts, minutes)[-1] if day.starts else None


def tables_of(day: Day) -> list[Seat]:
    """Return the tables of the day, in their order."""
    return [seat for seat in day.seats.all() if seat.role == Seat.Role.HOST and seat.table]


def communes_of(day: Day) -> dict[str, str]:
    """Return the communes of the territory of a day: code → name, by name."""
    known = gazetteer()
    if known is None:
        return {}
    try:
        territory = known.get(day.level, day.code)
        found = (
            [territory]
            if territory.level is Level.COMMUNE
            else known.children(territory, Level.COMMUNE)
        )
    except PortreaError:
        return {}
    return {one.code: one.name for one in sorted(found, key=lambda one: one.name)}


def _todo(task: Task, today: datetime.date) -> Todo:
    late = task.done is None and task.due is not None and task.due < today
    return Todo(task, late, task.done is None and task.due == today)
