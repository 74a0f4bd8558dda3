"""An address typed where a commune is asked: its point when the base tells it, else its commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from portrea.base.errors import DataError
from portrea.sources.ban import Found
from portrea.web.journeys import addresses

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def answers(monkeypatch: pytest.MonkeyPatch, *, sure: bool = True) -> list[Any]:
    """Stand for the address base; return what it is asked."""
    asked: list[Any] = []

    def geocode(lines: list[Any], **_options: Any) -> list[Found]:
        asked.extend(lines)
        label = "12 Rue du Four 35160 Montfort-sur-Meu"
        return [
            Found(one.id, 48.13712, -1.95534, 0.9, "housenumber", label, one.commune, sure)
            for one in lines
        ]

    monkeypatch.setattr(addresses, "geocode", geocode)
    return asked


def led(client: Client, text: str) -> str:
    answer = client.get("/orientation/?" + urlencode({"ou": text}))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.mark.parametrize(
    "text",
    ["12 rue du Four, Montfort-sur-Meu", "12 rue du Four 35160 Montfort-sur-Meu",
     "12 rue du four 35160 montfort sur meu", "12 rue du Four Montfort-sur-Meu"],
)  # fmt: skip
def test_an_address_leads_to_its_point_rounded(
    site: Client, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    asked = answers(monkeypatch)
    target = led(site, text)
    assert "lon=-1.955" in target
    assert "lat=48.137" in target
    assert "Four" not in target, "what was typed leaves the address"
    assert [(one.commune, "Four" in one.line.title()) for one in asked] == [("35188", True)]


def test_a_base_silent_or_unsure_leaves_the_commune(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, sure=False)
    assert "commune=35188" in led(site, "12 rue du Four, Montfort-sur-Meu")

    def silent(*_lines: Any, **_options: Any) -> list[Found]:
        raise DataError("Le service de géocodage ne répond pas.")

    monkeypatch.setattr(addresses, "geocode", silent)
    assert "commune=35188" in led(site, "12 rue du Four, Montfort-sur-Meu")


def test_asked_too_often_the_base_is_left_alone(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch)
    monkeypatch.setattr(addresses, "RATE", "1/h")
    led(site, "12 rue du Four, Montfort-sur-Meu")
    assert "commune=35188" in led(site, "14 rue du Four, Montfort-sur-Meu")
    assert len(asked) == 1


@pytest.mark.parametrize("text", ["12 rue du Four", "rue Zzyzx, Zzyzx", "12 rue X, 99999 Nulle"])
def test_an_address_without_commune_is_asked_again(
    site: Client, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    asked = answers(monkeypatch)
    answer = site.get("/orientation/?" + urlencode({"ou": text}))
    assert answer.status_code == 200
    assert not asked
    assert 'name="ou"' in answer.content.decode()
