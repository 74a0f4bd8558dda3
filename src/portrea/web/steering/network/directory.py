"""What the actors of a territory say of what they do: shown, waiting, past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.web.accounts.permissions import may, may_somewhere
from portrea.web.action.holders import today_in
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Place
from portrea.web.steering.models import News

if TYPE_CHECKING:
    from django.db.models import QuerySet

READ, POST, REVIEW = "network.read", "news.post", "news.review"
MOST = 100


def shown_news(territory: Any, who: Any = None) -> QuerySet[News]:
    """Return the news of a territory that someone may read today, newest first.

    Nobody (``None``): those for everybody.
    """
    rows = _of(territory).filter(state=News.State.SHOWN, until__gte=today_in(territory))
    if who is None or not reads_all(who):
        rows = rows.filter(audience=News.Audience.PUBLIC)
    return rows.order_by("-reviewed", "-pk")[:MOST]


def waiting_news(who: Any, territory: Any) -> list[News]:
    """Return the news of a territory that wait for someone to read them."""
    if not may(who, REVIEW, territory):
        return []
    return list(_of(territory).filter(state=News.State.WAITING).order_by("posted", "pk"))


def may_withdraw(who: Any, news: News) -> bool:
    """Tell whether someone may take a news away."""
    return may(who, POST, news.place.territory, structure=news.place_id)


def reads_all(who: Any) -> bool:
    """Tell whether someone reads what is told to actors only."""
    return may_somewhere(who, READ)


def _of(territory: Any) -> QuerySet[News]:
    here = places_in(territory).filter(status=Place.Status.OPEN)
    return (
        News.objects.filter(place__in=here.values("pk"))
        .select_related("place")
        .defer("place__record")
    )
