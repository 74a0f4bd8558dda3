"""A link by e-mail instead of the password: once, a quarter of an hour, by pressing a button."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import erasing, sign_in
from portrea.web.accounts.models import LoginLink, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

ASK = "/connexion/par-courriel/"


@pytest.fixture
def now() -> Any:
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False) as travel:
        yield travel


@pytest.fixture
def jeanne(person: Callable[..., User], now: Any) -> User:
    return person("referent departement:35", email="jeanne@exemple.org")


@pytest.fixture
def receive(client: Client, jeanne: User, run_tasks: Callable[[], None]) -> Callable[..., str]:
    """Ask for a link and return it as the e-mail says it."""

    def ask(**fields: str) -> str:
        client.post(ASK, {"email": "Jeanne@exemple.org", **fields})
        run_tasks()
        return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[-1].body)[1]

    return ask


def is_connected(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def test_one_link_one_connection(client: Client, receive: Callable[..., str]) -> None:
    link = receive(next="/journal/")
    assert mail.outbox[0].to == ["jeanne@exemple.org"]
    for _ in range(3):  # programs that read e-mails visit the links
        page = client.get(link)
        assert "Me connecter" in page.content.decode()
    assert client.head(link).status_code == 200
    assert not is_connected(client)
    assert client.post(link)["Location"] == "/journal/"
    assert is_connected(client)
    client.logout()
    for again in (client.post(link), client.get(link)):
        assert again.status_code == 410
        assert "déjà servi" in again.content.decode()
    assert not is_connected(client)


def test_it_lasts_a_quarter_of_an_hour(
    client: Client, receive: Callable[..., str], now: Any
) -> None:
    link = receive()
    now.shift(timedelta(minutes=14, seconds=59))
    assert client.get(link).status_code == 200
    now.shift(timedelta(seconds=2))
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert not is_connected(client)


def test_a_new_link_kills_the_former(client: Client, receive: Callable[..., str]) -> None:
    first, second = receive(), receive()
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


@pytest.mark.parametrize("cut", [lambda t: t[:-3], lambda t: t.swapcase(), lambda _: "x"])
def test_a_cut_link(client: Client, receive: Callable[..., str], cut: Callable[[str], str]) -> None:
    token = re.search(r"/lien/([^/]+)/", receive())[1]
    assert client.post(f"/connexion/lien/{cut(token)}/").status_code == 410
    assert LoginLink.objects.count() == 1


def test_the_same_is_said_to_everyone(
    client: Client, jeanne: User, run_tasks: Callable[[], None]
) -> None:
    texts = []
    for email in ("jeanne@exemple.org", "inconnue@exemple.org"):
        answer = client.post(ASK, {"email": email})
        texts.append(re.sub(r"Référence[^<]*", "", answer.content.decode()).replace(email, ""))
    assert texts[0] == texts[1]
    jeanne.is_active = False
    jeanne.save()
    client.post(ASK, {"email": "jeanne@exemple.org"})
    run_tasks()
    assert mail.outbox == []


def test_nothing_kept_connects(receive: Callable[..., str]) -> None:
    """Neither the table nor the queue holds what the e-mail says."""
    token = re.search(r"/lien/([^/]+)/", receive())[1]
    assert token not in str(LoginLink.objects.values().get())
    assert token not in str(list(DBTaskResult.objects.values()))


def test_asking_is_limited(client: Client, jeanne: User) -> None:
    answers = [client.post(ASK, {"email": jeanne.email}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_never_led_to_another_site(client: Client, receive: Callable[..., str]) -> None:
    link = receive(next="https://ailleurs.example/")
    assert client.post(link)["Location"] == "/compte/"
    assert (
        client.post(f"{receive().split('?')[0]}?next=//ailleurs.example")["Location"] == "/compte/"
    )


def test_the_second_factor_is_still_asked(
    client: Client, jeanne: User, receive: Callable[..., str]
) -> None:
    from web.accounts.test_second_factor import with_factor

    with_factor(jeanne)
    assert client.post(receive())["Location"] == "/connexion/code/"
    assert not is_connected(client)


def test_a_shared_computer(client: Client, receive: Callable[..., str]) -> None:
    client.post(receive(), {"shared": "on"})
    assert client.cookies["sessionid"]["max-age"] == ""


def test_old_links_are_erased(jeanne: User, now: Any) -> None:
    sign_in.login_link_make(user=jeanne)
    now.shift(timedelta(days=2))
    before = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert erasing.old_login_links(before, dry_run=True) == 1
    assert erasing.old_login_links(before, dry_run=False) == 1
    assert not LoginLink.objects.exists()
