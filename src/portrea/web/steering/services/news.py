"""News of the actors: proposed by a structure, read by the référent, shown, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, may, require
from portrea.web.action.services.words import kept
from portrea.web.steering.models import News

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.web.offer.models import Place

POST, REVIEW = "news.post", "news.review"
MOST_WAITING = 20
"""News of one structure that may wait to be read: above, it is a flood."""


@act(POST)
@transaction.atomic
def news_post(*, actor: Any, place: Place, told: Mapping[str, Any]) -> News:
    """Propose a news of a structure; shown at once when a référent posts it.

    Raises
    ------
    DataError
        It holds a secret, or too many wait already.
    """
    require(actor, POST, place.territory, structure=place.pk)
    if place.news.filter(state=News.State.WAITING).count() >= MOST_WAITING:
        raise DataError(
            _("Trop de nouvelles de cette structure attendent d’être relues."),
            remedy=_("Prévenez votre référent·e, puis recommencez."),
        )
    reads = may(actor, REVIEW, place.territory)
    made = News.objects.create(
        place=place,
        kind=told["kind"],
        title=kept(told["title"], 120),
        words=kept(told["words"], 1_000),
        link=told.get("link") or "",
        day=told.get("day"),
        until=told["until"],
        audience=told["audience"],
        state=News.State.SHOWN if reads else News.State.WAITING,
        reviewed=timezone.now() if reads else None,
    )
    _record(actor, made, POST, {"nouvelle": made.kind})
    return made


@act(REVIEW)
@transaction.atomic
def news_review(*, actor: Any, news: int, state: str) -> News:
    """Show, refuse or withdraw a news."""
    found = _found(news)
    require(actor, REVIEW, found.place.territory)
    return _set(actor, found, state, REVIEW)


@act(POST)
@transaction.atomic
def news_withdraw(*, actor: Any, news: int) -> News:
    """Take a news away, for the structure that posted it."""
    found = _found(news)
    require(actor, POST, found.place.territory, structure=found.place_id)
    return _set(actor, found, News.State.WITHDRAWN, POST)


def _found(news: int) -> News:
    rows = News.objects.select_for_update(of=("self",)).select_related("place")
    found = rows.filter(pk=news).first()
    if found is None:
        raise DataError(_("Cette nouvelle n’existe plus."), remedy=_("Rechargez la page."))
    return found


def _set(actor: Any, news: News, state: str, name: str) -> News:
    news.state, news.reviewed = state, timezone.now()
    news.save(update_fields=["state", "reviewed"])
    _record(actor, news, name, {"état": state})
    return news


def _record(actor: Any, news: News, name: str, after: dict[str, Any]) -> None:
    journal.record(act=name, actor=actor, target=news, territory=news.place.territory, after=after)
