"""Trials put forward: chosen by the référent, in the portrait and its downloads, same numbers."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import RefusedError
from portrea.web.reach.models import Scenario
from portrea.web.reach.services import scenario_save, scenario_show

if TYPE_CHECKING:
    from django.test import Client

EPCI = "epci:243500618"
PORTRAIT = "/territoires/epci/243500618/"
TRIALS = (
    f"t={EPCI}&besoin=information&ajout=2,commune:35211",
    f"t={EPCI}&besoin=information&ajout=1,commune:35319",
)


def held(role: str, territory: str = EPCI) -> User:
    user = User.objects.create_user(f"{role}@exemple.org", "un mot de passe bien long")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def kept(who: Any, rank: int = 0, title: str = "Deux matins à Paimpont") -> Scenario:
    return scenario_save(actor=who, title=title, query=TRIALS[rank])


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\ufffe\u00ad\u2011-]+", "", html.unescape(text))


def pdf_text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))


def test_what_is_put_forward_is_in_the_page_and_in_every_download(site: Client) -> None:
    who = held("referent")
    one, two = kept(who), kept(who, 1, "Un matin à Saint-Thurial")
    before = site.get(PORTRAIT)
    assert "Deux matins" not in before.content.decode()
    site.force_login(who)
    for made in (one, two):
        answer = site.post(f"/espace/essais/{made.key}/portrait/", {"montre": "oui"}, follow=True)
        assert "dans le portrait" in answer.content.decode()
    site.logout()
    page = site.get(PORTRAIT, headers={"If-None-Match": before["ETag"]})
    assert page.status_code == 200
    assert not page.cookies
    parts = json.loads(site.get(PORTRAIT + "donnees.json").content)["sections"]
    section = next(one for one in parts if one["id"] == "essais")
    said = [section["lead"]["text"], *(part["lead"]["text"] for part in section["parts"])]
    tables = [t for part in (section, *section["parts"]) for t in part["tables"]]
    said += [c["text"] for table in tables for row in table["rows"] for c in row]
    shown = squeezed(re.sub("<[^>]+>", "", page.content.decode()))
    printed = pdf_text(site.get(PORTRAIT + "portrait.pdf").content)
    for text in said:
        assert squeezed(text) in shown
        assert squeezed(text) in printed
    listed = site.get(PORTRAIT + "tableaux.csv").content.decode()
    assert f"essai-{one.key}-effet" in listed
    again = site.get(PORTRAIT, headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304


def test_what_is_taken_out_leaves_the_portrait(site: Client) -> None:
    who = held("referent")
    made = kept(who)
    scenario_show(actor=who, key=made.key, shown=True)
    assert "Deux matins" in site.get(PORTRAIT).content.decode()
    scenario_show(actor=who, key=made.key, shown=False)
    assert "Deux matins" not in site.get(PORTRAIT).content.decode()
    acts = JournalEntry.objects.filter(act="scenario.show")
    assert [entry.after for entry in acts.order_by("pk")] == [
        {"en avant": True},
        {"en avant": False},
    ]


def test_three_at_most_by_territory(site: Client) -> None:
    who = held("referent")
    many = [kept(who, title=f"Essai {rank}") for rank in range(4)]
    for made in many[:3]:
        scenario_show(actor=who, key=made.key, shown=True)
    scenario_show(actor=who, key=many[0].key, shown=True)
    with pytest.raises(DataError, match="3 essais sont déjà"):
        scenario_show(actor=who, key=many[3].key, shown=True)
    site.force_login(who)
    refused = site.post(f"/espace/essais/{many[3].key}/portrait/", {"montre": "oui"}, follow=True)
    assert "Retirez-en un" in refused.content.decode()
    assert Scenario.objects.filter(shown=True).count() == 3


@pytest.mark.parametrize(
    ("role", "territory"), [("elu", EPCI), ("technicien", EPCI), ("referent", "epci:243500550")]
)
def test_only_the_referent_of_the_territory_chooses(
    site: Client, role: str, territory: str
) -> None:
    made = kept(held("administrateur", "france:FR"))
    other = held(role, territory)
    with pytest.raises(RefusedError):
        scenario_show(actor=other, key=made.key, shown=True)
    site.force_login(other)
    answer = site.post(f"/espace/essais/{made.key}/portrait/", {"montre": "oui"})
    assert answer.status_code == 403
    assert not Scenario.objects.filter(shown=True).exists()


def test_a_trial_whose_place_is_gone_says_so_and_the_page_stands(site: Client) -> None:
    made = kept(held("referent"))
    Scenario.objects.update(shown=True, query=f"t={EPCI}&ferme=lieu-parti", told="Réponse d’alors.")
    page = site.get(PORTRAIT)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Réponse d’alors." in text
    assert "ne se refait plus" in text
    assert f"essai-{made.key}-effet" not in text
