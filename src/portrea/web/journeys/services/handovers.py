"""Hand an orientation over, answer it, follow it: each change whole, in its own transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError
from portrea.offer.orientation.handover import (
    Event,
    State,
    advance,
    parameters,
    read_words,
    reasons,
)
from portrea.web.accounts import journal, links
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.journeys.models import Handover
from portrea.web.journeys.services.demands import demand_count
from portrea.web.journeys.services.partner_links import bearer_of, place_of, token_of
from portrea.web.journeys.services.senders import ACT, may_follow
from portrea.web.offer.census import census_place
from portrea.web.offer.models import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.journeys.services.senders import Sender

MOST_WAITING = 200
"""Orientations that may wait at one place: above, it is a flood."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a person agreed to tell, and the words she agreed to."""

    first_name: str
    contact: str
    consent: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is handed over: a situation in codes, a few words, the person if she agreed.

    ``days`` is how long an answer is awaited, ``nonce`` names the form that was sent. ``unmet`` is
    the reason that the answer itself gave for not suiting, empty when it did.
    """

    need: str
    days: int
    nonce: str
    procedure: str = ""
    constraints: Sequence[str] = ()
    commune: str = ""
    words: str = ""
    person: Person | None = None
    unmet: str = ""


class AnsweredError(DataError):
    """Someone answered meanwhile. Nothing was written."""

    def __init__(self, row: Handover) -> None:
        when = timezone.localtime(row.answered) if row.answered else None
        moment = f" depuis le {when:%d/%m à %H:%M}" if when else ""
        super().__init__(
            "Quelqu’un a répondu, ou a changé cette orientation, pendant que cette page était"
            f" ouverte : elle est {row.status.label}{moment}.",
            remedy="Votre réponse n’a pas été enregistrée. Lisez ci-dessous où elle en est.",
        )


# -- the agent ------------------------------------------------------------------------------------


@act(ACT)
def handover_send(*, actor: Any, place_id: str, sender: Sender, told: Told) -> Handover:
    """Hand an orientation over to a place; the same form sent twice does it once.

    Raises
    ------
    DataError
        The place cannot receive it, or too many wait there.
    ParameterError
        A duration that is not offered.
    """
    require(actor, ACT, sender.territory, structure=sender.structure)
    if told.days not in parameters()["validite"]["choix"]:
        raise ParameterError(f"Durée inconnue : {told.days} jours.")
    with transaction.atomic():
        place = _receiving(place_id)
        same = Handover.objects.filter(nonce=told.nonce).first()
        if same is not None:
            return _own(actor, same)
        if place.handovers.filter(state=State.WAITING).count() >= MOST_WAITING:
            raise DataError(
                "Trop d’orientations attendent déjà une réponse de ce lieu.",
                remedy="Téléphonez-lui.",
            )
        row = _made(actor, place, sender, told)
        _write(actor, row, {"lieu": place.pk, "besoin": told.need})
        _send(row)
        if told.unmet:
            _count(row, told.unmet, "agent")
    return row


def _receiving(place_id: str) -> Place:
    """Return the place, locked: those who send to it at once wait for each other."""
    known = census_place(place_id)
    found = known and Place.objects.select_for_update().filter(pk=known.pk).first()
    if found is None or found.status != Place.Status.OPEN:
        raise DataError(
            "Ce lieu est fermé ou n’est plus dans le recensement : il ne peut rien recevoir.",
            remedy="Choisissez un autre lieu.",
        )
    return found


def _made(actor: Any, place: Place, sender: Sender, told: Told) -> Handover:
    person = told.person
    now = timezone.now()
    row = Handover.objects.create(
        place=place,
        place_name=place.name,
        by=Actor.of(actor).user,
        level=sender.level,
        code=sender.code,
        structure=sender.structure,
        sender_name=sender.name[:300],
        need=told.need,
        procedure=told.procedure,
        constraints=list(told.constraints),
        commune=told.commune,
        words=read_words(told.words.strip()).kept[:300],
        first_name=person.first_name[:40] if person else "",
        contact=person.contact[:120] if person else "",
        consented=now if person else None,
        consent=person.consent[:400] if person else "",
        digest=secrets.token_hex(32),
        nonce=told.nonce,
        created=now,
        expires=_end_of(now, told.days),
    )
    row.digest = links.digest_of(token_of(row))
    row.save(update_fields=["digest"])
    return row


def _end_of(now: datetime, days: int) -> datetime:
    """Return the instant after the last day on which it can be answered."""
    after = timezone.localdate(now) + timedelta(days=days + 1)
    return timezone.make_aware(datetime.combine(after, time()))


@act(ACT)
def handover_reply(*, actor: Any, key: int, version: int, words: str) -> Handover:
    """Answer what the partner asked: the orientation waits for her again."""
    with transaction.atomic():
        row = _own(actor, _locked(key), version)
        kept = read_words(words.strip()).kept[:300]
        if not kept:
            raise DataError("Écrivez votre réponse au lieu.")
        row.state = advance(row.status, Event.REPLY)
        row.exchange = [*row.exchange, _said("agent", "", kept)]
        _save(actor, row, {"état": row.state})
        _send(row)
    return row


@act(ACT)
def handover_cancel(*, actor: Any, key: int, version: int) -> Handover:
    """End an orientation without follow-up; what it told of the person is erased at once."""
    with transaction.atomic():
        row = _own(actor, _locked(key), version)
        row.state = advance(row.status, Event.CANCEL)
        _end(row)
        _save(actor, row, {"état": row.state})
    return row


@act(ACT)
def handover_forget(*, actor: Any, key: int) -> Handover:
    """Erase at once what an orientation tells of the person, who asked for it."""
    with transaction.atomic():
        row = _own(actor, _locked(key))
        row.forget()
        _save(actor, row, {"personne effacée": True})
    return row


def _own(actor: Any, row: Handover, version: int | None = None) -> Handover:
    require(actor, ACT, row.territory, structure=row.structure)
    if not may_follow(actor, row):
        raise DataError("Cette orientation n’est pas à vous.")
    if version is not None and row.version != version:
        raise AnsweredError(row)
    return row


# -- the partner ----------------------------------------------------------------------------------


def handover_answer(
    *, row: Handover, event: Event, version: int, reason: str = "", words: str = ""
) -> Handover:
    """Hear the partner, by the link: accept, refuse or ask.

    Raises
    ------
    AnsweredError
        Someone else answered meanwhile; the same answer given twice is not one.
    DataError
        It makes no sense any more, the reason is missing, or too many questions were asked.
    """
    with transaction.atomic():
        row = _locked(row.pk)
        if row.version != version:
            if _same(row, event, version, reason):
                return row
            raise AnsweredError(row)
        kept = read_words(words.strip()).kept[:300]
        row.state = advance(row.status, event, reason=reason, words=kept)
        if event is Event.ASK:
            _refuse_many(row)
            row.exchange = [*row.exchange, _said("partner", reason, kept)]
        else:
            row.reason, row.note = reason, kept
            row.answered = timezone.now()
        row.news = True
        if row.status.ended:
            _end(row)
        _save(bearer_of(row), row, {"état": row.state, "raison": reason})
        demand = reasons()[reason].demand if event is Event.REFUSE else None
        if demand:
            _count(row, demand, "partner")
    return row


def _same(row: Handover, event: Event, version: int, reason: str) -> bool:
    """Tell whether an answer is the one just given: a button pressed twice."""
    if row.version != version + 1:
        return False
    if event is Event.ASK:
        last = row.exchange[-1] if row.exchange else {}
        return row.status is State.QUESTION and last.get("code") == reason
    target = {Event.ACCEPT: State.ACCEPTED, Event.REFUSE: State.REFUSED}[event]
    return row.status is target and row.reason == reason


def _refuse_many(row: Handover) -> None:
    asked = sum(said["who"] == "partner" for said in row.exchange)
    if asked >= parameters()["questions_au_plus"]:
        raise DataError("Vous avez déjà posé plusieurs questions : appelez la structure.")


def _said(who: str, code: str, words: str) -> dict[str, str]:
    return {"who": who, "code": code, "words": words, "on": timezone.localdate().isoformat()}


# -- each day -------------------------------------------------------------------------------------


def handover_expire(key: int) -> bool:
    """End an orientation left without an answer; tell whether it was."""
    with transaction.atomic():
        row = _locked(key)
        if not row.status.open:
            return False
        row.state = advance(row.status, Event.EXPIRE)
        row.news = True
        _end(row)
        _save(Actor.system("orientations"), row, {"état": row.state})
    return True


def handover_drop(key: int) -> bool:
    """End an orientation whose place is no longer there; tell whether it was."""
    with transaction.atomic():
        row = _locked(key)
        if not row.status.open or place_of(row) is not None:
            return False
        row.state, row.reason, row.news = State.DROPPED, "gone", True
        _end(row)
        _save(Actor.system("orientations"), row, {"état": row.state, "raison": row.reason})
    return True


def handover_remind(key: int, reminders: int) -> bool:
    """Remind the partner, unless that was done meanwhile; tell whether it was."""
    with transaction.atomic():
        row = _locked(key)
        if row.status is not State.WAITING or row.reminders != reminders:
            return False
        row.reminders += 1
        row.save(update_fields=["reminders"])
        _send(row)
    return True


# -- shared ---------------------------------------------------------------------------------------


def _locked(key: int) -> Handover:
    row = Handover.objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise DataError("Cette orientation n’existe plus.")
    return row


def _end(row: Handover) -> None:
    row.ended = timezone.now()
    row.forget()


def _save(actor: Any, row: Handover, after: dict[str, Any]) -> None:
    row.version += 1
    row.save()
    _write(actor, row, after)


def _write(actor: Any, row: Handover, after: dict[str, Any]) -> None:
    journal.record(act=ACT, actor=actor, target=row, territory=row.territory, after=after)


def _send(row: Handover) -> None:
    from portrea.web.journeys.services.mailing import send_handover

    send_handover.enqueue(row.pk)


def _count(row: Handover, reason: str, origin: str) -> None:
    """Count one unmet demand, once by orientation."""
    if row.counted or not row.commune:
        return
    demand_count(
        commune=row.commune, need=row.need, procedure=row.procedure, reason=reason, origin=origin
    )
    row.counted = True
    row.save(update_fields=["counted"])
