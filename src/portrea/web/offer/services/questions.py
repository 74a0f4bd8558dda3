"""Answer a question: keep the fix against the news, or take what the list tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.offer.content import value_at
from portrea.offer.layers import tied
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.models import Fix, Place, Question
from portrea.web.offer.services.places import place_locked
from portrea.web.offer.services.rebuilding import place_rebuild, resolve_place

if TYPE_CHECKING:
    from datetime import datetime


def question_answer(*, actor: Any, question_id: int, take: bool, reason: str = "") -> Place:
    """Answer an open question.

    Parameters
    ----------
    take
        True: the fix is withdrawn and the list speaks. False: the fix stays, renewed against what
        the list says now; only newer news will ask again.
    """
    now = timezone.now()
    with transaction.atomic():
        question = Question.objects.filter(pk=question_id, state=Question.State.OPEN).first()
        if question is None:
            raise DataError("Cette question n’est plus posée : quelqu’un y a répondu.")
        place = place_locked(question.place_id)
        require(actor, "proposal.decide", place.territory)
        _apply(place, question.path, take=take, reason=reason, now=now)
        question.state = Question.State.TAKEN if take else Question.State.KEPT
        question.answered = now
        question.save(update_fields=["state", "answered"])
        changes = place_rebuild(places=[place.pk], now=now).get(place.pk, {})
        journal.record(
            act="proposal.decide",
            actor=actor,
            target=place,
            territory=place.territory,
            before={path: pair[0] for path, pair in changes.items()},
            after={path: pair[1] for path, pair in changes.items()}
            | {"question": question.path, "answer": question.state},
            reason=reason,
        )
    return Place.objects.get(pk=place.pk)


def _apply(place: Place, path: str, *, take: bool, reason: str, now: datetime) -> None:
    """Withdraw the fixes asked about, or renew each against what the lists tell now."""
    fixes = list(place.fixes.order_by("at", "pk"))
    unfixed = resolve_place(place.pk, list(place.cards.all()), fixes).unfixed
    active = [fix for fix in fixes if fix.state == Fix.State.ACTIVE and fix.path in tied(path)]
    for name, fix in {fix.path: fix for fix in active}.items():
        if take:
            place.fixes.filter(path=name, state=Fix.State.ACTIVE).update(
                state=Fix.State.WITHDRAWN, withdrawn=now
            )
            continue
        Fix.objects.create(
            place=place,
            path=name,
            value=fix.value,
            replaced=value_at(unfixed, name),
            origin=fix.origin,
            at=now,
            reason=reason[:500],
        )
