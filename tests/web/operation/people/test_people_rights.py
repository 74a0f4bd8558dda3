"""What a person may have erased without an account; what an administrator finds for her."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.retention import registry
from portrea.web.offer.models import OptOut, Proposal
from portrea.web.offer.services.campaigns import digest_of_address
from portrea.web.operation.people.kinds import KINDS
from portrea.web.operation.people.search import people_erase
from portrea.web.steering.models import Voice
from web.accounts.conftest import connected, person
from web.accounts.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
SEARCH = "/espace/demandes-donnees/"
ADDRESS = "jeanne@exemple.org"


@pytest.fixture
def world(person: Callable[..., User]) -> World:
    """A territory in which things are kept of somebody."""
    return World("OURS", person())


def test_each_kind_says_how_and_leads_to_a_page_that_answers(client: Client) -> None:
    page = client.get("/vos-donnees/").content.decode()
    names = {entry.name for entry in registry()}
    for kind in KINDS:
        assert kind.entry in names
        assert str(kind.title) in page
        assert kind.duration in page
    links = re.findall(r'<dd><p>.*?<a href="([^"]+)"', page)
    assert len(links) == sum(bool(kind.page) for kind in KINDS)
    for link in links:
        assert client.get(link).status_code in {200, 302}, link


def test_a_code_is_found_then_erased_and_the_word_is_kept_nowhere(
    client: Client, connected: Callable[..., User], world: World
) -> None:
    voice = world.fill("steering.Voice", code="abcd2345")
    other = world.fill("steering.Voice", code="wxyz6789")
    connected("administrateur")
    page = client.post(SEARCH, {"word": " ABCD2345 "}).content.decode()
    assert "Parole donnée au comité" in page
    client.post(SEARCH, {"word": "abcd2345", "effacer": "oui"})
    assert list(Voice.objects.all()) == [other]
    lines = JournalEntry.objects.filter(act="people.rights")
    assert [line.target_id for line in lines.order_by("pk")] == ["consulte", "consulte", "efface"]
    assert voice.code not in str([(line.before, line.after, line.reason) for line in lines])


def test_an_address_is_erased_from_what_carries_it(world: World) -> None:
    told = world.fill("offer.Proposal", email=ADDRESS)
    world.fill("action.Reminder", contact=ADDRESS)
    kept = world.fill("action.Reminder", contact="autre@exemple.org")
    OptOut.objects.create(digest=digest_of_address(ADDRESS))
    assert people_erase(actor=SYSTEM, word=ADDRESS.upper()) == 2
    assert Proposal.objects.get(pk=told.pk).email == ""
    assert list(type(kept).objects.all()) == [kept]
    assert OptOut.objects.exists(), "erasing it would have us write again"


def test_nothing_is_found(client: Client, connected: Callable[..., User]) -> None:
    connected("administrateur")
    assert "Rien n’est gardé" in client.post(SEARCH, {"word": "zzzz"}).content.decode()
    assert client.post(SEARCH, {"word": " "}).status_code == 400


def test_only_administrators_search(client: Client, connected: Callable[..., User]) -> None:
    connected("referent departement:35")
    assert client.post(SEARCH, {"word": ADDRESS}).status_code == 403
