"""The directory of the actors: proposed, read again, shown to all or between actors, taken away."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.steering import erasing
from portrea.web.steering.models import News, Tie
from portrea.web.steering.services import news as services
from web.accounts.conftest import connected, person
from web.steering.network_case import EPCI, structures, tied

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.offer.models import Place

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
PAGE = "/pilotage/annuaire/epci/243500550/"
FEED = f"{PAGE}nouvelles.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def told(place: Place, **more: Any) -> dict[str, Any]:
    card = {"kind": "action", "title": "Ateliers du jeudi", "words": "Six séances, gratuites."}
    return card | {"place": place.pk, "audience": "public", "link": "", "day": "",
                   "until": (today_in(EPCI) + timedelta(days=30)).isoformat()} | more  # fmt: skip


def posted(place: Place, **more: Any) -> News:
    card = told(place, **more) | {"day": None}
    return services.news_post(actor=SYSTEM, place=place, told=card)


def test_a_structure_proposes_a_referent_reads_then_everybody_does(
    site: Client, connected: Callable[..., Any]
) -> None:
    _mairie, asso, *_rest = structures()
    assert "Aucune nouvelle en ce moment" in plain(site.get(PAGE))
    assert site.get(f"{PAGE}proposer/").status_code == 302
    connected("acteur commune:35133", structure=asso.pk)
    assert site.post(f"{PAGE}proposer/", told(asso))["Location"] == PAGE
    made = News.objects.get()
    assert made.state == News.State.WAITING
    assert "Ateliers du jeudi" not in plain(site.get(PAGE))
    connected(f"referent {EPCI}")
    assert "À relire" in plain(site.get(PAGE))
    step = f"/pilotage/annuaire/nouvelles/{made.pk}/"
    site.post(step, {"faire": "publier", "territoire": EPCI})
    site.logout()
    page = plain(site.get(PAGE))
    assert "Ateliers du jeudi" in page
    assert "Six séances, gratuites." in page
    assert "À relire" not in page
    assert site.post(step, {"faire": "retirer", "territoire": EPCI}).status_code == 302
    made.refresh_from_db()
    assert made.state == News.State.SHOWN, "a visitor withdraws nothing"
    connected("acteur commune:35133", structure=asso.pk)
    site.post(step, {"faire": "retirer", "territoire": EPCI})
    assert "Ateliers du jeudi" not in plain(site.get(PAGE))
    assert site.post(step, {"faire": "publier", "territoire": EPCI}).status_code == 403
    assert site.post(step, {"faire": "rien", "territoire": EPCI}).status_code == 404


def test_between_actors_is_not_for_visitors_nor_in_the_feed(
    site: Client, connected: Callable[..., Any]
) -> None:
    mairie, asso, *_rest = structures()
    posted(asso, title="Cherche une salle", audience="acteurs", kind="partenaire")
    posted(mairie, title="Permanence du matin & du soir", kind="permanence")
    page = plain(site.get(PAGE))
    assert "Permanence du matin" in page
    assert "Cherche une salle" not in page
    entries = ET.fromstring(site.get(FEED).content).findall(f"{ATOM}entry")
    titles = [one.findtext(f"{ATOM}title") for one in entries]
    assert titles == ["Mairie d’Iffendic : Permanence du matin & du soir"]
    connected("elu epci:243500618")
    assert "Cherche une salle" in plain(site.get(PAGE))


def test_what_is_past_or_hidden_is_shown_no_more(site: Client) -> None:
    mairie, asso, *_rest = structures()
    old = posted(asso)
    News.objects.filter(pk=old.pk).update(until=today_in(EPCI) - timedelta(days=1))
    shut = posted(mairie, title="Fermée")
    shut.place.status = "closed"
    shut.place.save()
    page = plain(site.get(PAGE))
    assert "Ateliers du jeudi" not in page
    assert "Fermée" not in page
    assert ET.fromstring(site.get(FEED).content).findall(f"{ATOM}entry") == []


def test_what_is_wrong_is_said_and_nothing_is_lost(
    site: Client, connected: Callable[..., Any]
) -> None:
    _mairie, asso, *_rest = structures()
    connected("acteur commune:35133", structure=asso.pk)
    today = today_in(EPCI)
    for until, words in ((today - timedelta(days=1), "Ce jour est passé"),
                         (today + timedelta(days=400), "plus d’un an")):  # fmt: skip
        page = plain(site.post(f"{PAGE}proposer/", told(asso, until=until.isoformat())))
        assert words in page
        assert "Six séances, gratuites." in page
    secret = told(asso, words="Le mot de passe est loulou35, venez.")
    assert "mot de passe" in plain(site.post(f"{PAGE}proposer/", secret))
    assert not News.objects.exists()
    named = told(asso, words="Appelez le 06 12 34 56 78.")
    site.post(f"{PAGE}proposer/", named)
    assert "06 12 34 56 78" not in News.objects.get().words


def test_a_flood_is_stopped(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    _mairie, asso, *_rest = structures()
    monkeypatch.setattr(services, "MOST_WAITING", 1)
    hers = person("acteur commune:35133", structure=asso.pk)
    card = told(asso) | {"day": None}
    services.news_post(actor=hers, place=asso, told=card)
    with pytest.raises(services.DataError, match="Trop de nouvelles"):
        services.news_post(actor=hers, place=asso, told=card)
    with pytest.raises(RefusedError):
        services.news_review(actor=hers, news=News.objects.get().pk, state="montree")


def test_news_and_ended_links_are_erased_in_their_time(db: None) -> None:
    mairie, asso, *_rest = structures()
    posted(asso)
    News.objects.update(until="2026-01-01")
    link = tied(mairie, asso)
    link.ended = datetime(2020, 1, 1, tzinfo=UTC)
    link.save()
    kept = tied(mairie, asso)
    before = datetime(2026, 6, 1, tzinfo=UTC)
    for erase, model in ((erasing.news, News), (erasing.ties, Tie)):
        count = model.objects.count()
        assert erase(before, dry_run=True) == 1
        assert model.objects.count() == count
        assert erase(before, dry_run=False) == 1
    assert [one.pk for one in Tie.objects.all()] == [kept.pk]


def test_the_page_asks_few_queries(site: Client, django_assert_max_num_queries: Any) -> None:
    for one in structures(*(f"Structure {rank}" for rank in range(20))):
        posted(one)
    site.get(PAGE)
    with django_assert_max_num_queries(8):
        site.get(PAGE)
