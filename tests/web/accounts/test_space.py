"""The menu of those who are connected: groups in their order, only what the matrix opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

from portrea.web.accounts import space
from portrea.web.accounts.space import GROUPS, menu, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
EPCI = "epci:243500618"


def shown(person: Any, path: str) -> list[dict[str, Any]]:
    request = RequestFactory().get(path)
    request.user = person
    return menu(request)


def test_groups_come_in_their_order_and_the_open_one_holds_the_page(
    person: Callable[..., Any],
) -> None:
    found = shown(person(f"referent {EPCI}"), "/espace/comite/nouveau/")
    labels = [str(label) for label in GROUPS.values()]
    names = [str(group["label"]) for group in found]
    assert names == [label for label in labels if label in names]
    assert [str(g["label"]) for g in found if g["current"]] == ["Pilotage"]
    (page,) = (p for g in found for p in g["pages"] if p["current"])
    assert page["url"] == "/espace/comite/"


def test_nobody_sees_an_empty_group(person: Callable[..., Any]) -> None:
    found = shown(person(), "/compte/")
    assert [str(group["label"]) for group in found] == ["Mon espace"]
    assert all(group["pages"] for group in found)


def test_every_page_of_the_menu_exists(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    for entry in space._entries.values():
        assert site.get(entry.url, follow=True).status_code in {200, 403}, entry.url


def test_a_page_belongs_to_a_known_group() -> None:
    with pytest.raises(KeyError):
        register("Ailleurs", "/ailleurs/", "account.own", group="ailleurs")
    assert "/ailleurs/" not in space._entries
