"""The day and after: who came, the balance sheet, the one record it makes, the year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.models import (
    Difficulty,
    Opinion,
    Procedure,
    Record,
    Registration,
    Reminder,
    Workshop,
)
from portrea.web.action.services import balance, calling, joining
from portrea.web.action.services.workshops import workshop_cancel, workshop_change
from web.action.workshop_case import COMMUNE, over, workshop

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def referent(client: Client) -> Client:
    """A référent of the commune, connected."""
    user = User.objects.create_user("referent@exemple.org", "x")
    Membership.objects.create(user=user, role="referent", level="commune", code="35188")
    client.force_login(user)
    return client


def sheet(**told: Any) -> dict[str, Any]:
    return {"minutes": 90, "where": "lieu_activite", "themes": ["email"]} | told


def closed(found: Workshop, came: int, **told: Any) -> Record | None:
    joining.attendance_mark(actor=SYSTEM, key=found.key, came={}, walk_ins=came)
    balance.balance_save(actor=SYSTEM, key=found.key, told=sheet(**told))
    return balance.balance_close(actor=SYSTEM, key=found.key)


def test_the_record_says_what_was_done_and_not_who_came() -> None:
    found = over(standing="debutant")
    Registration.objects.create(workshop=found, people=2, came=2, state="venu")
    record = closed(found, 5)
    assert record is not None
    found.refresh_from_db()
    assert (found.state, record.workshop, record.channel) == ("tenu", found, "atelier")
    assert (record.kind, record.people, record.minutes) == ("collectif", 7, 90)
    assert (record.themes, record.title, record.standing) == (["email"], found.title, "debutant")
    unknown = {"NonCommunique": 7}
    assert (record.ages, record.statuses, record.genders) == (unknown, unknown, unknown)
    assert record.territory == COMMUNE


def test_opened_again_it_corrects_the_same_record() -> None:
    found = over()
    first = closed(found, 5)
    with pytest.raises(DataError, match="clos"):
        balance.balance_save(actor=SYSTEM, key=found.key, told=sheet())
    with pytest.raises(DataError, match="clos"):
        joining.attendance_mark(actor=SYSTEM, key=found.key, came={}, walk_ins=1)
    balance.balance_reopen(actor=SYSTEM, key=found.key)
    second = closed(found, 6, minutes=120)
    assert first is not None
    assert second is not None
    assert first.uuid == second.uuid
    kept = Record.objects.get()
    assert (kept.people, kept.minutes) == (6, 120)
    balance.balance_reopen(actor=SYSTEM, key=found.key)
    assert closed(found, 0) is None
    assert not Record.objects.exists(), "nobody came: no help was given"


def test_what_is_secret_is_refused_and_names_are_taken_out() -> None:
    found = over()
    with pytest.raises(DataError, match="jamais"):
        closed(found, 1, went="mot de passe : Secret12")
    closed(found, 1, went="Mme Durand a aidé.", cost="Café : 12 €")
    found.refresh_from_db()
    assert found.balance["went"] == "Mme [nom] a aidé."
    assert found.balance["cost"] == "Café : 12 €"
    with pytest.raises(DataError, match="pas commencé"):
        balance.balance_save(actor=SYSTEM, key=workshop().key, told=sheet())


def test_the_pages_of_the_day(referent: Client) -> None:
    found = workshop(public=False)
    home = f"/espace/ateliers/{found.key}"
    referent.post(f"{home}/inscriptions/", {"people": "2", "needs": ["lsf"]})
    row = Registration.objects.get()
    page = referent.get(f"{home}/inscriptions/").content.decode()
    assert row.code in page
    assert "la langue des signes (1)" in page
    assert "dès le début" in referent.get(f"{home}/presences/").content.decode()
    assert row.code in referent.get(f"{home}/feuille/").content.decode()
    Workshop.objects.filter(pk=found.pk).update(
        starts=timezone.now() - timedelta(hours=3), ends=timezone.now() - timedelta(hours=1)
    )
    answer = referent.post(f"{home}/presences/", {f"venus-{row.pk}": "3", "walk_ins": "1"})
    assert "À corriger" in answer.content.decode()
    referent.post(f"{home}/presences/", {f"venus-{row.pk}": "1", "walk_ins": "4"})
    assert Registration.objects.get().came == 1
    page = referent.get(f"{home}/bilan/").content.decode()
    assert "<strong>5 personnes</strong>" in page
    assert "1 non venue" in page


def test_the_balance_sheet_from_its_page(referent: Client) -> None:
    found = over(equipment=[])
    home = f"/espace/ateliers/{found.key}"
    Opinion.objects.bulk_create(Opinion(workshop=found, useful="oui") for _one in range(12))
    name = Procedure.objects.filter(level="france").first()
    assert name is not None
    told = {"uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "procedure": str(name),
            "codes": ["compte"], "severity": "2", "words": "Code perdu."}  # fmt: skip
    answer = referent.post(f"{home}/difficulte/", told)
    assert answer.status_code == 302, answer.content.decode()
    difficulty = Difficulty.objects.get()
    assert (difficulty.workshop, difficulty.place, difficulty.channel) == (
        found, "Médiathèque", "atelier",
    )  # fmt: skip
    referent.post(f"{home}/presences/", {"walk_ins": "9"})
    refused = referent.post(f"{home}/bilan/", sheet(went="mdp : Secret12", steps="Rappeler"))
    assert "Rappeler" in refused.content.decode(), "nothing typed is lost"
    answer = referent.post(f"{home}/bilan/", sheet(went="Bien.", clore="oui"))
    assert answer.status_code == 302
    page = referent.get(f"{home}/bilan/").content.decode()
    assert "100\xa0%" in page or "100&nbsp;%" in page
    assert "compte, mot de passe, identité" in page
    assert f"/espace/comptes-rendus/{Record.objects.get().uuid}/" in page
    referent.post(f"{home}/bilan/rouvrir/")
    assert 'name="clore"' in referent.get(f"{home}/bilan/").content.decode()


def test_the_year_adds_up(
    referent: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    day = timezone.now().replace(month=6, day=10, hour=10)
    for n in range(8):
        found = workshop(title=f"Atelier {n}", state="tenu", balance={"walk_ins": n})
        Workshop.objects.filter(pk=found.pk).update(starts=day, ends=day + timedelta(hours=2))
        Registration.objects.create(workshop=found, people=3, came=2, state="venu")
        Opinion.objects.bulk_create(
            Opinion(workshop=found, useful=useful) for useful in ("oui", "oui", "peu")
        )
    workshop(title="Ailleurs", state="tenu", code="44109", commune="44109")
    with django_assert_max_num_queries(14):
        page = referent.get("/espace/ateliers/tenus/").content.decode()
    assert "<strong>8 ateliers tenus</strong> · 44 personnes venues" in page
    assert "24 avis" in page
    assert "67" in page, "16 of 24"
    assert "Ailleurs" not in page
    table = referent.get(f"/espace/ateliers/tenus.csv?annee={day.year}").content.decode()
    assert len(table.strip().splitlines()) == 9
    assert "Aucun avis" in referent.get("/espace/ateliers/tenus/?annee=2001").content.decode()


def test_another_territory_reads_nothing(client: Client) -> None:
    user = User.objects.create_user("loin@exemple.org", "x")
    Membership.objects.create(user=user, role="referent", level="commune", code="44109")
    client.force_login(user)
    found = over()
    for page in ("inscriptions", "presences", "feuille", "bilan", "difficulte"):
        assert client.get(f"/espace/ateliers/{found.key}/{page}/").status_code == 403, page
        assert client.get(f"/espace/ateliers/inconnu/{page}/").status_code == 404, page


def test_a_change_of_the_workshop_reaches_those_who_come() -> None:
    found = workshop(capacity=1)
    rows = [
        joining.registration_add(actor=SYSTEM, key=found.key, people=1, needs=[])
        for _person in range(2)
    ]
    for row in rows:
        calling.registration_remind(
            actor=SYSTEM, code=row.code, channel="courriel", contact=f"{row.code}@exemple.org"
        )
    workshop_change(actor=SYSTEM, key=found.key, told={"capacity": 2})
    assert {row.state for row in Registration.objects.all()} == {"inscrit"}
    told = Reminder.objects.filter(contact=f"{rows[1].code}@exemple.org").order_by("due")
    assert "Une place s’est libérée" in told[0].text
    workshop_change(actor=SYSTEM, key=found.key, told={"place_name": "Salle des fêtes"})
    assert Reminder.objects.filter(text__contains="Salle des fêtes", target="").count() == 2
    workshop_cancel(actor=SYSTEM, key=found.key)
    assert Reminder.objects.filter(text__contains="est annulé").count() == 2
    assert not Reminder.objects.exclude(target="").exists(), "what is cancelled is not reminded"
