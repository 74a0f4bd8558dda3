"""Nobody reads nor decides for a place of another territory, by any address of the census."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.offer import work_urls
from portrea.web.offer.models import Ask, Campaign, ImportBatch, Merge, Place, Proposal, Question
from portrea.web.offer.services import import_apply, import_receive, place_fix, place_merge
from portrea.web.offer.services.campaigns import ask_heard, campaign_open
from portrea.web.offer.services.links import link_issue
from portrea.web.offer.services.proposals import (
    proposal_attach,
    proposal_decide,
    proposal_submit,
)
from web.offer.census import applied, record, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db

SECRET = "Ailleurs-secret"
OPEN = {"contribute", "report", "confirm", "confirm-correct", "confirm-refuse"}
"""Pages of those who hold a link or read a public page: no role is asked."""
LISTS = {"addresses", "campaigns", "duplicates", "emails", "hours-list", "imports", "links",
         "moderation", "moderation-many", "sheets"}  # fmt: skip
"""Pages that show a list: what lies elsewhere is not in it."""


@dataclass(frozen=True)
class Elsewhere:
    """Things of Rennes (35238), which a référent of Iffendic (35133) must not touch."""

    place: Place
    proposal: Proposal
    question: Question
    campaign: Campaign
    ask: Ask
    link: int
    batch: ImportBatch
    merge: Merge

    def arguments(self, name: str) -> dict[str, object]:
        """Arguments of a route, all of them of elsewhere."""
        if name.startswith("place") or name in ("link-for", "address", "hours-read"):
            return {"place_id": self.place.pk}
        if name == "fix-withdraw":
            return {"fix": self.place.fixes.get().pk}
        if name == "pair":
            return {"left": self.place.pk, "right": self.merge.absorbed_id}
        keys = {
            "campaign": self.campaign.pk,
            "import": self.batch.pk,
            "link": self.link,
            "merge": self.merge.pk,
            "proposal": self.proposal.pk,
            "moderation": self.question.pk,
        }
        found: dict[str, object] = {"key": keys[name.partition("-")[0]]}
        return found | ({"ask": self.ask.pk} if name == "campaign-heard" else {})


def elsewhere(number: str, **fields: str) -> object:
    return record(number, name=SECRET, commune="35238", city="Rennes", **fields)


@pytest.fixture
def other() -> Elsewhere:
    """A whole census at Rennes, made by the system."""
    applied(record("1", name="CCAS d’ici", emails=["ccas@ici.fr"]), source="ici")
    places = [elsewhere("8", phone="+33299000000", emails=["accueil@ailleurs-secret.fr"]),
              elsewhere("9")]  # fmt: skip
    batch = import_receive(actor=SYSTEM, source="ailleurs", level="commune", code="35238")
    batch = import_apply(actor=SYSTEM, batch=batch, places=places)
    first, second = Place.objects.filter(commune="35238").order_by("pk")
    place_fix(actor=SYSTEM, place_id=first.pk, version=1, changes={"phone": "+33299000001"})
    question = Question.objects.create(place=first, path="phone", source="x", fixed="a", told="b")
    proposal = proposal_submit(
        actor=SYSTEM, kind="fix", title=SECRET, territory=None, place=first,
        content={"address": "2 rue"},
    )  # fmt: skip
    campaign = campaign_open(actor=SYSTEM, title=SECRET, territory="commune:35238")
    link = link_issue(actor=SYSTEM, label=SECRET, territory="commune:35238")
    merge = place_merge(actor=SYSTEM, kept=first.pk, absorbed=second.pk)
    ask = Ask.objects.filter(campaign=campaign).order_by("pk")[0]
    first.refresh_from_db()
    return Elsewhere(first, proposal, question, campaign, ask, link.pk, batch, merge)


ROUTES = [pattern.name for pattern in work_urls.urlpatterns if pattern.name not in OPEN]


def asked(client: Client, address: str, method: str, place: Place) -> HttpResponse:
    posted = {
        "version": "1", "accept": "1", "champ": "address", "take": "1", "avis": "apart",
        "reason": "false", "refuse": "1", "name": "Pris", "same": place.pk,
    }  # fmt: skip
    return client.get(address) if method == "get" else client.post(address, posted, follow=True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [name for name in ROUTES if name not in LISTS])
def test_a_thing_of_elsewhere_is_refused(
    name: str, method: str, other: Elsewhere, connected: Callable[..., User], client: Client
) -> None:
    address = reverse(name, kwargs=other.arguments(name))
    before = state(), list(Proposal.objects.values()), list(Ask.objects.values())
    for rank, role in enumerate(("referent", "technicien", "elu")):
        connected(f"{role} commune:35133", email=f"{rank}@exemple.org")
        answer = asked(client, address, method, other.place)
        assert answer.status_code in (403, 404, 405), (name, role)
        assert SECRET not in answer.content.decode()
    assert (state(), list(Proposal.objects.values()), list(Ask.objects.values())) == before


@pytest.mark.parametrize("territory", ["", "commune:35238", "departement:35", "france:FR", "x"])
@pytest.mark.parametrize("name", sorted(LISTS - {"moderation-many"}))
def test_lists_stop_at_ones_territory(
    name: str, territory: str, other: Elsewhere, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    asked_for = {"territoire": territory, "lien": str(other.link)}
    page = client.get(reverse(name), asked_for).content.decode()
    assert SECRET not in page
    assert "ailleurs-secret" not in page


def test_many_at_once_decides_nothing_of_elsewhere(
    other: Elsewhere, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    line = f"{other.proposal.pk}:{other.proposal.version}"
    page = client.post("/espace/moderation/lot/", {"ligne": line, "avis": "accept"}, follow=True)
    assert SECRET not in page.content.decode()
    assert Proposal.objects.get().state == "waiting"


def test_services_ask_on_their_own(other: Elsewhere, person: Callable[..., User]) -> None:
    who = person("referent commune:35133")
    mine = proposal_submit(
        actor=SYSTEM, kind="new", title="Ici", territory="commune:35133",
        content={"name": "Ici", "commune": "35133"},
    )  # fmt: skip
    with pytest.raises(RefusedError):
        proposal_decide(actor=who, key=other.proposal.pk, version=1, verdict="accept")
    with pytest.raises(RefusedError):
        proposal_attach(actor=who, key=mine.pk, version=1, place_id=other.place.pk)
    with pytest.raises((RefusedError, PortreaError)):
        ask_heard(actor=who, campaign=other.campaign.pk, key=other.ask.pk)


@pytest.mark.parametrize("role", ["technicien", "elu"])
def test_who_reads_does_not_decide(
    role: str, other: Elsewhere, connected: Callable[..., User], client: Client
) -> None:
    connected(f"{role} commune:35238")
    page = client.get("/espace/moderation/").content.decode()
    assert SECRET in page
    assert 'name="ligne"' not in page
    assert 'value="accept"' not in page
    url = f"/espace/moderation/{other.proposal.pk}/"
    assert "Accepter" not in client.get(url).content.decode()
    assert client.post(url, {"accept": "1", "version": "1"}).status_code == 403
    board = client.get(f"/espace/campagnes/{other.campaign.pk}/").content.decode()
    assert "Clore la campagne" not in board
    assert client.post(f"/espace/campagnes/{other.campaign.pk}/clore/").status_code == 403


def test_a_place_that_moves_changes_hands(
    other: Elsewhere, connected: Callable[..., User], client: Client
) -> None:
    place_fix(
        actor=SYSTEM, place_id=other.place.pk, version=other.place.version,
        changes={"commune": "35133", "city": "Iffendic"},
    )  # fmt: skip
    connected("referent commune:35133")
    assert client.get(f"/espace/lieux/{other.place.pk}/").status_code == 200
    connected("referent commune:35238", email="ancien@exemple.org")
    assert client.get(f"/espace/lieux/{other.place.pk}/").status_code == 403
