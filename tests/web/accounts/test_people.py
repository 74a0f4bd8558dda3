"""Invitations and roles: who may give what where, and what a link can and cannot do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from portrea.base.errors import ParameterError
from portrea.web.accounts import services, structures
from portrea.web.accounts.models import Invitation, JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, RefusedError, may
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
NEW = {"new_password1": PASSWORD, "new_password2": PASSWORD}


@pytest.fixture
def demo(demo_home: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_home


@pytest.fixture
def census() -> Iterator[None]:
    """A room that keeps places: one structure, in Montfort-sur-Meu."""
    known = {"12": structures.Structure("12", "CCAS de Montfort", "commune:35188")}
    before = list(structures._lookups)
    structures.register(known.get)
    yield
    structures._lookups[:] = before


@pytest.fixture
def receive(run_tasks: Callable[[], None]) -> Callable[[], str]:
    """Do the background work and return the path of the link in the last e-mail."""

    def read() -> str:
        run_tasks()
        return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[-1].body)[1]

    return read


def invite(client: Client, **fields: str) -> object:
    content = {"email": "nouvelle@exemple.org", "role": "referent", "territory": "commune:35188"}
    return client.post("/compte/personnes/inviter/", {**content, **fields}, follow=True)


def test_from_the_invitation_to_the_role(
    client: Client, connected: Callable[..., User], receive: Callable[[], str]
) -> None:
    connected("referent epci:243500550", email="chef@exemple.org")
    answer = invite(client)
    assert "L’invitation part par courriel" in answer.content.decode()
    assert "nouvelle@exemple.org" in answer.content.decode()
    link = receive()
    assert "chef@exemple.org vous confie le rôle" in mail.outbox[0].body
    client.logout()
    page = client.get(link).content.decode()
    assert "Montfort-sur-Meu" in page
    assert not User.objects.filter(email="nouvelle@exemple.org").exists(), "reading opens nothing"
    welcome = client.post(link, NEW, follow=True).content.decode()
    assert "Bienvenue" in welcome
    assert "nouvelle@exemple.org" in welcome
    new = User.objects.get(email="nouvelle@exemple.org")
    assert may(new, "place.edit", "commune:35188")
    assert not may(new, "place.edit", "commune:35001")
    again = client.get(link)
    assert again.status_code == 410
    assert "déjà servi" in again.content.decode()
    acts = JournalEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["account.invite", "account.invite.accept"]
    assert "nouvelle" not in str(list(JournalEntry.objects.values_list("after", "before")))


def test_a_weak_password_is_refused(
    client: Client, connected: Callable[..., User], receive: Callable[[], str]
) -> None:
    connected("referent epci:243500550")
    invite(client)
    link = receive()
    client.logout()
    page = client.post(link, {"new_password1": "motdepasse", "new_password2": "motdepasse"})
    assert "À corriger" in page.content.decode()
    assert not User.objects.filter(email="nouvelle@exemple.org").exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"territory": "commune:35001"}, "ne vous est pas permis ici"),
        ({"territory": "departement:35"}, "ne vous est pas permis ici"),
        ({"territory": ""}, "ne vous est pas permis ici"),
        ({"role": "administrateur"}, "Sélectionnez un choix valide"),
        ({"role": "acteur"}, "se donne sur une structure"),
        ({"territory": "nulle part"}, "Territoire inconnu"),
        ({"email": "pas une adresse"}, "adresse"),
    ],
)
def test_no_more_than_one_may(
    client: Client, connected: Callable[..., User], fields: dict[str, str], said: str
) -> None:
    connected("referent epci:243500550")
    page = invite(client, **fields).content.decode()
    assert said in page
    assert not Invitation.objects.exists()


@pytest.mark.usefixtures("census")
def test_a_structure_is_given_from_its_page(
    client: Client, connected: Callable[..., User], receive: Callable[[], str]
) -> None:
    connected("referent epci:243500550")
    page = client.get("/compte/personnes/inviter/?structure=12").content.decode()
    assert "CCAS de Montfort" in page
    invite(client, role="acteur", territory="", structure="12")
    client.logout()
    link = receive()
    client.post(link, NEW)
    keeper = User.objects.get(email="nouvelle@exemple.org")
    assert may(keeper, "place.edit", "commune:35188", structure="12")
    assert not may(keeper, "place.edit", "commune:35188", structure="13")
    assert "CCAS de Montfort" in client.get("/compte/").content.decode()


@pytest.mark.usefixtures("census")
def test_a_keeper_shares_her_structure_and_no_other(
    client: Client, connected: Callable[..., User]
) -> None:
    connected("acteur commune:35188", structure="12")
    refused = invite(client, role="acteur", territory="", structure="99")
    assert "ne vous est pas permis ici" in refused.content.decode()
    assert not Invitation.objects.exists()
    invite(client, role="acteur", territory="", structure="12")
    assert Invitation.objects.get().structure == "12"


def test_a_known_address_connects_to_accept(
    client: Client, person: Callable[..., User], receive: Callable[[], str]
) -> None:
    known = person("elu commune:35001", email="nouvelle@exemple.org")
    services.invitation_send(
        actor=SYSTEM, email="Nouvelle@exemple.org", role="referent", territory="epci:243500550"
    )
    link = receive()
    answer = client.get(link)
    assert answer["Location"] == f"/connexion/?next={link}"
    client.force_login(person("referent"))
    assert client.post(link).status_code == 302, "another person cannot take it"
    assert known.memberships.count() == 1
    client.force_login(known)
    assert "Accepter ce rôle" in client.get(link).content.decode()
    client.post(link)
    assert known.memberships.count() == 2
    assert User.objects.filter(email__iexact="nouvelle@exemple.org").count() == 1


def test_the_link_expires_or_is_taken_back(
    client: Client, connected: Callable[..., User], receive: Callable[[], str]
) -> None:
    with time_machine.travel("2026-11-01T10:00Z", tick=False) as now:
        connected("referent epci:243500550")
        invite(client)
        link = receive()
        now.shift(timedelta(days=15))
        assert "expiré" in client.get(link).content.decode()
    connected("referent epci:243500550")
    invite(client)
    link = receive()
    key = Invitation.objects.first().pk
    client.post(f"/compte/invitations/{key}/annuler/")
    refused = client.get(link)
    assert refused.status_code == 410
    assert "plus valable" in refused.content.decode()


@pytest.mark.parametrize("cut", [lambda t: t[:-3] + "/", lambda t: t.replace(":", ".", 1)])
def test_a_cut_link_says_so(
    client: Client, receive: Callable[[], str], cut: Callable[[str], str]
) -> None:
    services.invitation_send(actor=SYSTEM, email="a@exemple.org", role="elu")
    answer = client.get(cut(receive()))
    assert answer.status_code == 410
    assert "coupé" in answer.content.decode()


def test_who_lost_her_role_no_longer_gives_it(
    client: Client, connected: Callable[..., User], receive: Callable[[], str]
) -> None:
    chef = connected("referent epci:243500550")
    invite(client)
    link = receive()
    chef.memberships.all().delete()
    client.logout()
    answer = client.post(link, NEW)
    assert answer.status_code == 403
    assert "ne peut plus confier ce rôle" in answer.content.decode()
    assert not User.objects.filter(email="nouvelle@exemple.org").exists()


def test_people_of_my_territory_only(
    client: Client, connected: Callable[..., User], person: Callable[..., User]
) -> None:
    person("referent commune:35188", email="ici@exemple.org")
    person("referent commune:35001", email="ailleurs@exemple.org")
    connected("referent epci:243500550")
    page = client.get("/compte/personnes/").content.decode()
    assert "ici@exemple.org" in page
    assert "ailleurs@exemple.org" not in page


def test_a_role_is_taken_back_where_it_may_be(
    client: Client, connected: Callable[..., User], person: Callable[..., User]
) -> None:
    here = person("referent commune:35188").memberships.get()
    above = person("referent departement:35").memberships.get()
    chief = person("administrateur commune:35188").memberships.get()
    connected("referent epci:243500550")
    for row in (above, chief):
        assert client.post(f"/compte/personnes/{row.pk}/retirer/").status_code == 403
    client.post(f"/compte/personnes/{here.pk}/retirer/")
    assert set(Membership.objects.values_list("pk", flat=True)) >= {above.pk, chief.pk}
    assert not Membership.objects.filter(pk=here.pk).exists()
    assert JournalEntry.objects.get().act == "account.revoke"


def test_the_last_administrator_stays(person: Callable[..., User]) -> None:
    chief = person("administrateur")
    with pytest.raises(ParameterError, match="dernier"):
        services.role_revoke(actor=SYSTEM, membership=chief.memberships.get().pk)
    with pytest.raises(ParameterError, match="dernier"):
        services.account_close(user=chief)
    person("administrateur")
    services.account_close(user=chief)


def test_services_ask_too(person: Callable[..., User]) -> None:
    """A page forgotten by a decorator would still be stopped."""
    elected = person("elu departement:35")
    with pytest.raises(RefusedError):
        services.invitation_send(actor=elected, email="a@exemple.org", role="elu")
    row = person("referent commune:35188").memberships.get()
    with pytest.raises(RefusedError):
        services.role_revoke(actor=elected, membership=row.pk)


def test_an_unknown_role_is_a_bad_request() -> None:
    with pytest.raises(ParameterError, match="Rôle inconnu"):
        services.invitation_send(actor=SYSTEM, email="a@exemple.org", role="roi")
    with pytest.raises(ParameterError, match="Rôle inconnu"):
        services.invitation_send(actor=SYSTEM, email="a@exemple.org", role="visiteur")
