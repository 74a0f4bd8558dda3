"""What a person says of two places that look like one, when it is not a merge."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.offer.models import PairVerdict, Place


@act("place.merge")
def pair_answer(*, actor: Any, left: str, right: str, verdict: str) -> PairVerdict:
    """Keep that two places are two, or that the pair is to be seen later."""
    if verdict not in PairVerdict.Verdict.values:
        raise DataError("Cette réponse n’existe pas.")
    low, high = sorted((left, right))
    places = list(Place.objects.filter(pk__in=(low, high)).order_by("pk"))
    if len(places) < 2:
        raise DataError("Un des deux lieux n’est plus dans le recensement.")
    for place in places:
        require(actor, "place.merge", place.territory)
    with transaction.atomic():
        told, _made = PairVerdict.objects.update_or_create(
            left=low, right=high, defaults={"verdict": verdict, "at": timezone.now()}
        )
        journal.record(
            act="place.merge",
            actor=actor,
            target=places[0],
            territory=places[0].territory,
            after={"avec": high, "avis": str(told.get_verdict_display())},
        )
    return told
