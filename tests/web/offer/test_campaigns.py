"""Campaigns: asked once, reminded once, answered by a link that a scanner cannot trigger."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from portrea.base.errors import DataError
from portrea.offer.freshness import AskState
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.offer.models import Ask, Campaign, OptOut, Place, Proposal
from portrea.web.offer.services.campaigns import (
    campaign_ask,
    campaign_open,
    campaigns_follow,
    digest_of_address,
)
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
HERE = "commune:35133"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = "2024-01-01"


@pytest.fixture(autouse=True)
def frozen() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def campaign() -> Campaign:
    services = [{"block": "aide", "key": "aide"}]
    applied(
        record("1", name="CCAS", emails=["ccas@iffendic.fr"], updated=OLD, services=services),
        record("2", name="Mairie", emails=["jeanne.martin@gmail.com"], updated=OLD),
        record("3", name="Fraîche", emails=["info@fraiche.fr"], updated="2026-11-01"),
        record("4", name="Médiathèque", emails=["mediatheque@iffendic.fr"], updated=OLD),
    )
    return campaign_open(actor=SYSTEM, title="Hiver", territory=HERE)


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"(/confirmer/[^\s/]+/)\n", message.body)
    assert found, message.body
    return found[1]


def asked(run_tasks: Callable[[], None], campaign: Campaign) -> list[mail.EmailMessage]:
    campaign_ask(actor=SYSTEM, key=campaign.pk)
    run_tasks()
    return sorted(mail.outbox, key=lambda m: m.to[0])


def test_whom_to_ask_and_who_is_written_to(
    campaign: Campaign, run_tasks: Callable[[], None]
) -> None:
    assert sorted(campaign.asks.values_list("place__name", flat=True)) == [
        "CCAS", "Mairie", "Médiathèque",
    ]  # fmt: skip
    sent = asked(run_tasks, campaign)
    assert [m.to for m in sent] == [["ccas@iffendic.fr"], ["mediatheque@iffendic.fr"]]
    assert campaign.asks.get(place__name="Mairie").state == "not_asked", "a person's address"
    assert campaign_ask(actor=SYSTEM, key=campaign.pk) == (0, 1), "nobody is asked twice"


def test_looking_confirms_nothing_the_button_does(
    campaign: Campaign, run_tasks: Callable[[], None], client: Client
) -> None:
    address = link_in(asked(run_tasks, campaign)[0])
    place = Place.objects.get(name="CCAS")
    page = client.get(address).content.decode()
    client.head(address)
    assert "Rien n’a changé" in page
    assert Ask.objects.get(place=place).state == "asked"
    assert Place.objects.get(pk=place.pk).confirmed is None
    assert "confirmé" in client.post(address).content.decode()
    assert Ask.objects.get(place=place).state == "confirmed"
    assert Place.objects.get(pk=place.pk).confirmed == date(2026, 11, 22)


def test_a_sheet_without_service_is_confirmed_too(
    campaign: Campaign, run_tasks: Callable[[], None], client: Client
) -> None:
    client.post(link_in(asked(run_tasks, campaign)[1]))
    assert Place.objects.get(name="Médiathèque").updated == date(2026, 11, 22)


def test_corrected_by_the_same_link(
    campaign: Campaign, run_tasks: Callable[[], None], client: Client
) -> None:
    address = link_in(asked(run_tasks, campaign)[0]) + "corriger/"
    page = client.get(address).content.decode()
    seen = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    client.post(address, {"about": "fix", "seen": seen, "phone": "02 99 00 00 00"})
    proposal = Proposal.objects.get()
    assert (proposal.origin, proposal.content) == ("campaign", {"phone": "+33299000000"})
    assert Ask.objects.get(place__name="CCAS").state == "changed"
    assert Place.objects.get(name="CCAS").phone == "", "the référent reads it over"


def test_refusing_is_kept_without_the_address(
    campaign: Campaign, run_tasks: Callable[[], None], client: Client
) -> None:
    address = link_in(asked(run_tasks, campaign)[0]) + "ne-plus-ecrire/"
    client.get(address)
    assert not OptOut.objects.exists(), "looking refuses nothing"
    client.post(address)
    assert OptOut.objects.get().digest == digest_of_address("CCAS@iffendic.fr")
    assert Ask.objects.get(place__name="CCAS").state == "opted_out"
    again = campaign_open(actor=SYSTEM, title="Encore", territory=HERE)
    mail.outbox.clear()
    assert [m.to for m in asked(run_tasks, again)] == [["mediatheque@iffendic.fr"]]


def test_one_reminder_then_no_more(
    campaign: Campaign, run_tasks: Callable[[], None], frozen: time_machine.Coordinates
) -> None:
    asked(run_tasks, campaign)
    mail.outbox.clear()
    assert campaigns_follow() == {"remind": 0, "give_up": 0}
    frozen.move_to(datetime(2026, 12, 7, 12, tzinfo=UTC))
    assert campaigns_follow() == {"remind": 2, "give_up": 0}
    run_tasks()
    assert len(mail.outbox) == 2
    assert mail.outbox[0].subject.startswith("Rappel")
    frozen.move_to(datetime(2026, 12, 22, 12, tzinfo=UTC))
    assert campaigns_follow() == {"remind": 0, "give_up": 2}
    assert campaigns_follow() == {"remind": 0, "give_up": 0}


def test_the_link_expires_and_cannot_be_forged(
    campaign: Campaign,
    run_tasks: Callable[[], None],
    client: Client,
    frozen: time_machine.Coordinates,
) -> None:
    address = link_in(asked(run_tasks, campaign)[0])
    assert client.post("/confirmer/forge/").status_code == 410
    frozen.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    assert client.post(address).status_code == 410
    assert Place.objects.get(name="CCAS").confirmed is None


def test_who_may(campaign: Campaign, person: Callable[..., User]) -> None:
    for who in (person("elu commune:35133"), person("referent commune:35001")):
        with pytest.raises(RefusedError):
            campaign_ask(actor=who, key=campaign.pk)
    with pytest.raises(DataError, match="à jour"):
        campaign_open(actor=SYSTEM, title="Vide", territory="commune:35001")


def test_the_board_and_the_addresses_to_copy(
    campaign: Campaign, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    assert "Hiver" in client.get("/espace/campagnes/").content.decode()
    client.post(f"/espace/campagnes/{campaign.pk}/envoyer/")
    board = client.get(f"/espace/campagnes/{campaign.pk}/").content.decode()
    assert "<b>2</b> demandé" in board
    OptOut.objects.create(digest=digest_of_address("info@fraiche.fr"))
    page = client.get("/espace/courriels/").content.decode()
    assert "ccas@iffendic.fr, mediatheque@iffendic.fr" in page
    outlook = client.get("/espace/courriels/?pour=point-virgule").content.decode()
    assert "ccas@iffendic.fr; mediatheque@iffendic.fr" in outlook
    assert "mailto:?bcc=ccas@iffendic.fr,mediatheque@iffendic.fr" in page
    assert "jeanne" not in page
    assert "fraiche" not in page
    client.post(f"/espace/campagnes/{campaign.pk}/clore/")
    assert "Clore" not in client.get(f"/espace/campagnes/{campaign.pk}/").content.decode()
    client.logout()
    connected("elu commune:35133")
    assert client.get("/espace/courriels/").status_code == 403
    assert client.get(f"/espace/campagnes/{campaign.pk}/").status_code == 200


def test_heard_by_telephone_whether_written_to_or_not(
    campaign: Campaign, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    ask = campaign.asks.get(place__name="Mairie")
    board = client.get(f"/espace/campagnes/{campaign.pk}/").content.decode()
    assert "Écrire aux 2 structures" in board, "the one with no structure's address is called"
    page = client.post(f"/espace/campagnes/{campaign.pk}/confirmee/{ask.pk}/", follow=True)
    assert "Mairie : confirmé aujourd’hui" in page.content.decode()
    ask.refresh_from_db()
    assert ask.state == "confirmed"
    assert Place.objects.get(name="Mairie").updated == NOW.date()


def test_an_answer_counts_in_every_open_campaign(
    campaign: Campaign, run_tasks: Callable[[], None], client: Client, frozen: Any
) -> None:
    other = campaign_open(actor=SYSTEM, title="Département", territory="departement:35")
    address = link_in(asked(run_tasks, campaign)[0])
    campaign_ask(actor=SYSTEM, key=other.pk)
    client.post(address)
    states = Ask.objects.filter(place__name="CCAS").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["confirmed", "confirmed"]
    run_tasks()
    mail.outbox.clear()
    frozen.shift(15 * 86_400)
    campaigns_follow()
    run_tasks()
    assert {message.to[0] for message in mail.outbox} == {"mediatheque@iffendic.fr"}


def test_closing_twice_is_said_and_breaks_nothing(
    campaign: Campaign, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    for words in ("La campagne est close", "Cette campagne est close"):
        page = client.post(f"/espace/campagnes/{campaign.pk}/clore/", follow=True)
        assert words in page.content.decode()


def test_addresses_go_by_groups_that_a_mail_server_takes(
    connected: Callable[..., User], client: Client
) -> None:
    applied(*(record(str(n), name=f"Lieu {n}", emails=[f"accueil@lieu{n}.fr"]) for n in range(51)))
    connected("referent commune:35133")
    page = client.get("/espace/courriels/?pour=ligne").content.decode()
    assert page.count("mailto:?bcc=") == 2
    assert "Groupe 2" in page
    assert "accueil@lieu0.fr\naccueil@lieu1.fr" in page


def test_states_are_those_of_the_room() -> None:
    assert [(s.value, s.label) for s in Ask.State] == [(s.value, s.label) for s in AskState]
