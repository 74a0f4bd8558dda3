"""The keys that a person may see, and where she may issue one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from portrea.web.api.models import ApiKey
from portrea.web.offer.queue import choices_of, condition, keys_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


def keys_within(who: Any) -> QuerySet[ApiKey]:
    """Return the keys of the territories of someone, newest first, with what came by each."""
    return ApiKey.objects.filter(condition(keys_of(who, "key.issue"))).annotate(
        received=Count("sent")
    )


def territories_of(who: Any) -> list[tuple[str, str]]:
    """Return the territories where someone may issue a key."""
    return choices_of(who, "key.issue")
