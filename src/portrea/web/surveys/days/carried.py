"""What the file of a day holds, and what of it is made here when it is not there yet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.surveys.xlsform import read_sheets
from portrea.web.accounts.permissions import Actor, require
from portrea.web.surveys.models import (
    Clash,
    Day,
    Questionnaire,
    Seat,
    Submission,
    Survey,
    Task,
    Version,
)
from portrea.web.surveys.models.answers import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.web.surveys.services.intake import Sent

COURIER = Actor.source("journée rapportée")
"""Who brings answers that others gave: the file of a day, carried by somebody allowed to."""
DAY = ("key", "title", "level", "code", "date", "starts", "place", "agenda", "notes", "decisions",
       "present", "pin")  # fmt: skip
TASK = ("stage", "title", "owner", "due", "done", "note")
SEAT = ("role", "table", "topic", "who")
QUESTIONNAIRE = ("key", "name", "title", "level", "code", "model", "draft")
VERSION = ("number", "sheets", "xform", "digest")
SURVEY = ("key", "title", "purpose", "contact", "level", "code", "design", "population", "quotas",
          "margins", "margins_source", "opens", "closes", "invited_only", "keep_days",
          "report")  # fmt: skip
ANSWER = ("uuid", "answers", "digest", "channel", "table", "answered", "waits_for")

Versions = dict[tuple[str, str], Version]


def told_of(day: Day) -> dict[str, Any]:
    """Return a day with everything it needs, as plain values."""
    surveys = list(day.surveys.select_related("questionnaire", "version").order_by("pk"))
    asked = {survey.questionnaire.pk: survey.questionnaire for survey in surveys}
    versions = Version.objects.filter(questionnaire__in=asked).order_by("pk")
    return {
        "day": _plain(day, DAY),
        "tasks": [_plain(task, TASK) for task in day.tasks.all()],
        "seats": [_plain(seat, SEAT) for seat in day.seats.all()],
        "questionnaires": [_plain(one, QUESTIONNAIRE) for one in asked.values()],
        "versions": [
            _plain(one, VERSION) | {"questionnaire": asked[one.questionnaire_id].key}
            for one in versions
        ],
        "surveys": [
            _plain(one, SURVEY)
            | {"questionnaire": one.questionnaire.key, "version": one.version.number}
            for one in surveys
        ],
        "answers": [row for survey in surveys for row in _answers(survey)],
    }


def versions_here(actor: Any, told: Mapping[str, Any]) -> Versions:
    """Return the versions of a file, made here when their questionnaire is new."""
    made = {row["key"]: _questionnaire(actor, row) for row in told["questionnaires"]}
    return {
        (row["questionnaire"], row["number"]): _version(made[row["questionnaire"]], row)
        for row in told["versions"]
    }


def surveys_here(actor: Any, told: Mapping[str, Any], versions: Versions) -> dict[str, Survey]:
    """Return the surveys of a file by key; one that exists here stays as it is."""
    found: dict[str, Survey] = {}
    for row in told["surveys"]:
        here = Survey.objects.filter(key=row["key"]).first()
        require(actor, "survey.run", here.territory if here else (row["level"], row["code"]))
        asked = versions[row["questionnaire"], row["version"]]
        if here is None:
            fields = {name: row[name] for name in SURVEY} | {
                "opens": _date(row["opens"]), "closes": _date(row["closes"]),
            }  # fmt: skip
            here = Survey.objects.create(questionnaire=asked.questionnaire, version=asked, **fields)
        elif here.questionnaire_id != asked.questionnaire_id:
            raise DataError(f"L’enquête « {here.title} » a un autre questionnaire sur ce site.")
        found[row["key"]] = here
    return found


def day_here(told: Mapping[str, Any], surveys: Mapping[str, Survey]) -> Day:
    """Return the day of a file: made here, or completed by what the room wrote."""
    row = told["day"]
    here = Day.objects.select_for_update().filter(key=row["key"]).first()
    if here is None:
        return _new_day(told, surveys)
    for name in ("notes", "decisions"):
        if row[name] and row[name] not in getattr(here, name):
            setattr(here, name, "\n\n".join(filter(None, (getattr(here, name), row[name]))))
    here.present = here.present if row["present"] is None else row["present"]
    here.save(update_fields=["notes", "decisions", "present"])
    for task in told["tasks"]:
        waiting = here.tasks.filter(stage=task["stage"], title=task["title"], done=None)
        if task["done"]:
            waiting.update(done=_date(task["done"]))
    return here


def clash_here(kept: Submission, other: Mapping[str, Any]) -> None:
    """Keep beside an answer what the room kept beside it."""
    Clash.objects.get_or_create(
        submission=kept,
        digest=other["digest"],
        defaults={"answers": other["answers"], "channel": Channel(other["channel"])},
    )


def lenient(sent: Sent) -> Sent:
    """Return an answer as one whose author has left: its faults are noted, nothing is refused."""
    return replace(sent, channel=Channel.IMPORT)


def _new_day(told: Mapping[str, Any], surveys: Mapping[str, Survey]) -> Day:
    row = told["day"]
    fields = {name: row[name] for name in DAY} | {
        "date": _date(row["date"]),
        "starts": time.fromisoformat(row["starts"]) if row["starts"] else None,
    }
    made = Day.objects.create(**fields)
    made.surveys.set(surveys.values())
    Task.objects.bulk_create(
        Task(day=made, **{**_only(one, TASK), "due": _date(one["due"]), "done": _date(one["done"])})
        for one in told["tasks"]
    )
    Seat.objects.bulk_create(Seat(day=made, **_only(one, SEAT)) for one in told["seats"])
    return made


def _questionnaire(actor: Any, row: Mapping[str, Any]) -> Questionnaire:
    here = Questionnaire.objects.filter(key=row["key"]).first()
    if here is not None:
        return here
    require(actor, "survey.prepare", (row["level"], row["code"]))
    return Questionnaire.objects.create(**_only(row, QUESTIONNAIRE))


def _version(questionnaire: Questionnaire, row: Mapping[str, Any]) -> Version:
    here = questionnaire.versions.filter(number=row["number"]).first()
    told = hashlib.md5(row["xform"].encode(), usedforsecurity=False).hexdigest()
    if here is None:
        read_sheets(row["sheets"])
        return Version.objects.create(
            questionnaire=questionnaire, **{**_only(row, VERSION), "digest": told}
        )
    if here.digest != told:
        raise DataError(
            f"La version {row['number']} de « {questionnaire.title} » n’est pas la même ici.",
            remedy="Le questionnaire a été publié des deux côtés le même jour : exportez les "
            "réponses en tableau et importez-les dans l’enquête.",
        )
    return here


def _answers(survey: Survey) -> Iterable[dict[str, Any]]:
    rows = survey.submissions.select_related("version").prefetch_related("clashes", "files")
    for row in rows.order_by("pk"):
        yield _plain(row, ANSWER) | {
            "survey": survey.key,
            "version": [survey.questionnaire.key, row.version.number],
            "clashes": [_plain(one, ("answers", "digest", "channel")) for one in row.clashes.all()],
            "files": [_plain(one, ("name", "kind", "digest")) for one in row.files.all()],
        }


def _plain(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _only(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
