"""A site without data yet: whoever administers it enters, and reads what to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db


def test_visitors_read_what_to_run(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 503
    for command in ("portrea data embedded", "portrea compute"):
        assert command in page.content.decode()


@pytest.mark.parametrize("address", ["/connexion/", "/aide/", "/compte/"])
def test_the_doors_need_no_data(client: Client, address: str) -> None:
    assert client.get(address, follow=True).status_code == 200


def test_the_board_says_what_is_missing(client: Client, connected: Callable[..., User]) -> None:
    connected("administrateur")
    page = client.get("/espace/exploitation/")
    assert page.status_code == 200
    assert "Aucun calcul n’est en vigueur" in page.content.decode()
    assert "portrea compute" in page.content.decode()
