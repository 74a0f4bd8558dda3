"""Answer a question: keep the fix against the news, or take what the list tells."""

from __future__ import annotations

from typing import Any

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
        fixes = list(place.fixes.order_by("at", "pk"))
        unfixed = resolve_place(place.pk, list(place.cards.all()), fixes).unfixed
        shown = {
            fix.path: fix
            for fix in fixes
            if fix.path in tied(question.path) and fix.state == Fix.State.ACTIVE
        }
        for path, fix in shown.items():
            if take:
                place.fixes.filter(path=path, state=Fix.State.ACTIVE).update(
                    state=Fix.State.WITHDRAWN, withdrawn=now
                )
            else:
                Fix.objects.create(
                    place=place,
                    path=path,
                    value=fix.value,
                    replaced=value_at(unfixed, path),
                    origin=fix.origin,
                    at=now,
                    reason=reason[:500],
                )
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
