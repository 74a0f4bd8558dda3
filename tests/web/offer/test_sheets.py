"""The sheets a person keeps: found, closed, hidden, shown again; a correction withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import ContributionLink, Fix, Place
from portrea.web.offer.services import place_fix
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    applied(
        record("1", name="Médiathèque", phone="+33299000000"),
        record("2", name="CCAS"),
        record("3", name="CCAS d’ailleurs", commune="35238", city="Rennes"),
    )
    return Place.objects.get(name="Médiathèque")


def test_found_by_words_within_reach(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    page = client.get("/espace/lieux/").content.decode()
    assert "2 fiches" in page
    assert "ailleurs" not in page
    page = client.get("/espace/lieux/?q=ccas+iffendic").content.decode()
    assert "1 fiche" in page
    assert f"/espace/lieux/{place.pk}/" not in page


def test_who_keeps_one_structure_sees_hers(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("acteur commune:35133", structure=place.pk)
    page = client.get("/espace/lieux/").content.decode()
    assert "1 fiche" in page
    assert "Médiathèque" in page


def test_closed_hidden_and_shown_again(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    url = f"/espace/lieux/{place.pk}/etat/"
    for asked, reason, status in (
        ("close", "", "closed"),
        ("reopen", "", "open"),
        ("hide", "", "open"),  # a reason is asked
        ("hide", "doublon d’essai", "hidden"),
        ("reopen", "", "open"),
    ):
        page = client.post(url, {"etat": asked, "raison": reason}, follow=True)
        place.refresh_from_db()
        assert place.status == status, (asked, reason, page.content.decode())
    assert client.post(url, {"etat": "effacer"}).status_code == 404


def test_a_correction_is_withdrawn_from_the_history(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    changes = {"phone": "+33299111111", "address": "1 rue"}
    place_fix(actor=SYSTEM, place_id=place.pk, version=place.version, changes=changes)
    connected("referent commune:35133")
    url = f"/espace/lieux/{place.pk}/historique/"
    page = client.get(url).content.decode()
    assert "02\u202f99\u202f11" in page or "02 99 11" in page or "02\xa099\xa011" in page
    alone = client.get(f"{url}?champ=address").content.decode()
    assert "<ins>1 rue</ins>" in alone
    assert "<del>" not in alone, "the telephone is not told"
    fix = Fix.objects.get(path="phone")
    client.post(f"/espace/corrections/{fix.pk}/retirer/")
    place.refresh_from_db()
    assert place.phone == "+33299000000"
    again = client.post(f"/espace/corrections/{fix.pk}/retirer/", follow=True)
    assert "plus en vigueur" in again.content.decode()


def test_a_link_for_the_structure_from_its_sheet(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    assert "Lien pour la structure" in client.get(f"/espace/lieux/{place.pk}/").content.decode()
    client.post(f"/espace/lieux/{place.pk}/lien/")
    assert ContributionLink.objects.get().place == place
    connected("technicien commune:35133", email="t@exemple.org")
    page = client.get(f"/espace/lieux/{place.pk}/").content.decode()
    assert "Lien pour la structure" not in page
    assert "Ne plus montrer" not in page
