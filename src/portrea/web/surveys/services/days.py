"""A démarche and its day: opened with ready tasks, moved, filled, told in a report, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.surveys.days import demarche, working_date
from portrea.surveys.privacy import findings, scrubbed
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.surveys.models import Day, Seat, Survey, Task

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

GONE = "Cette démarche n’existe plus."


@act("day.run")
@transaction.atomic
def day_open(
    *, actor: Any, title: str, territory: Any, date: datetime.date | None, **told: Any
) -> Day:
    """Open a démarche with the ready tasks, agenda and seats; ``told`` are fields of a day."""
    level, code = key_of(territory)
    require(actor, "day.run", (level, code))
    ready = demarche()
    agenda = [{"minutes": part.minutes, "what": part.what} for part in ready.agendas["day"]]
    made = Day.objects.create(
        title=title.strip()[:200],
        level=level,
        code=code,
        date=date,
        agenda=agenda,
        by=Actor.of(actor).user,
        **told,
    )
    Task.objects.bulk_create(
        Task(
            day=made, stage=task.stage, title=task.title, owner=task.who, due=_due(date, task.days)
        )
        for task in ready.tasks
    )
    Seat.objects.bulk_create(
        Seat(day=made, role=seat.role, table=seat.table, topic=seat.topic, who=seat.who)
        for seat in ready.seats
    )
    write(actor, made, {"titre": made.title, "modèle": ready.version})
    return made


@act("day.run")
@transaction.atomic
def day_change(*, actor: Any, key: str, told: Mapping[str, Any]) -> Day:
    """Change fields of a démarche; when its day moves, what is not done moves with it."""
    day = day_to_run(actor, key)
    moved = "date" in told and told["date"] != day.date
    before = day.date
    for name, value in told.items():
        setattr(day, name, value)
    day.save(update_fields=list(told))
    if moved:
        _move(day, before)
    write(actor, day, {name: str(value) for name, value in told.items()})
    return day


@act("day.run")
@transaction.atomic
def day_ask(*, actor: Any, key: str, surveys: Iterable[Survey]) -> Day:
    """Say which surveys are answered that day; only those of its territory that one may run."""
    day = day_to_run(actor, key)
    chosen = list(surveys)
    for survey in chosen:
        require(actor, "survey.run", survey.territory)
    day.surveys.set(chosen)
    write(actor, day, {"enquêtes": [survey.key for survey in chosen]})
    return day


@act("day.run")
@transaction.atomic
def agenda_save(*, actor: Any, key: str, parts: Sequence[Mapping[str, Any]]) -> Day:
    """Replace the agenda: minutes and what, in order."""
    day = day_to_run(actor, key)
    day.agenda = [{"minutes": int(one["minutes"]), "what": str(one["what"])} for one in parts]
    day.save(update_fields=["agenda"])
    write(actor, day, {"ordre du jour": len(day.agenda)})
    return day


@act("day.run")
@transaction.atomic
def seats_save(*, actor: Any, key: str, seats: Sequence[Mapping[str, str]]) -> Day:
    """Replace the roles of the day."""
    day = day_to_run(actor, key)
    day.seats.all().delete()
    Seat.objects.bulk_create(Seat(day=day, **seat) for seat in seats)
    write(actor, day, {"rôles": len(seats)})
    return day


@act("day.run")
@transaction.atomic
def task_save(*, actor: Any, key: str, task: int | None, told: Mapping[str, Any]) -> Task:
    """Write a task, a new one when ``task`` is ``None``."""
    day = day_to_run(actor, key)
    found = Task(day=day) if task is None else _task(day, task)
    for name, value in told.items():
        setattr(found, name, value)
    found.save()
    write(actor, day, {"tâche": found.title})
    return found


@act("day.run")
@transaction.atomic
def task_tick(*, actor: Any, key: str, task: int, done: bool) -> Task:
    """Say that a task is done today, or not done after all."""
    day = day_to_run(actor, key)
    found = _task(day, task)
    found.done = timezone.localdate() if done else None
    found.save(update_fields=["done"])
    write(actor, day, {"tâche": found.title, "faite": done})
    return found


@act("day.run")
@transaction.atomic
def task_drop(*, actor: Any, key: str, task: int) -> None:
    """Take a task away."""
    day = day_to_run(actor, key)
    found = _task(day, task)
    write(actor, day, {"tâche retirée": found.title})
    found.delete()


@act("day.run")
@transaction.atomic
def day_tell(
    *, actor: Any, key: str, notes: str, decisions: str, present: int | None
) -> tuple[Day, list[str]]:
    """Keep what the scribe wrote, what identifies somebody taken out; say what was."""
    day = day_to_run(actor, key)
    removed = sorted({one.label for text in (notes, decisions) for one in findings(text)
                      if one.identifies})  # fmt: skip
    day.notes, day.decisions, day.present = scrubbed(notes), scrubbed(decisions), present
    day.save(update_fields=["notes", "decisions", "present"])
    write(actor, day, {"compte rendu": True})
    return day, removed


@act("day.run")
@transaction.atomic
def day_close(*, actor: Any, key: str, closed: bool) -> Day:
    """Close the day, or open it again: its surveys keep their own state."""
    day = day_to_run(actor, key)
    day.closed = timezone.now() if closed else None
    day.save(update_fields=["closed"])
    write(actor, day, {"close": closed})
    return day


def day_to_run(actor: Any, key: str) -> Day:
    """Return a day that someone may run, locked until the end of the transaction."""
    day = Day.objects.select_for_update().filter(key=key).first()
    if day is None:
        raise DataError(GONE)
    require(actor, "day.run", day.territory)
    return day


def _task(day: Day, task: int) -> Task:
    found = day.tasks.filter(pk=task).first()
    if found is None:
        raise DataError("Cette tâche n’existe plus.", remedy="Rechargez la page.")
    return found


def _due(date: datetime.date | None, days: int) -> datetime.date | None:
    return working_date(date, days) if date else None


def _move(day: Day, before: datetime.date | None) -> None:
    """Move what is not done as far from the new day as it was from the former one."""
    ready = {task.title: task.days for task in demarche().tasks}
    for task in day.tasks.filter(done=None):
        was = ready.get(task.title) if before is None else None
        if before is not None and task.due is not None:
            kept = ready.get(task.title)
            same = kept is not None and working_date(before, kept) == task.due
            was = kept if same else (task.due - before).days
        if was is not None or day.date is None:
            task.due = _due(day.date, was or 0)
            task.save(update_fields=["due"])


def write(actor: Any, day: Day, after: dict[str, Any]) -> None:
    """Write what was done of a démarche in the journal."""
    journal.record(act="day.run", actor=actor, target=day, territory=day.territory, after=after)
