"""Answers that phones kept and send later, several at a time: each enters by the door of its kind.

A receipt names each answer and its digest; it leaves only once all of them are on the disk. What is
refused says why and stays on the phone; what is sent again is known.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, may
from portrea.web.surveys.models import Submission, Survey
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, digest_of, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from portrea.web.surveys.models import Version

MOST = 50
MOST_LEVELS = 4
MOST_TEXT = 20_000
ANSWER = "reponse"
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a phone kept: ``kind`` names the door, ``version`` the form it answers."""

    uuid: UUID
    kind: str
    version: str
    answers: dict[str, Any]
    answered: datetime | None
    table: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one: ``new``, ``known``, ``clash`` or ``refused``, and why in French."""

    uuid: str
    taken: str
    digest: str = ""
    why: str = ""
    faults: int = 0


_DOORS: dict[str, Callable[..., Callable[[Item], Received]]] = {}


def register(kind: str, opened: Callable[..., Callable[[Item], Received]]) -> None:
    """Open a door to another kind of things, from an ``AppConfig.ready``.

    ``opened(actor, key)`` returns what takes each; ``DataError`` refuses the whole batch.
    """
    _DOORS[kind] = opened


@act("survey.answer")
def batch_take(*, actor: Any, key: str, sent: Sequence[Any]) -> list[Received]:
    """Keep what a phone sends to the survey or the day of that key; on the disk when it returns.

    Raises
    ------
    DataError
        There are too many at once, or nothing has this key.
    """
    if len(sent) > MOST:
        raise DataError(
            f"{len(sent)} réponses d’un coup : {MOST} au plus.",
            remedy="Envoyez-en moins à la fois.",
        )
    doors: dict[str, Callable[[Item], Received]] = {}
    with _in_turn(), transaction.atomic():
        known = _known(sent)
        return [_one(actor, key, told, doors, known) for told in sent]


def _known(sent: Sequence[Any]) -> set[UUID]:
    """Return the identifiers that an answer already has, and those sent twice in the batch."""
    named = [_uuid(told) for told in sent]
    found = [one for one in named if one is not None]
    twice = {one for one in found if found.count(one) > 1}
    here = Submission.objects.filter(uuid__in=found).order_by().values_list("uuid", flat=True)
    return twice | set(here)


def _uuid(told: Any) -> UUID | None:
    try:
        return UUID(str(told.get("uuid", ""))) if isinstance(told, dict) else None
    except ValueError:
        return None


def _one(
    actor: Any,
    key: str,
    told: Any,
    doors: dict[str, Callable[[Item], Received]],
    known: set[UUID],
) -> Received:
    name = str(told.get("uuid", ""))[:36] if isinstance(told, dict) else ""
    try:
        item = read_item(told)
        item = replace(item, fresh=item.uuid not in known)
        if item.kind not in doors:
            doors[item.kind] = _opened(item.kind)(actor, key)
        with transaction.atomic():
            return doors[item.kind](item)
    except DataError as error:
        why = " ".join(filter(None, (error.message, error.remedy)))
        return Received(name, "refused", why=why)


def _opened(kind: str) -> Callable[..., Callable[[Item], Received]]:
    if kind not in _DOORS:
        raise DataError(f"Rien ne reçoit ici ce genre d’envoi (« {kind[:20]} »).")
    return _DOORS[kind]


def read_item(told: Any) -> Item:
    """Return what a phone sent, refused in French when it is not what a phone sends."""
    if not isinstance(told, dict):
        raise DataError("Une réponse est illisible : ce n’est pas un objet JSON.")
    answers = told.get("answers")
    if not isinstance(answers, dict) or not _are_answers(answers, MOST_LEVELS):
        raise DataError("Les réponses ne se lisent pas : des textes sous des noms sont attendus.")
    try:
        uuid = UUID(str(told.get("uuid", "")))
    except ValueError as error:
        raise DataError("Une réponse n’a pas d’identifiant lisible (36 caractères).") from error
    words = {name: str(told.get(name) or "")[:40] for name in ("kind", "version", "table")}
    kind = words["kind"] or ANSWER
    return Item(uuid, kind, words["version"], answers, _moment(told), words["table"].strip())


def _are_answers(told: Mapping[Any, Any], levels: int) -> bool:
    return levels > 0 and all(
        (isinstance(value, str) and len(value) <= MOST_TEXT and not _UNREADABLE.search(value))
        or (isinstance(value, list) and all(_is_row(row, levels) for row in value))
        for value in told.values()
    )


def _is_row(row: Any, levels: int) -> bool:
    return isinstance(row, dict) and _are_answers(row, levels - 1)


def _moment(told: Mapping[str, Any]) -> datetime | None:
    """Return when it was answered by the clock of the phone; ``None`` when that cannot be."""
    try:
        moment = datetime.fromisoformat(str(told.get("answered", "")))
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    now = timezone.now()
    return moment if now - timedelta(days=400) < moment < now + timedelta(days=1) else None


def _to_survey(actor: Any, key: str) -> Callable[[Item], Received]:
    survey = Survey.objects.filter(key=key).select_related("questionnaire").first()
    if survey is None:
        raise DataError("Cette enquête n’existe plus.", remedy="Prévenez la ou le référent·e.")
    if survey.invited_only and not may(actor, "survey.run", survey.territory):
        raise DataError(
            "Cette enquête ne prend que les réponses des personnes invitées.",
            remedy="Remettez le fichier des réponses à la ou au référent·e.",
        )
    versions: dict[str, Version] = {row.number: row for row in survey.questionnaire.versions.all()}

    def taken(item: Item) -> Received:
        if item.version not in versions:
            raise DataError(f"Le questionnaire n’a pas de version « {item.version} ».")
        sent = Sent(
            item.uuid,
            item.answers,
            Channel.PHONE,
            versions[item.version],
            table=item.table,
            answered=item.answered,
        )
        receipt = take(actor=actor, survey=survey, sent=sent, fresh=item.fresh)
        digest, faults = digest_of(item.answers), len(receipt.submission.faults)
        return Received(str(item.uuid), receipt.taken.name.lower(), digest, faults=faults)

    return taken


register(ANSWER, _to_survey)

_PEN = Lock()
"""SQLite has one pen: the threads of a process take their turn rather than knock and sleep."""


@contextmanager
def _in_turn() -> Iterator[None]:
    """Take the pen of SQLite for a batch."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _PEN:
        yield
