"""The complete portrait as those who prepare it read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.pack_selectors import pack_of
from portrea.web.steering.selectors import portrait_of
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
EPCI = "epci:243500618"
PAGE = "/territoires/epci/243500618/portrait-complet/"


def test_it_is_read_by_those_of_the_territory(site: Client, connected: Callable[..., Any]) -> None:
    assert site.get(PAGE).status_code == 302  # to the log-in page
    connected("referent epci:243500550")
    assert site.get(PAGE).status_code == 403
    connected(f"elu {EPCI}")
    page = site.get(PAGE)
    text = page.content.decode()
    assert page.status_code == 200
    assert "2. Les besoins" in text
    assert text.count("<h1") == 1


def test_its_tables_are_those_of_the_portrait_and_of_the_pack(site: Client) -> None:
    made = complete_of(EPCI)
    tables = {table.id: table for table in made.tables()}
    known = [*portrait_of(EPCI).tables(), *pack_of(EPCI).tables()]
    assert "non-recours" in {section.id for section in made.walk()}
    assert all(tables[table.id] in known for table in known if table.id in tables)
    assert len({section.id for section in made.walk()}) == len(list(made.walk()))
