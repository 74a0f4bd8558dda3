"""People with roles, as the other rooms have them; a visitor, an engine that answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from portrea.web.rights.hints import computing
from web.accounts.conftest import connected, person
from web.rights.hinted import Engine, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

__all__ = ["connected", "person"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Stands for OpenFisca, on a day whose amounts are known."""
    made = Engine()
    monkeypatch.setattr(computing, "process", lambda: made)
    with time_machine.travel("2026-11-24T09:00:00Z"):
        yield made


@pytest.fixture
def visitor(site: Client, engine: Engine) -> Person:
    """Somebody on the first page of the hint."""
    return Person(site).open()
