"""What the journal says of security: each way in, each refusal, never who nor what was typed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts import sign_in
from portrea.web.accounts.models import User
from portrea.web.operation.logs.lines import JsonFormatter, fields
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

EMAIL = "jeanne.dupont@exemple.org"
SECRET = "un secret que personne ne lit"


@pytest.fixture(autouse=True)
def _at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="portrea.security")


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [fields(one) for one in caplog.records if one.name == "portrea.security"]


@pytest.fixture
def jeanne(db: None) -> User:
    return User.objects.create_user(EMAIL, PASSWORD)


def test_each_way_in_has_its_line(
    client: Client, jeanne: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/connexion/", {"username": EMAIL, "password": PASSWORD})
    client.post("/deconnexion/")
    token = sign_in.login_link_make(user=jeanne)
    client.post(f"/connexion/lien/{token}/")
    told = events(caplog)
    assert [one["event"] for one in told] == ["entered", "left", "entered"]
    assert {one["level"] for one in told} == {"INFO"}


def test_a_refusal_has_its_line_without_who(
    client: Client, jeanne: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/connexion/", {"username": EMAIL, "password": SECRET})
    (told,) = events(caplog)
    assert (told["event"], told["level"]) == ("entry-refused", "WARNING")
    written = "".join(JsonFormatter().format(one) for one in caplog.records)
    assert not any(word in written for word in (EMAIL, SECRET, "jeanne"))


def test_a_refused_page_has_its_line(
    client: Client, jeanne: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(jeanne)
    assert client.get("/journal/").status_code == 403
    told = events(caplog)[-1]
    assert (told["event"], told["method"], told["route"]) == ("refused", "GET", "journal")


def test_too_many_tries_have_their_line(
    client: Client, jeanne: User, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(11):
        client.post("/connexion/", {"username": EMAIL, "password": SECRET})
    told = [one["event"] for one in events(caplog)]
    assert told == [*["entry-refused"] * 10, "too-many"]
