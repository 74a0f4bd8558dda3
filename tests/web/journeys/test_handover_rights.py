"""Nobody reads, answers for or cancels an orientation of others, by any address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from portrea.base.errors import PortreaError
from portrea.web.accounts.models import Membership
from portrea.web.accounts.permissions import RefusedError
from portrea.web.journeys import handover_urls
from portrea.web.journeys.models import Handover
from portrea.web.journeys.services.handovers import (
    Told,
    handover_cancel,
    handover_forget,
    handover_reply,
    handover_send,
)
from portrea.web.journeys.services.senders import Sender, senders_of
from web.journeys.partners import SECRETS, census, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User
    from portrea.web.offer.models import Place

pytestmark = pytest.mark.django_db

BY_LINK = {"handover-received", "handover-silence"}
LISTS = {"handovers", "handover-new"}
ELSEWHERE_TESTED = {"demand-tell", "demands", "demands-csv"}
"""By test_unmet_demands."""
ROUTES = {str(pattern.name) for pattern in handover_urls.urlpatterns} - ELSEWHERE_TESTED
OTHERS = ("referent commune:35133", "referent commune:35238", "administrateur", "technicien")


@pytest.fixture
def places() -> dict[str, Place]:
    return census()


@pytest.fixture
def row(person: Callable[..., User], places: dict[str, Place]) -> Handover:
    """Sent by the CCAS of Rennes, a question waiting for its answer."""
    agent = person("acteur commune:35238", structure=places["CCAS de Rennes"].pk)
    made = sent(agent, places["CCAS d’Iffendic"])
    Handover.objects.update(state="question")
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(ROUTES - BY_LINK - LISTS))
def test_others_orientations_are_refused(
    name: str, method: str, row: Handover, connected: Callable[..., User], client: Client
) -> None:
    """Even to the référent of the territory, to the administrator and to another structure."""
    before = Handover.objects.values().get()
    elsewhere = row.place_id or ""
    people = [(role, "") for role in OTHERS] + [("acteur commune:35133", elsewhere)]
    for rank, (role, structure) in enumerate(people):
        connected(role, structure=structure, email=f"{rank}@exemple.org")
        told = {"version": row.version, "words": "pris"}
        answer = getattr(client, method)(reverse(name, kwargs={"key": row.pk}), told)
        assert answer.status_code in (403, 405), (name, role)
        assert not any(word in answer.content.decode() for word in SECRETS)
    assert Handover.objects.values().get() == before


def test_lists_show_ones_own_only(
    row: Handover, connected: Callable[..., User], client: Client
) -> None:
    for rank, role in enumerate(OTHERS):
        connected(role, email=f"{rank}@exemple.org")
        assert f"N° {row.pk}" not in client.get("/espace/orientations/").content.decode()
    connected("acteur commune:35238", structure=row.structure)
    assert f"N° {row.pk}" in client.get("/espace/orientations/").content.decode(), "a colleague"


@pytest.mark.parametrize("role", ["", "elu commune:35133"])
def test_who_may_not_send(
    role: str, places: dict[str, Place], connected: Callable[..., User], client: Client
) -> None:
    connected(*([role] if role else []))
    place = places["CCAS d’Iffendic"].pk
    for url in ("/espace/orientations/", f"/espace/orientations/vers/{place}/"):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code in (403, 405)


def test_a_role_taken_back_closes_what_was_sent(
    places: dict[str, Place], connected: Callable[..., User], client: Client
) -> None:
    user = connected("referent commune:35133")
    row = sent(user, places["CCAS d’Iffendic"])
    url = f"/espace/orientations/{row.pk}/"
    assert client.get(url).status_code == 200
    Membership.objects.filter(user=user).delete()
    assert client.get(url).status_code == 403


def test_services_ask_on_their_own(row: Handover, person: Callable[..., User]) -> None:
    for who in (person("referent commune:35238"), person("administrateur"), person()):
        for call in (
            lambda who=who: handover_cancel(actor=who, key=row.pk, version=row.version),
            lambda who=who: handover_reply(actor=who, key=row.pk, version=1, words="pris"),
            lambda who=who: handover_forget(actor=who, key=row.pk),
        ):
            with pytest.raises((RefusedError, PortreaError)):
                call()
    assert Handover.objects.get().state == "question"


def test_nobody_sends_in_the_name_of_others(
    places: dict[str, Place], person: Callable[..., User]
) -> None:
    who = person("acteur commune:35133", structure=places["Médiathèque"].pk)
    assert [sender.name for sender in senders_of(who)] == ["Médiathèque"]
    other = places["CCAS de Rennes"]
    told = Told(need="aide", days=7, nonce="n")
    for sender in (
        Sender("commune", "35238", other.pk, other.name),
        Sender("commune", "35133", "", "Iffendic"),
        Sender("france", "FR", "", "France"),
    ):
        with pytest.raises(RefusedError):
            handover_send(actor=who, place_id=other.pk, sender=sender, told=told)
    assert not Handover.objects.exists()


def test_the_same_form_of_someone_else_sends_nothing_of_hers(
    places: dict[str, Place], person: Callable[..., User]
) -> None:
    first, second = person("referent commune:35133"), person("referent commune:35238")
    place = places["CCAS d’Iffendic"]
    sent(first, place, nonce="volé")
    with pytest.raises((RefusedError, PortreaError)):
        sent(second, place, nonce="volé")
    assert Handover.objects.count() == 1
