"""A day in one file, taken to the laptop of the room and brought back: nothing is doubled.

Everything is known by what does not change from one site to another: keys of days, surveys and
questionnaires, numbers of versions, identifiers of answers. What exists is left as it is; answers
enter by their only door.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.days import carried
from portrea.web.surveys.days.selectors import communes_of
from portrea.web.surveys.models import Attachment, Day, Submission, Survey, Version
from portrea.web.surveys.services.days import GONE
from portrea.web.surveys.services.days import write as write_day
from portrea.web.surveys.services.files import attach, opened
from portrea.web.surveys.services.intake import Sent, Taken, take
from portrea.web.surveys.services.sheets import sheets_here, sheets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MADE_BY = "portrea-journee"
EDITION = 1
INSIDE = "journee.json"
CENSUS = "recensement.json"
SHEETS = "fiches.json"
MOST = 400_000_000
"""Bytes of a day once unpacked: forms, answers, photographs."""
MOST_ANSWERS = 200_000


@dataclass(slots=True)
class Brought:
    """What a file brought: how many answers of each fate, places of the census."""

    key: str
    new: int = 0
    known: int = 0
    clashes: int = 0
    places: int = 0
    sheets: int = 0
    refused: int = 0

    def words(self) -> str:
        """Return it as a French sentence."""
        new = ngettext("%d réponse nouvelle", "%d réponses nouvelles", self.new) % self.new
        known = ngettext("%d déjà là", "%d déjà là", self.known) % self.known
        parts = [new, known]
        if self.clashes:
            parts.append(
                ngettext("%d gardée à part", "%d gardées à part", self.clashes) % self.clashes
            )
        if self.places:
            parts.append(
                ngettext("%d lieu du recensement", "%d lieux du recensement", self.places)
                % self.places
            )
        if self.sheets:
            parts.append(
                ngettext("%d fiche à relire", "%d fiches à relire", self.sheets) % self.sheets
            )
        if self.refused:
            parts.append(
                ngettext(
                    "%d fiche n’a rien de nouveau ou ne se lit pas",
                    "%d fiches n’ont rien de nouveau ou ne se lisent pas",
                    self.refused,
                )
                % self.refused
            )
        return _("La journée est là : %s.") % ", ".join(parts)


@act("day.run")
def day_pack(*, actor: Any, key: str) -> bytes:
    """Return a day as a file: forms, surveys, answers, tasks, roles, census of its territory.

    Neither accounts nor journal nor invitations leave.
    """
    day = Day.objects.filter(key=key).first()
    if day is None:
        raise DataError(GONE)
    require(actor, "day.run", day.territory)
    for survey in day.surveys.all():
        require(actor, "survey.read", survey.territory)
    told = carried.told_of(day) | {"made_by": MADE_BY, "edition": EDITION, "at": timezone.now()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(INSIDE, _json(told))
        archive.writestr(CENSUS, _json(_places(day)))
        archive.writestr(SHEETS, _json(sheets_of(day)))
        for file in Attachment.objects.filter(submission__survey__in=day.surveys.all()):
            with opened(file) as content:
                archive.writestr(f"fichiers/{file.digest}", content.read())
    return buffer.getvalue()


@act("day.run")
def day_unpack(*, actor: Any, content: bytes, census: bool = False) -> Brought:
    """Bring a day: all of it or nothing; ``census`` adds the places that this site lacks.

    Raises
    ------
    DataError
        The file is none, or comes from a newer version; nothing is written.
    """
    with _opened(content) as archive:
        told = _read(archive, INSIDE)
        _check(told)
        try:
            with transaction.atomic():
                return _bring(actor, archive, told, census=census)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"Ce fichier de journée est abîmé : « {error} » ne se lit pas.",
                remedy="Faites-le écrire de nouveau par le portable. Rien n’a été rapporté.",
            ) from error


def _bring(actor: Any, archive: zipfile.ZipFile, told: dict[str, Any], *, census: bool) -> Brought:
    where = (told["day"]["level"], told["day"]["code"])
    require(actor, "day.run", where)
    versions = carried.versions_here(actor, told)
    surveys = carried.surveys_here(actor, told, versions)
    day = carried.day_here(told, surveys)
    require(actor, "day.run", day.territory)
    brought = Brought(day.key)
    for row in told["answers"]:
        _answer(row, surveys[row["survey"]], versions, archive, brought)
    if census:
        brought.places = _places_here(_read(archive, CENSUS))
    brought.sheets, brought.refused = sheets_here(carried.COURIER, _read(archive, SHEETS))
    after = {"rapportée": True, "nouvelles": brought.new, "déjà là": brought.known}
    write_day(actor, day, after)
    return brought


def _answer(
    row: Mapping[str, Any],
    survey: Survey,
    versions: Mapping[tuple[str, str], Version],
    archive: zipfile.ZipFile,
    brought: Brought,
) -> None:
    """Take an answer by its door; its digest is that of what was first sent, as elsewhere."""
    uuid = UUID(row["uuid"])
    kept = Submission.objects.filter(uuid=uuid, digest=row["digest"], survey=survey).first()
    if kept is None:
        sent = Sent(
            uuid, row["answers"], row["channel"], versions[tuple(row["version"])],
            table=row["table"], answered=datetime.fromisoformat(row["answered"]),
            waits_for=row["waits_for"],
        )  # fmt: skip
        receipt = take(actor=carried.COURIER, survey=survey, sent=carried.lenient(sent))
        kept = receipt.submission
        if receipt.taken is Taken.NEW:
            Submission.objects.filter(pk=kept.pk).update(
                digest=row["digest"], channel=row["channel"]
            )
            brought.new += 1
        else:
            brought.clashes += receipt.taken is Taken.CLASH
            brought.known += receipt.taken is Taken.KNOWN
    else:
        brought.known += 1
    for other in row["clashes"]:
        carried.clash_here(kept, other)
    for file in row["files"]:
        _file(kept, file, archive)


def _file(kept: Submission, file: Mapping[str, Any], archive: zipfile.ZipFile) -> None:
    if kept.files.filter(name=file["name"]).exists():
        return
    content = archive.read(f"fichiers/{file['digest']}")
    if hashlib.sha256(content).hexdigest() != file["digest"]:
        raise ValueError(file["name"])
    attach(submission=kept, name=file["name"], kind=file["kind"], content=io.BytesIO(content))


# -- the census -----------------------------------------------------------------------------------


def _places(day: Day) -> list[dict[str, Any]]:
    """Return the places of the territory as they are shown: their other room is asked by name."""
    places = apps.get_model("offer", "Place").objects
    shown = places.filter(status="open", commune__in=list(communes_of(day))).order_by("pk")
    return list(shown.values())


def _places_here(rows: list[dict[str, Any]]) -> int:
    """Add the places that are not here; those that are stay as they are."""
    model = apps.get_model("offer", "Place")
    known = {field.attname for field in model._meta.concrete_fields}
    made = [model(**{name: row[name] for name in known & set(row)}) for row in rows]
    before = model.objects.count()
    model.objects.bulk_create(made, ignore_conflicts=True)
    return int(model.objects.count() - before)


# -- the file -------------------------------------------------------------------------------------


def _json(told: Any) -> str:
    return json.dumps(told, default=_text, ensure_ascii=False)


def _text(value: Any) -> str:
    """Return a date to its microsecond, an identifier, as they are read again."""
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN as error:
        raise DataError(
            "Ce fichier n’est pas celui d’une journée.",
            remedy="Choisissez le fichier .zip écrit par « portrea collect --export » ou par la "
            "page « La salle ».",
        ) from error
    if sum(one.file_size for one in archive.infolist()) > MOST:
        raise DataError("Ce fichier de journée est trop gros une fois ouvert.")
    return archive


def _read(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(archive.read(name))
    except (KeyError, *BROKEN) as error:
        raise DataError(
            f"Ce fichier n’est pas celui d’une journée, ou il est coupé (« {name} »).",
            remedy="Faites-le écrire de nouveau. Rien n’a été rapporté.",
        ) from error


def _check(told: Any) -> None:
    if not isinstance(told, dict) or told.get("made_by") != MADE_BY:
        raise DataError("Ce fichier n’est pas celui d’une journée de Portrea.")
    if told.get("edition") != EDITION:
        raise DataError(
            "Ce fichier vient d’une autre version de Portrea.",
            remedy="Mettez à jour le portable et le site à la même version.",
        )
    if len(told.get("answers", ())) > MOST_ANSWERS:
        raise DataError("Ce fichier contient trop de réponses.")
