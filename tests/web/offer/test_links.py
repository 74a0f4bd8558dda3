"""Links without account: issued where one may, found by their token only, renewed, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.offer.models import ContributionLink
from portrea.web.offer.services.links import (
    address_of,
    link_issue,
    link_of,
    link_renew,
    link_revoke,
    token_of,
)
from web.offer.census import applied, only_place, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_token_finds_its_link_and_is_kept_nowhere() -> None:
    link = link_issue(actor=SYSTEM, label="Réunion", territory="commune:35133")
    token = token_of(link)
    assert len(token) == 24
    assert link_of(token) == link
    assert link_of(token.upper()) == link, "typed by hand from the card"
    row = ContributionLink.objects.filter(pk=link.pk).values().get()
    assert token not in str(row)
    assert token in address_of(link)
    with pytest.raises(ParameterError, match="pas valable"):
        link_of(token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_renewed_the_former_token_is_worthless() -> None:
    link = link_issue(actor=SYSTEM, label="Réunion", territory="commune:35133")
    former = token_of(link)
    renewed = link_renew(actor=SYSTEM, key=link.pk)
    assert link_of(token_of(renewed)).pk == link.pk
    with pytest.raises(ParameterError):
        link_of(former)


def test_revoked_and_expired() -> None:
    link = link_issue(actor=SYSTEM, label="Réunion", territory="commune:35133", days=1)
    with (
        time_machine.travel(timezone.now() + timedelta(days=2)),
        pytest.raises(ParameterError, match="expiré"),
    ):
        link_of(token_of(link))
    link_revoke(actor=SYSTEM, key=link.pk)
    with pytest.raises(ParameterError, match="pas valable"):
        link_of(token_of(link))


def test_who_may_issue_where(person: Callable[..., User]) -> None:
    applied(record("1", name="CCAS"))
    place = only_place()
    keeper = person("acteur", structure=place.pk)
    assert link_issue(actor=keeper, label="", place=place).label == "CCAS"
    with pytest.raises(RefusedError):
        link_issue(actor=keeper, label="Réunion", territory="commune:35133")
    with pytest.raises(RefusedError):
        link_issue(actor=person("referent commune:35001"), label="x", territory="commune:35133")


def test_pages_of_links(connected: Callable[..., User], client: Client) -> None:
    connected("referent commune:35133")
    asked = {"label": "<b>Réunion</b>", "territory": "commune:35133", "days": "7"}
    answer = client.post("/espace/liens/", asked, follow=True)
    page = answer.content.decode()
    link = ContributionLink.objects.get()
    assert "&lt;b&gt;Réunion" in page
    assert "<svg" in page
    assert token_of(link) in page
    assert "A6" in page
    poster = client.get(f"/espace/liens/{link.pk}/carte/").content.decode()
    assert "<svg" in poster
    assert "Deux minutes" in poster
    assert "<b>Réunion" not in client.get("/espace/liens/").content.decode()
    client.post(f"/espace/liens/{link.pk}/fermer/")
    assert client.get(f"/contribuer/{token_of(link)}/").status_code == 410
    client.post(f"/espace/liens/{link.pk}/renouveler/")
    link.refresh_from_db()
    assert client.get(f"/contribuer/{token_of(link)}/").status_code == 200


def test_the_administrator_sees_every_link(connected: Callable[..., User], client: Client) -> None:
    link = link_issue(actor=SYSTEM, label="Ailleurs", territory="commune:35001")
    connected("administrateur")
    assert "Ailleurs" in client.get("/espace/liens/").content.decode()
    assert client.get(f"/espace/liens/{link.pk}/").status_code == 200


def test_a_link_of_elsewhere_is_not_shown(connected: Callable[..., User], client: Client) -> None:
    link = link_issue(actor=SYSTEM, label="Ailleurs", territory="commune:35001")
    connected("referent commune:35133")
    assert "Ailleurs" not in client.get("/espace/liens/").content.decode()
    for path in ("", "carte/"):
        assert client.get(f"/espace/liens/{link.pk}/{path}").status_code == 403
    for path in ("fermer/", "renouveler/"):
        assert client.post(f"/espace/liens/{link.pk}/{path}").status_code == 403


def test_a_link_is_for_a_territory_whose_towns_can_be_listed(
    site: Client, connected: Callable[..., User]
) -> None:
    connected("administrateur")
    page = site.get("/espace/liens/").content.decode()
    assert 'value="departement:35"' in page
    assert 'value="france:FR"' not in page
    link = link_issue(actor=SYSTEM, label="Département", territory="departement:35")
    sheet = site.get(f"/contribuer/{token_of(link)}/").content.decode()
    assert sheet.count('<option value="35') > 300, "every commune of the departement"
