"""Workshops proposed where help lacks, and told to the structures around."""

from __future__ import annotations

import re
from datetime import date, time
from email import message_from_bytes, policy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.services.series import series_open
from portrea.web.action.services.workshops import workshop_open
from portrea.web.journeys import workshop_places as places
from portrea.web.offer.models import OptOut
from portrea.web.offer.services.campaigns import digest_of_address
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.action.models import Series, Workshop

pytestmark = pytest.mark.django_db
EPCI = "epci:243500550"
RHYTHM = {
    "title": "Mes démarches", "first": date(2027, 1, 1), "until": date(2027, 12, 31), "every": 3,
    "window_first": 15, "window_last": 20, "turns": ["rural"], "starts": time(14),
    "ends": time(16),
}  # fmt: skip


@pytest.fixture(autouse=True)
def november(time_machine: Any) -> None:
    """The day is 23 November 2026."""
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)


def connected(client: Client, role: str, territory: str) -> None:
    user = User.objects.create_user(f"{role}-{territory}@exemple.org".replace(":", "-"), "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    client.force_login(user)


def repeated(territory: str = EPCI, **told: Any) -> Series:
    return series_open(actor=SYSTEM, territory=territory, told=RHYTHM | told)


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def proposed(page: Any) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected>', page.content.decode())


# -- where ----------------------------------------------------------------------------------------


def test_areas_come_in_turn_with_their_need_and_why(site: Client) -> None:
    connected(site, "referent", EPCI)
    page = site.get(f"/espace/ateliers/series/{repeated().key}/lieux/")
    found = proposed(page)
    assert len(found) == 4
    assert len(set(found)) == 4, "four days, four areas before any comes again"
    text = words(page)
    assert re.search(r"Rang \d+ à \d+ \([a-z ]+\) · \d+ – [\d ]+ personnes concernées", text)
    assert "en zone rurale" in text
    assert "Les quartiers prioritaires ne sont pas chargés" in text
    assert re.search(r"Calcul du \d{4}-\d\d-\d\d, qualité du besoin [A-E]", text)


def test_what_is_ticked_is_kept_and_nothing_else(site: Client) -> None:
    connected(site, "referent", EPCI)
    series = repeated()
    address = f"/espace/ateliers/series/{series.key}/lieux/"
    first, second, third, _fourth = series.workshops.order_by("starts")
    area = proposed(site.get(address))[0]
    told = {f"zone-{one.key}": area for one in (first, second)} | {
        f"zone-{third.key}": "commune:75056"
    }
    page = site.post(address, told | {"retenir": [first.key, third.key]}, follow=True)
    assert "1 atelier a sa zone" in words(page)
    rows = list(series.workshops.order_by("starts").values_list("area", "commune"))
    assert rows == [(area, area.removeprefix("commune:")), ("", ""), ("", ""), ("", "")]
    again = site.get(address)
    assert len(proposed(again)) == 3
    assert proposed(again)[0] != area, "never twice running"
    assert "Rien n’était coché" in words(site.post(address, {}, follow=True))


def test_a_workshop_planned_nearby_is_avoided_and_said(site: Client) -> None:
    connected(site, "referent", EPCI)
    series = repeated(turns=[])
    address = f"/espace/ateliers/series/{series.key}/lieux/"
    first = proposed(site.get(address))[0]
    workshop_open(
        actor=SYSTEM, territory=EPCI,
        told={"title": "CAF", "day": date(2027, 1, 5), "starts": time(9), "ends": time(10),
              "commune": first.removeprefix("commune:")},
    )  # fmt: skip
    page = site.get(address)
    assert proposed(page)[0] != first
    assert "un atelier y est prévu le 05/01/2027" in words(page)


def test_an_unknown_kind_is_said_and_not_ticked(site: Client) -> None:
    connected(site, "referent", EPCI)
    page = site.get(f"/espace/ateliers/series/{repeated(turns=['quartier']).key}/lieux/")
    assert "Aucune zone n’est connue pour être « en quartier populaire »" in words(page)
    assert "checked" not in page.content.decode()


def test_a_commune_of_few_areas_looks_around(site: Client) -> None:
    connected(site, "referent", "commune:35133")
    page = site.get(f"/espace/ateliers/series/{repeated('commune:35133').key}/lieux/")
    assert "Montfort Communauté" in words(page)
    connected(site, "referent", "commune:35238")
    page = site.get(f"/espace/ateliers/series/{repeated('commune:35238').key}/lieux/")
    assert all(one.startswith("iris:35238") for one in proposed(page))


def test_nothing_computed_is_said(client: Client) -> None:
    connected(client, "referent", "commune:35188")
    page = client.get(f"/espace/ateliers/series/{repeated('commune:35188').key}/lieux/")
    assert page.status_code == 200
    assert "Rien à proposer" in words(page)


def test_a_series_of_elsewhere_is_refused(client: Client) -> None:
    connected(client, "referent", "commune:35024")
    assert client.get(f"/espace/ateliers/series/{repeated().key}/lieux/").status_code == 403


@pytest.mark.parametrize(
    ("density", "quarter", "level", "kinds"),
    [
        # 299 habitants par km² : rurale ; 300 : non. Un QPV : quartier populaire, à la commune.
        (299.9, None, "commune", ("rural",)), (300.0, None, "commune", ()),
        (300.0, False, "commune", ("ville",)), (5000.0, True, "commune", ("quartier",)),
        (120.0, True, "commune", ("rural", "quartier")), (None, None, "commune", ()),
        (5000.0, True, "iris", ()), (5000.0, False, "iris", ("ville",)),
        (None, False, "commune", ()),
    ],
)  # fmt: skip
def test_kinds_of_place_by_hand(
    density: float | None, quarter: bool | None, level: str, kinds: tuple[str, ...]
) -> None:
    assert places._kind(density, 300.0, quarter, level) == kinds


def test_the_commune_of_an_area_is_that_of_its_iris() -> None:
    for reference, commune in (("iris:352380301", "35238"), ("commune:35188", "35188"), (EPCI, "")):
        row: Any = SimpleNamespace(reference=reference)
        assert places.Choice(row, ()).commune == commune


# -- telling --------------------------------------------------------------------------------------


def opened() -> Workshop:
    told = {"title": "Impôts", "day": date(2027, 3, 18), "starts": time(14), "ends": time(16)}
    return workshop_open(actor=SYSTEM, territory="commune:35133", told=told)


def test_structures_are_written_to_hidden_from_each_other(client: Client) -> None:
    applied(
        record("1", name="CCAS", emails=["ccas@iffendic.fr"]),
        record("2", name="Mairie", emails=["jeanne.martin@gmail.com"]),
        record("3", name="Fraîche", emails=["info@fraiche.fr"]),
        record("4", name="Médiathèque", emails=["mediatheque@iffendic.fr"]),
    )
    OptOut.objects.create(digest=digest_of_address("info@fraiche.fr"))
    connected(client, "referent", "commune:35133")
    address = f"/espace/ateliers/{opened().key}/ecrire/"
    page = client.get(address)
    html = page.content.decode()
    assert "ccas@iffendic.fr, mediatheque@iffendic.fr" in html
    assert "&amp;bcc=ccas@iffendic.fr,mediatheque@iffendic.fr" in html
    assert "2 adresses publiées par des structures. 1 a demandé" in words(page)
    assert "jeanne" not in html
    assert "fraiche" not in html
    draft = message_from_bytes(client.get(f"{address}?groupe=1").content, policy=policy.default)
    assert draft["Bcc"] == "ccas@iffendic.fr, mediatheque@iffendic.fr"
    assert draft["To"] is None
    for odd in ("0", "2", "x", "９"):
        empty = message_from_bytes(client.get(address, {"groupe": odd}).content)
        assert empty["Bcc"] is None


def test_only_those_who_read_contacts_may(client: Client) -> None:
    made = opened()
    connected(client, "elu", "commune:35133")
    assert client.get(f"/espace/ateliers/{made.key}/ecrire/").status_code == 403
    connected(client, "referent", "commune:35133")
    page = client.get(f"/espace/ateliers/{made.key}/ecrire/?territoire=commune:75056")
    assert page.status_code == 403
    assert "Écrire aux structures" in words(client.get(f"/espace/ateliers/{made.key}/inviter/"))
