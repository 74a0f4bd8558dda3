"""Pages of access: all in the address, no cookie, French faults, trials named and compared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.utils import timezone

from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.reach.asked import read_text
from portrea.web.reach.models import Scenario
from portrea.web.reach.services import scenario_save

if TYPE_CHECKING:
    from django.test import Client

EPCI = "epci:243500618"
PAGE = "/acces/et-si/"
TRIAL = f"t={EPCI}&besoin=information&ajout=2,commune:35211"


def held(role: str, territory: str) -> User:
    user = User.objects.create_user("personne@exemple.org", "un mot de passe bien long")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def test_a_form_leads_to_the_address_that_says_it(site: Client) -> None:
    query = f"t={EPCI}&besoin=information&ou=commune:35211&combien=2"
    answer = site.get(f"{PAGE}?{query}")
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?{TRIAL}"
    page = site.get(answer["Location"])
    assert page.status_code == 200
    assert not page.cookies
    text = page.content.decode().replace("\u00a0", " ")
    assert "2 demi-journées par semaine à Paimpont" in text
    assert text.index('id="communes"') < text.index("what-if-map")
    assert "<script" not in text
    again = site.get(answer["Location"], headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (f"t={EPCI}&ajout=onze,commune:35211", 400, "nombre de demi-journées"),
        (f"t={EPCI}&ajout=11,commune:35211", 400, "de 1 à 10"),
        (f"t={EPCI}&ajout=2", 400, "n’est pas un ajout"),
        (f"t={EPCI}&besoin=voyager", 400, "ne convient pas"),
        (f"t={EPCI}&minutes=7", 400, "10, 20, 30"),
        (f"t={EPCI}&ferme=rien", 400, "pas à portée"),
        (f"t={EPCI}&" + "&".join(f"ajout=1,x{i}" for i in range(13)), 400, "12 changements"),
        ("t=region:53", 404, "plus grand qu’un"),
        ("t=epci:1", 404, ""),
    ],
)
def test_bad_addresses_are_explained(site: Client, query: str, status: int, words: str) -> None:
    answer = site.get(f"{PAGE}?{query}")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_the_same_question_has_one_address() -> None:
    asked = read_text(f"minutes=20&ajout=1,a&ajout=3,a&t={EPCI}&trajet=voiture")
    assert asked.query() == f"t={EPCI}&ajout=3,a"
    assert read_text(asked.query()) == asked
    assert asked.opening("a", 0).query() == f"t={EPCI}"
    assert read_text(asked.blank().query()).kept == (asked.query(),)


@pytest.mark.parametrize(
    "path",
    [
        "/acces/",
        "/acces/?territoire=Paimpont",
        "/acces/commune/35211/",
        "/acces/epci/243500618/?besoin=information",
        "/acces/region/53/",
        "/acces/methode/",
        "/acces/comparer/",
        f"{PAGE}?t=commune:35211",
        f"{PAGE}?t=commune:35211&trajet=pied",
    ],
)
def test_pages_open(site: Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert not answer.cookies


def test_places_that_tell_no_hours_may_be_left_out(site: Client) -> None:
    told = f"{PAGE}?t={EPCI}&besoin=information&lieux=horaires-dits"
    text = site.get(told).content.decode()
    assert "renseigne et oriente et dit ses horaires" in text
    assert 'value="horaires-dits" selected' in text
    listed = site.get(f"{PAGE}?t={EPCI}&besoin=information").content.decode()
    assert "et dit ses horaires" not in listed


def test_trials_are_compared(site: Client) -> None:
    other = f"t={EPCI}&besoin=information&ajout=1,commune:35319"
    text = site.get(f"/acces/comparer/?essai={quote(TRIAL)}&essai={quote(other)}").content.decode()
    assert "Aujourd’hui" in text
    assert "A. 2" in text
    assert "B. Une demi-journée par semaine à Saint-Thurial" in text
    apart = site.get(f"/acces/comparer/?essai={quote(TRIAL)}&essai={quote(other + '&minutes=10')}")
    assert "ne posent pas la même question" in apart.content.decode()
    four = "&".join(f"essai={quote(TRIAL)}" for _ in range(4))
    assert site.get(f"/acces/comparer/?{four}").status_code == 400


def test_a_named_trial_is_read_by_anyone_and_kept_a_while(site: Client) -> None:
    site.force_login(held("referent", EPCI))
    answer = site.post(f"/espace/essais/nouveau/?{TRIAL}", {"title": "Deux matins à Paimpont"})
    assert answer.status_code == 302
    saved = Scenario.objects.get()
    assert JournalEntry.objects.filter(act="scenario.save").count() == 1
    assert "Deux matins" in site.get("/espace/essais/").content.decode()
    site.logout()
    page = site.get(f"/acces/essais/{saved.key}/")
    assert "Deux matins à Paimpont" in page.content.decode()
    assert site.get("/acces/essais/inconnu/").status_code == 404
    compared = site.get(
        f"/acces/comparer/?essai=s:{saved.key}&essai={quote(f't={EPCI}&besoin=information')}"
    )
    assert "A. Deux matins" in compared.content.decode()
    now = timezone.now()
    retention_run(actor=SYSTEM, now=now + timedelta(days=400), names=["reach.scenario_authors"])
    saved.refresh_from_db()
    assert saved.by is None
    retention_run(actor=SYSTEM, now=now + timedelta(days=1100), names=["reach.scenarios"])
    assert not Scenario.objects.exists()


def test_only_those_of_the_territory_name_a_trial(site: Client) -> None:
    assert site.get(f"/espace/essais/nouveau/?{TRIAL}").status_code == 302
    other = held("referent", "epci:243500550")
    with pytest.raises(RefusedError):
        scenario_save(actor=other, title="ailleurs", query=TRIAL)
    site.force_login(other)
    assert site.post(f"/espace/essais/nouveau/?{TRIAL}", {"title": "x"}).status_code == 403
    assert not Scenario.objects.exists()
