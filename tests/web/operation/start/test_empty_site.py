"""A site without data yet: whoever administers it enters, and reads what to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.web.operation.doctor.checks import broken, examine
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db


def test_visitors_read_what_to_run(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 503
    for command in ("portrea data embedded", "portrea compute"):
        assert command in page.content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/sante/", "/sante/pret/", "/api/v1/territories?q=Rennes", "/territoires/"]
)
@pytest.mark.parametrize("damaged", [False, True], ids=["empty", "damaged"])
def test_no_page_says_where_the_data_are(
    client: Client, settings: SettingsWrapper, address: str, damaged: bool
) -> None:
    if damaged:
        (settings.PORTREA_HOME / "store").mkdir(parents=True, exist_ok=True)
        (settings.PORTREA_HOME / "store/current").write_text("0" * 12, "utf-8")
    answer = client.get(address)
    assert answer.status_code == 503
    assert str(settings.PORTREA_HOME) not in answer.content.decode()


def test_the_journal_and_the_doctor_say_where(
    client: Client, settings: SettingsWrapper, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/")
    told = [getattr(record, "fields", {}) for record in caplog.records]
    assert str(settings.PORTREA_HOME) in {each.get("inside") for each in told}
    (settings.PORTREA_HOME / "store").mkdir(parents=True, exist_ok=True)
    (settings.PORTREA_HOME / "store/current").write_text("0" * 12, "utf-8")
    found = {each.check.key: each.finding for each in examine(lambda: broken("", ""))}
    assert str(settings.PORTREA_HOME) in found["calcul"].what


@pytest.mark.parametrize("address", ["/connexion/", "/aide/", "/compte/"])
def test_the_doors_need_no_data(client: Client, address: str) -> None:
    assert client.get(address, follow=True).status_code == 200


def test_the_board_says_what_is_missing(client: Client, connected: Callable[..., User]) -> None:
    connected("administrateur")
    page = client.get("/espace/exploitation/")
    assert page.status_code == 200
    assert "Aucun calcul n’est en vigueur" in page.content.decode()
    assert "portrea compute" in page.content.decode()
