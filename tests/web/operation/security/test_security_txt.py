"""``/.well-known/security.txt`` (RFC 9116), and the page that says how to report a flaw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

ADDRESS = "/.well-known/security.txt"


def test_without_anybody_to_write_to_there_is_no_file(
    client: Client, settings: SettingsWrapper
) -> None:
    settings.PORTREA_CONTACT = ""
    assert client.get(ADDRESS).status_code == 404


@time_machine.travel("2026-11-23T12:34:56Z", tick=False)
def test_it_says_who_until_when_and_where(client: Client, settings: SettingsWrapper) -> None:
    settings.PORTREA_CONTACT = "contact@exemple.fr"
    answer = client.get(ADDRESS)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields == {
        "Contact": "mailto:contact@exemple.fr",
        "Expires": "2027-05-22T00:00:00Z",
        "Preferred-Languages": "fr, en",
        "Canonical": f"http://testserver{ADDRESS}",
    }
    until = datetime.fromisoformat(fields["Expires"])
    assert timedelta(0) < until - datetime.now(UTC) < timedelta(days=365)


def test_the_page_of_the_repository_invents_no_address() -> None:
    page = (Path(__file__).parents[4] / "SECURITY.md").read_text("utf-8")
    assert "PORTREA_CONTACT" in page
    assert ADDRESS in page
    assert "@" not in page
