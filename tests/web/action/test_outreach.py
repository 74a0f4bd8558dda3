"""Outreach: things of the team, what the public sees, the kiosk, loans. No name, no secret."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.action import erasing
from portrea.web.action.models import (
    Equipment,
    HomeHelp,
    Loan,
    Maraude,
    SelfService,
    SelfServiceUse,
)
from portrea.web.action.services import outreach as services

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
TODAY = today_in(COMMUNE)
AT = {"level": "commune", "code": "35188"}
MARAUDE = {
    "kind": "maraude", "title": "Camion du soir", "point": "devant la gare", "commune": "35188",
    "weekday": TODAY.weekday(), "starts": time(20), "ends": time(23, 30), "every": 1,
    "first": TODAY - timedelta(days=70), "checked": TODAY,
}  # fmt: skip


def held(role: str, territory: str = COMMUNE) -> User:
    user = User.objects.create_user(f"{role}-{territory[-5:]}@exemple.org", "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def posted(told: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items()} | {"holder": COMMUNE}


# -- things of the team ----------------------------------------------------------------------------


def test_things_are_written_changed_ended(client: Client) -> None:
    client.force_login(held("referent"))
    answer = client.post("/espace/aller-vers/dehors/nouveau/", posted(MARAUDE))
    assert answer.status_code == 302, answer.content.decode()
    (one,) = Maraude.objects.all()
    assert (one.territory, one.public) == (COMMUNE, False)
    changed = posted(MARAUDE | {"title": "Camion", "public": "on"})
    client.post(f"/espace/aller-vers/dehors/{one.pk}/", changed)
    one.refresh_from_db()
    assert (one.title, one.public) == ("Camion", True)
    page = client.get("/espace/aller-vers/").content.decode()
    assert "Camion" in page
    assert "devant la gare" in page
    client.post(f"/espace/aller-vers/dehors/{one.pk}/fini/")
    one.refresh_from_db()
    assert one.last == TODAY
    assert JournalEntry.objects.filter(act="outreach.run").count() == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends": "20:00", "starts": "20:00"}, "La fin est l’heure du début"),
        ({"last": TODAY - timedelta(days=90)}, "avant le premier"),
        ({"pause_first": TODAY}, "les deux jours"),
        ({"commune": "Trifouillis"}, "n’est pas une commune connue"),
        ({"helps": "mot de passe : azerty12"}, "Portrea ne le garde jamais"),
        ({"title": "Dossier 1 85 05 78 006 084 91"}, "numéro de sécurité sociale"),
        ({"every": "0"}, "supérieure ou égale à 1"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(
    client: Client, wrong: dict[str, Any], said: str
) -> None:
    client.force_login(held("referent"))
    page = client.post("/espace/aller-vers/dehors/nouveau/", posted(MARAUDE | wrong))
    text = page.content.decode()
    assert said in text
    assert "devant la gare" in text
    assert not Maraude.objects.exists()


@pytest.mark.parametrize("kind", ["poste", "domicile", "dehors", "materiel"])
def test_every_kind_has_a_page(client: Client, kind: str) -> None:
    client.force_login(held("referent"))
    assert client.get(f"/espace/aller-vers/{kind}/nouveau/").status_code == 200
    assert client.get("/espace/aller-vers/autre/nouveau/").status_code == 404


def test_another_territory_is_refused(client: Client) -> None:
    one = Maraude.objects.create(**AT, **MARAUDE)
    client.force_login(held("referent", "commune:35001"))
    assert client.get(f"/espace/aller-vers/dehors/{one.pk}/").status_code == 403
    assert client.post(f"/espace/aller-vers/dehors/{one.pk}/fini/").status_code == 403
    with pytest.raises(RefusedError):
        services.thing_save(
            actor=held("referent", "commune:35002"), model=Maraude, number=one.pk, told={}
        )


# -- loans -----------------------------------------------------------------------------------------


def test_a_loan_out_and_back(client: Client) -> None:
    thing = Equipment.objects.create(**AT, label="Portable bleu", kind="ordinateur")
    client.force_login(held("referent"))
    due = TODAY + timedelta(days=10)
    answer = client.post(f"/espace/aller-vers/materiel/{thing.pk}/preter/", {"due": due})
    loan = Loan.objects.get()
    assert answer["Location"] == f"/espace/aller-vers/prets/{loan.code}/"
    slip = client.get(answer["Location"]).content.decode()
    assert loan.code in slip
    assert "écrit à la main" in slip
    again = client.post(f"/espace/aller-vers/materiel/{thing.pk}/preter/", {"due": due})
    assert "déjà prêté" in again.content.decode()
    client.post(f"/espace/aller-vers/prets/{loan.code}/", {"condition": "rayé ; 06 12 34 56 78"})
    loan.refresh_from_db()
    assert (loan.back, loan.condition) == (TODAY, "rayé ; [téléphone]")
    client.post(f"/espace/aller-vers/prets/{loan.code}/", {"condition": "perdu"})
    loan.refresh_from_db()
    assert loan.condition == "rayé ; [téléphone]"


def test_late_loans_come_first(client: Client) -> None:
    for label, days in (("A l’heure", 3), ("En retard", -3)):
        thing = Equipment.objects.create(**AT, label=label, kind="ordinateur")
        Loan.objects.create(equipment=thing, out=TODAY, due=TODAY + timedelta(days=days))
    client.force_login(held("referent"))
    page = client.get("/espace/aller-vers/").content.decode()
    assert page.index(">En retard<") < page.index(">A l’heure<")
    assert '<strong class="late">en retard</strong>' in page


def test_a_thing_is_lent_once_whoever_clicks_first() -> None:
    thing = Equipment.objects.create(**AT, label="Clé 4G", kind="connexion")
    services.loan_out(actor=SYSTEM, number=thing.pk, due=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(equipment=thing, out=TODAY, due=TODAY)
    with pytest.raises(DataError, match="déjà prêté"):
        services.loan_out(actor=SYSTEM, number=thing.pk, due=TODAY)
    with pytest.raises(DataError, match="déjà passé"):
        services.loan_out(actor=SYSTEM, number=thing.pk, due=TODAY - timedelta(days=1))


def test_loans_are_erased_a_year_after_their_return() -> None:
    moment = timezone.now()
    thing = Equipment.objects.create(**AT, label="Tablette", kind="tablette")
    Loan.objects.create(equipment=thing, out=TODAY, due=TODAY)
    old = date(2024, 1, 1)
    Loan.objects.create(equipment=thing, out=old, due=old, back=old)
    assert erasing.loans(moment, dry_run=True) == 1
    assert Loan.objects.count() == 2
    assert erasing.loans(moment, dry_run=False) == 1
    assert Loan.objects.get().back is None


# -- the kiosk -------------------------------------------------------------------------------------


def test_a_computer_counts_by_day_only(client: Client) -> None:
    station = SelfService.objects.create(**AT, label="Poste 2")
    address = f"/poste/{station.key}/"
    assert "aucun nom" in client.get(address).content.decode()
    for _time in range(3):
        answer = client.post(address, {"purpose": "demarche", "outcome": "oui"})
        assert answer["Location"] == f"{address}?merci=1"
    client.post(address, {"purpose": "imprimer", "outcome": "non"})
    rows = SelfServiceUse.objects.order_by("-times").values_list("purpose", "outcome", "times")
    assert list(rows) == [("demarche", "oui", 3), ("imprimer", "non", 1)]
    names = {field.name for field in SelfServiceUse._meta.get_fields()}
    assert names == {"id", "station", "day", "purpose", "outcome", "times"}
    assert not JournalEntry.objects.exists()
    client.force_login(held("referent"))
    page = client.get(f"/espace/aller-vers/poste/{station.pk}/").content.decode()
    assert "Une démarche administrative" in page
    assert address in page


def test_a_computer_hears_only_its_lists(client: Client) -> None:
    station = SelfService.objects.create(**AT, label="Poste 2")
    page = client.post(f"/poste/{station.key}/", {"purpose": "pirate", "outcome": "oui"})
    assert "Il manque une réponse" in page.content.decode()
    with pytest.raises(DataError):
        services.use_count(actor=VISITOR, key=station.key, purpose="pirate", outcome="oui")
    assert not SelfServiceUse.objects.exists()


def test_a_computer_is_not_flooded(client: Client) -> None:
    station = SelfService.objects.create(**AT, label="Poste 2")
    for _time in range(70):
        client.post(f"/poste/{station.key}/", {"purpose": "autre", "outcome": "oui"})
    assert SelfServiceUse.objects.get().times <= 60


def test_a_retired_computer_answers_no_more(client: Client) -> None:
    station = SelfService.objects.create(**AT, label="Poste 2", retired=TODAY)
    assert client.get(f"/poste/{station.key}/").status_code == 404
    assert client.get("/poste/inconnu/").status_code == 404


# -- what the public sees --------------------------------------------------------------------------


def test_maraudes_of_a_commune(client: Client) -> None:
    Maraude.objects.create(**AT, **MARAUDE)
    Maraude.objects.create(**AT, **MARAUDE | {"title": "Cachée", "public": False})
    Maraude.objects.create(**AT, **MARAUDE | {"title": "Finie", "last": TODAY - timedelta(days=7)})
    Maraude.objects.create(**AT, **MARAUDE | {"title": "Ailleurs", "commune": "35001"})
    Maraude.objects.create(
        **AT,
        **MARAUDE
        | {"title": "Pause", "checked": TODAY - timedelta(days=300)}
        | {"pause_first": TODAY, "pause_last": TODAY + timedelta(days=6)},
    )
    page = client.get("/aller-vers/commune/35188/").content.decode()
    assert "Camion du soir" in page
    assert not {"Cachée", "Finie", "Ailleurs"} & set(page.split())
    assert "interrompue jusqu’au" in page
    assert "C’est ancien" in page


def test_the_dates_as_a_calendar(client: Client) -> None:
    Maraude.objects.create(**AT, **MARAUDE | {"ends": time(0, 30)})
    answer = client.get("/aller-vers/commune/35188/agenda.ics")
    lines = answer.content.decode().replace("\r\n ", "").splitlines()
    assert answer["Content-Type"].startswith("text/calendar")
    assert lines.count("BEGIN:VEVENT") == 12
    assert len({line for line in lines if line.startswith("UID:")}) == 12
    starts = [line[8:] for line in lines if line.startswith("DTSTART:")]
    assert starts[0].startswith(f"{TODAY:%Y%m%d}T")
    assert {line[-7:] for line in starts} == {"190000Z", "180000Z"} or len(set(starts)) == 12


def test_home_help_by_commune(site: Client) -> None:
    HomeHelp.objects.create(
        level="departement", code="35", title="Bus des papiers", communes=["35188", "35001"],
        phone="02 99 00 00 00", checked=TODAY,
    )  # fmt: skip
    HomeHelp.objects.create(**AT, title="Partie", communes=["35188"], checked=TODAY, retired=TODAY)
    page = site.get("/aller-vers/commune/35188/").content.decode()
    assert "Bus des papiers" in page
    assert "tel:0299000000" in page
    assert "Partie" not in page
    assert "Bus des papiers" not in site.get("/aller-vers/commune/35238/").content.decode()
    assert "Bus des papiers" in site.get("/aller-vers/epci/243500550/").content.decode()
    assert "/aller-vers/commune/35188/" in site.get("/aller-vers/?q=montfort").content.decode()


@pytest.mark.parametrize("address", ["autre/35188", "iris/351880101", "region/53", "france/FR"])
def test_only_small_territories_are_shown(client: Client, address: str) -> None:
    assert client.get(f"/aller-vers/{address}/").status_code == 404


def test_home_help_keeps_codes_never_an_address(site: Client) -> None:
    site.force_login(held("referent", "departement:35"))
    told = {
        "holder": "departement:35", "title": "Bus", "communes": "Iffendic\n35188\n\nIffendic",
        "checked": TODAY, "how": "Rendez-vous chez M. Dupont, 12 rue des Lilas",
    }  # fmt: skip
    answer = site.post("/espace/aller-vers/domicile/nouveau/", told)
    assert answer.status_code == 302, answer.content.decode()
    (one,) = HomeHelp.objects.all()
    assert one.communes == ["35133", "35188"]
    assert "Dupont" not in one.how
    assert "Lilas" not in one.how
