"""The pack of the comité on the site: its page, its files, its trials, without a cookie."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from portrea.steering.reach_methods import methods
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.reach.services import scenario_save, scenario_show

if TYPE_CHECKING:
    from django.test import Client

EPCI = "/territoires/epci/243500618/"
LIST = "t=epci:243500550,epci:243500618"
TRIAL = "t=epci:243500618&besoin=information&ajout=2,commune:35211"


def test_the_page_leads_to_its_files(site: Client) -> None:
    assert f"{EPCI}dossier/" in site.get(EPCI).content.decode()
    page = site.get(f"{EPCI}dossier/")
    text = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    assert "Dossier du comité de pilotage" in text
    assert text.count("<h1") == 1
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"section,"), ("json", b"{")):
        answer = site.get(f"{EPCI}dossier.{form}")
        assert answer.content.startswith(start)
        name = f'attachment; filename="dossier-epci-243500618.{form}"'
        assert answer["Content-Disposition"] == name
    assert site.get(f"{EPCI}dossier.doc").status_code == 404
    again = site.get(f"{EPCI}dossier/", headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304


def test_a_trial_put_forward_enters_the_pack(site: Client) -> None:
    before = site.get(f"{EPCI}dossier/")
    assert "Aucun essai" in before.content.decode()
    saved = scenario_save(actor=SYSTEM, title="Deux matins à Paimpont", query=TRIAL)
    scenario_show(actor=SYSTEM, key=saved.key, shown=True)
    after = site.get(f"{EPCI}dossier/", headers={"If-None-Match": before["ETag"]})
    assert "A. Deux matins à Paimpont" in after.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/territoires/dossier/?{LIST}", 200),
        (f"/territoires/dossier.csv?{LIST}", 200),
        ("/territoires/dossier/", 302),
        ("/territoires/commune/35188/dossier/", 200),
        ("/territoires/region/53/dossier/", 200),
        ("/territoires/epci/1/dossier/", 404),
        ("/territoires/commune/35188/dossier.exe", 404),
    ],
)
def test_every_territory_has_a_pack(site: Client, path: str, status: int) -> None:
    assert site.get(path).status_code == status


def test_every_method_is_explained_in_plain_words(site: Client) -> None:
    text = html.unescape(site.get("/acces/methode/").content.decode())
    for method in methods().values():
        assert text.count(f'id="methode-{method.id}"') == 1
        for words in (method.sentence, method.picture, method.when, method.blind, method.scholar):
            assert words in text
        assert f'href="/methode/{method.note}/"' in text
        assert site.get(f"/methode/{method.note}/").status_code == 200
