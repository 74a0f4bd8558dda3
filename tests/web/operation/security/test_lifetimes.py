"""How long what opens a door lasts: the table, the code and the page of the documentation agree."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
import yaml
from django.conf import settings

from portrea.web.accounts.models import User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).parents[4]
DURATIONS = yaml.safe_load((ROOT / "tests/cases/operation/lifetimes.yaml").read_text("utf-8"))
EMAIL = "personne@exemple.org"
NOON = "2026-11-23T12:00Z"


@pytest.mark.parametrize("name", DURATIONS["durations"])
def test_the_code_and_the_page_say_the_same(name: str) -> None:
    card = DURATIONS["durations"][name]
    module, constant = card["held_by"].split(":")
    held = getattr(settings if module == "settings" else import_module(module), constant)
    seconds = held.total_seconds() if isinstance(held, timedelta) else held
    assert seconds == card["seconds"]
    page = (ROOT / "docs/developpeurs/securite.md").read_text("utf-8")
    assert f"| {name} | {card['said']} |" in page


def is_connected(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def connect(client: Client, **fields: object) -> None:
    User.objects.create_user(EMAIL, PASSWORD, **fields)
    done = client.post("/connexion/", {"username": EMAIL, "password": PASSWORD})
    assert done.status_code == 302


@pytest.mark.django_db
def test_using_the_site_does_not_lengthen_a_connection(client: Client) -> None:
    """A week from the password, however often the session is written meanwhile."""
    with time_machine.travel(NOON, tick=False) as now:
        connect(client)
        for _ in range(6):
            now.shift(timedelta(days=1))
            session = client.session
            session["written"] = str(now)
            session.save()
            assert is_connected(client)
        now.shift(timedelta(days=1, seconds=1))
        assert not is_connected(client)


@pytest.mark.django_db
def test_an_administrator_is_connected_for_a_day_of_work(client: Client) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        connect(client, is_superuser=True)
        now.shift(timedelta(hours=11, minutes=59))
        assert is_connected(client)
        now.shift(timedelta(minutes=2))
        assert not is_connected(client)


@pytest.mark.django_db
def test_a_new_password_gives_a_new_session(client: Client) -> None:
    connect(client)
    first = client.cookies["sessionid"].value
    passwords = {"new_password1": PASSWORD + " !", "new_password2": PASSWORD + " !"}
    done = client.post("/compte/mot-de-passe/", {"old_password": PASSWORD, **passwords})
    assert done.status_code == 302
    assert is_connected(client)
    client.cookies["sessionid"] = first
    assert not is_connected(client)


@pytest.mark.django_db
def test_a_session_given_by_someone_else_is_not_the_one_connected(client: Client) -> None:
    """Fixation: an identifier known before the connection opens nothing after it."""
    given = client.session
    given["put"] = "there"
    given.save()
    client.cookies["sessionid"] = given.session_key
    connect(client)
    assert client.cookies["sessionid"].value != given.session_key
    client.cookies["sessionid"] = given.session_key
    assert not is_connected(client)


@pytest.mark.django_db
def test_leaving_kills_the_session_itself(client: Client) -> None:
    connect(client)
    key = client.cookies["sessionid"].value
    client.post("/deconnexion/")
    client.cookies["sessionid"] = key
    assert not is_connected(client)


@pytest.mark.django_db
def test_an_account_closed_by_an_administrator_is_out_at_once(client: Client) -> None:
    connect(client)
    User.objects.filter(email=EMAIL).update(is_active=False)
    assert not is_connected(client)
