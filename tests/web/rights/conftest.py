"""People with roles, as the other rooms have them; a visitor, an engine that answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.web.rights.hints import computing
from web.accounts.conftest import connected, person
from web.rights.hinted import Engine, Person

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["connected", "person"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Stands for OpenFisca."""
    made = Engine()
    monkeypatch.setattr(computing, "process", lambda: made)
    return made


@pytest.fixture
def visitor(site: Client, engine: Engine) -> Person:
    """Somebody on the first page of the hint."""
    return Person(site).open()
