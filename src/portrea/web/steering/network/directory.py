"""What the actors of a territory say of what they do: shown, waiting, past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.steering.wording import phone
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import may, may_somewhere
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Place
from portrea.web.steering.models import News

if TYPE_CHECKING:
    from django.db.models import QuerySet

READ, POST, REVIEW = "network.read", "news.post", "news.review"
MOST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A news as listed: the telephone of its structure as one dials it, who may do what."""

    news: News
    phone: str
    reviews: bool = False
    withdraws: bool = False


def shown_rows(who: Any, territory: Any) -> list[Row]:
    """Return the news that someone reads today, ready to be listed."""
    return [
        Row(one, _phone(one), withdraws=_may_withdraw(who, one))
        for one in shown_news(territory, who)
    ]


def shown_news(territory: Any, who: Any = None) -> QuerySet[News]:
    """Return the news of a territory that someone may read today, newest first.

    Nobody (``None``): those for everybody.
    """
    rows = _of(territory).filter(state=News.State.SHOWN, until__gte=today_in(territory))
    if who is None or not reads_all(who):
        rows = rows.filter(audience=News.Audience.PUBLIC)
    return rows.order_by("-reviewed", "-pk")[:MOST]


def waiting_rows(who: Any, territory: Any) -> list[Row]:
    """Return the news of a territory that wait for someone to read them."""
    if not may(who, REVIEW, territory):
        return []
    waiting = _of(territory).filter(state=News.State.WAITING).order_by("posted", "pk")
    return [Row(one, _phone(one), reviews=True) for one in waiting]


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


def _may_withdraw(who: Any, news: News) -> bool:
    return may(who, POST, news.place.territory, structure=news.place_id)


def _phone(news: News) -> str:
    return phone(news.place.phone) if news.place.phone else ""
