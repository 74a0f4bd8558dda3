"""The open interface over the computed demo (département 35), as a program of another site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.api import limits
from portrea.web.api.keys import key_issue
from web.accounts.conftest import connected, person
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.offer.models import Place

__all__ = ["connected", "person"]


@pytest.fixture(autouse=True)
def large_rate(settings: SettingsWrapper) -> None:
    """Let a test ask as much as it wants."""
    settings.PORTREA_API_RATE = "1000000/h"
    limits.forget()


@pytest.fixture
def api(site: Client) -> Callable[..., Any]:
    """Ask an address of version 1 and return the answer."""

    def ask(address: str, **options: Any) -> Any:
        return site.get(f"/api/v1/{address}", **options)

    return ask


@pytest.fixture
def census(site: Client) -> Callable[..., list[Place]]:
    """Make a census of Iffendic (35133) of so many places, and return them by identifier."""
    from portrea.web.offer.models import Place

    def make(count: int, **fields: Any) -> list[Place]:
        applied(*(record(str(number), **fields) for number in range(count)))
        return list(Place.objects.order_by("pk"))

    return make


@pytest.fixture
def key(site: Client) -> Callable[..., str]:
    """Make a key for a territory and return its secret."""

    def make(territory: str = "departement:35", **options: Any) -> str:
        return key_issue(actor=SYSTEM, label="Essai", territory=territory, **options)[1]

    return make
