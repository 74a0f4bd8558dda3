"""My own account: what is known of me, what I may change, how I leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts import journal, services
from portrea.web.accounts.models import Invitation, JournalEntry, User
from portrea.web.accounts.permissions import SYSTEM
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def test_who_has_no_role_still_owns_her_account(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(email="jeanne@exemple.org")
    page = client.get("/compte/").content.decode()
    assert "Aucun rôle pour le moment" in page
    assert "/compte/personnes/" not in page
    assert "/journal/" not in page
    assert client.get("/compte/mes-donnees.json").status_code == 200


def test_the_menu_shows_what_the_matrix_opens(
    client: Client, connected: Callable[..., User]
) -> None:
    connected("elu departement:35")
    page = client.get("/compte/").content.decode()
    assert '"/journal/"' in page
    assert '"/compte/personnes/"' not in page
    assert 'href="/compte/" aria-current="page"' in page


def test_name_shown(client: Client, connected: Callable[..., User]) -> None:
    user = connected("elu departement:35")
    client.post("/compte/", {"name": "  <b>Accueil</b> du CCAS "})
    user.refresh_from_db()
    assert user.name == "<b>Accueil</b> du CCAS"
    assert "<b>Accueil" not in client.get("/compte/").content.decode()


def test_all_my_data(client: Client, connected: Callable[..., User]) -> None:
    user = connected("referent departement:35", email="jeanne@exemple.org", name="Jeanne")
    journal.record(act="place.edit", actor=user, target=("place", "12"))
    services.invitation_send(
        actor=SYSTEM, email="JEANNE@exemple.org", role="elu", territory="commune:35188"
    )
    answer = client.get("/compte/mes-donnees.json")
    assert "attachment" in answer["Content-Disposition"]
    found = json.loads(answer.content)
    assert found["compte"]["courriel"] == "jeanne@exemple.org"
    assert found["roles"][0]["territoire"] == "departement:35"
    assert [line["acte"] for line in found["journal"]] == ["place.edit"]
    assert len(found["invitations_recues"]) == 1
    assert PASSWORD not in answer.content.decode()
    assert user.password not in answer.content.decode()


def test_new_password_disconnects_the_other_devices(
    client: Client, connected: Callable[..., User]
) -> None:
    from django.test import Client as Browser

    user = connected("elu departement:35")
    elsewhere = Browser()
    elsewhere.force_login(user)
    new = "une autre phrase très longue"
    fields = {"old_password": "faux", "new_password1": new, "new_password2": new}
    assert client.post("/compte/mot-de-passe/", fields).status_code == 200
    done = client.post("/compte/mot-de-passe/", {**fields, "old_password": PASSWORD})
    assert done.status_code == 302
    assert client.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302


def test_closing_my_account(client: Client, connected: Callable[..., User]) -> None:
    user = connected("referent departement:35", email="jeanne@exemple.org")
    journal.record(act="place.edit", actor=user, target=("place", "12"))
    services.invitation_send(actor=SYSTEM, email="Jeanne@exemple.org", role="elu")
    wrong = client.post("/compte/supprimer/", {"password": "faux"})
    assert "pas votre mot de passe" in wrong.content.decode()
    assert User.objects.exists()
    done = client.post("/compte/supprimer/", {"password": PASSWORD})
    assert "Votre compte est supprimé" in done.content.decode()
    assert not User.objects.exists()
    assert not Invitation.objects.exists()
    assert client.get("/compte/").status_code == 302
    lines = JournalEntry.objects.exclude(actor__kind="system").order_by("id")
    assert [line.act for line in lines] == ["place.edit", "account.own.close"]
    assert {str(line.actor) for line in lines} == {"une personne (identité effacée)"}
