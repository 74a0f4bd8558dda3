"""Connection, forgotten password, shared computer: what a person meets first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.models import ThrottleCount, User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str = "jeanne@exemple.org", **fields: str) -> object:
    return client.post("/connexion/", {"username": email, "password": PASSWORD, **fields})


def is_connected(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


@pytest.fixture
def jeanne(person: Callable[..., User]) -> User:
    return person("referent departement:35", email="jeanne@exemple.org")


@pytest.mark.usefixtures("jeanne")
def test_address_in_any_case_and_password(client: Client) -> None:
    assert not is_connected(client)
    answer = log_in(client, "JEANNE@exemple.org")
    assert (answer.status_code, answer["Location"]) == (302, "/compte/")
    assert is_connected(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "Référent" in client.get("/compte/").content.decode()
    assert client.post("/deconnexion/").status_code == 302
    assert not is_connected(client)


@pytest.mark.usefixtures("jeanne")
def test_wrong_password_and_unknown_address_get_the_same_answer(client: Client) -> None:
    wrong = client.post("/connexion/", {"username": "jeanne@exemple.org", "password": "non"})
    unknown = client.post("/connexion/", {"username": "jeanne@exemple.org2", "password": "non"})
    texts = [
        re.sub(r'value="[^"]*"|Référence[^<]*', "", answer.content.decode())
        for answer in (wrong, unknown)
    ]
    assert texts[0] == texts[1]
    assert "Adresse ou mot de passe inconnu" in texts[0]
    assert 'role="alert"' in texts[0]


def test_a_closed_account_does_not_enter(client: Client, jeanne: User) -> None:
    jeanne.is_active = False
    jeanne.save()
    assert log_in(client).status_code == 200
    assert not is_connected(client)


@pytest.mark.usefixtures("jeanne")
@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/journal/", "/journal/"),
        ("https://ailleurs.example/", "/compte/"),
        ("//ailleurs.example/", "/compte/"),
        ("javascript:alert(1)", "/compte/"),
    ],
)
def test_led_to_the_page_asked_for_and_never_elsewhere(
    client: Client, asked: str, led: str
) -> None:
    assert log_in(client, next=asked)["Location"] == led


@pytest.mark.usefixtures("jeanne")
def test_shared_computer(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        log_in(client, shared="on")
        assert client.cookies["sessionid"]["max-age"] == ""  # ends with the browser
        now.shift(timedelta(minutes=29))
        assert is_connected(client)
        now.shift(timedelta(minutes=29))
        assert is_connected(client)
        now.shift(timedelta(minutes=31))
        assert not is_connected(client)


@pytest.mark.usefixtures("jeanne")
def test_own_computer_stays_a_week(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        log_in(client)
        assert client.cookies["sessionid"]["max-age"] == 7 * 86_400
        now.shift(timedelta(days=6))
        assert is_connected(client)
        now.shift(timedelta(days=2))
        assert not is_connected(client)


@pytest.mark.usefixtures("jeanne")
def test_tries_are_counted_by_address(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        for _ in range(10):
            assert log_in(client, password="non").status_code == 200
        refused = log_in(client)
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 900
        assert "Trop d’essais" in refused.content.decode()
        assert not is_connected(client)
        now.shift(timedelta(minutes=16))
        assert log_in(client).status_code == 302
    assert not ThrottleCount.objects.filter(key__contains="jeanne").exists()


def test_tries_are_counted_by_visitor(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False):
        answers = [log_in(client, f"p{i}@exemple.org").status_code for i in range(41)]
        assert answers == [200] * 40 + [429]
        elsewhere = client.post(
            "/connexion/", {"username": "p@exemple.org", "password": "x"}, REMOTE_ADDR="10.1.2.3"
        )
    assert elsewhere.status_code == 200


@pytest.mark.usefixtures("jeanne")
def test_success_forgives_the_tries_of_the_address(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False):
        for _ in range(3):
            for _ in range(6):
                log_in(client, password="non")
            assert log_in(client).status_code == 302
            client.logout()


def reset_link(run_tasks: Callable[[], None]) -> str:
    run_tasks()
    (message,) = mail.outbox
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", message.body)[1]


@pytest.mark.usefixtures("jeanne")
def test_forgotten_password(client: Client, run_tasks: Callable[[], None]) -> None:
    answer = client.post("/mot-de-passe/oublie/", {"email": "Jeanne@exemple.org"})
    assert "Regardez vos courriels" in answer.content.decode()
    link = reset_link(run_tasks)
    assert mail.outbox[0].to == ["jeanne@exemple.org"]
    assert mail.outbox[0].subject == "Choisir un nouveau mot de passe"
    form = client.get(link, follow=True)
    assert "Changer le mot de passe" in form.content.decode()
    new = "une autre phrase très longue"
    where = form.redirect_chain[-1][0]
    done = client.post(where, {"new_password1": new, "new_password2": new}, follow=True)
    assert "Votre mot de passe est changé" in done.content.decode()
    assert User.objects.get().check_password(new)
    client.cookies.clear()
    assert "a déjà servi" in client.get(link, follow=True).content.decode()


@pytest.mark.usefixtures("jeanne")
def test_the_reset_link_lasts_a_day(client: Client, run_tasks: Callable[[], None]) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        client.post("/mot-de-passe/oublie/", {"email": "jeanne@exemple.org"})
        link = reset_link(run_tasks)
        now.shift(timedelta(hours=25))
        assert "Ce lien a expiré" in client.get(link, follow=True).content.decode()


def test_forgotten_says_nothing_of_who_has_an_account(
    client: Client, run_tasks: Callable[[], None]
) -> None:
    answer = client.post("/mot-de-passe/oublie/", {"email": "inconnue@exemple.org"})
    assert "Si un compte existe" in answer.content.decode()
    run_tasks()
    assert mail.outbox == []
    assert "inconnue" not in str(DBTaskResult.objects.values_list("args_kwargs"))


@pytest.mark.usefixtures("jeanne")
def test_forgotten_is_limited(client: Client) -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False):
        answers = [
            client.post("/mot-de-passe/oublie/", {"email": "jeanne@exemple.org"}).status_code
            for _ in range(6)
        ]
    assert answers == [200] * 5 + [429]


def test_coming_back_cancels_the_warning(client: Client, jeanne: User) -> None:
    User.objects.update(warned=timezone.localdate())
    log_in(client)
    jeanne.refresh_from_db()
    assert jeanne.warned is None


@pytest.mark.parametrize("address", ["/connexion/", "/mot-de-passe/oublie/"])
def test_pages_are_not_kept(client: Client, address: str) -> None:
    assert "no-store" in client.get(address)["Cache-Control"]


def test_public_pages_set_no_cookie_for_someone_connected(
    site: Client, connected: Callable[..., User]
) -> None:
    connected("referent departement:35")
    answer = site.get("/territoires/commune/35188/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
