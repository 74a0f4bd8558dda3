"""A role lent for a while, a person who leaves, the matrix that anyone reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.web.accounts import departures, services, tasks
from portrea.web.accounts.erasing import journal_identities
from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.models import Invitation, JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, Actor, RefusedError, may
from portrea.web.api.keys import key_issue
from portrea.web.api.models import ApiKey

if TYPE_CHECKING:
    from collections.abc import Callable

HERE, INSIDE, BESIDE = "departement:35", "commune:35188", "commune:35001"
NEW = {"new_password1": "une phrase que je retiens", "new_password2": "une phrase que je retiens"}


@pytest.fixture
def now() -> Any:
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False) as travel:
        yield travel


@pytest.fixture
def accept(run_tasks: Callable[[], None]) -> Callable[[Client], User]:
    """Accept the invitation of the last e-mail, as a newcomer."""

    def accept(client: Client) -> User:
        run_tasks()
        link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[-1].body)[1]
        client.logout()
        client.post(link, NEW)
        return User.objects.get(email=mail.outbox[-1].to[0])

    return accept


def lend(client: Client, user: User, **told: str) -> Any:
    row = user.memberships.get()
    form = {"role": str(row.pk), "email": "relais@exemple.org", "until": "2026-12-20"}
    return client.post("/compte/preter/", form | told)


def grants(user: User) -> User:
    """The same person, at her next request."""
    return User.objects.get(pk=user.pk)


# -- loans -----------------------------------------------------------------------------------------


def test_a_role_is_lent_and_ends_by_itself(
    client: Client, connected: Callable[..., User], accept: Callable[[Client], User], now: Any
) -> None:
    owner = connected(f"referent {HERE}")
    assert lend(client, owner).status_code == 302
    assert not Membership.objects.exclude(user=owner).exists(), "nothing before she accepts"
    relay = accept(client)
    assert may(grants(relay), "place.edit", INSIDE)
    assert "Prêté jusqu’au 20 décembre 2026" in client.get("/compte/").content.decode()
    now.move_to(datetime(2026, 12, 20, 23, 59, tzinfo=ZoneInfo("Europe/Paris")))
    assert may(grants(relay), "place.edit", INSIDE)
    now.move_to(datetime(2026, 12, 21, tzinfo=ZoneInfo("Europe/Paris")))
    assert not may(grants(relay), "place.edit", INSIDE), "even before the daily work"
    assert may(grants(owner), "place.edit", INSIDE)
    assert departures.loans_end(timezone.now()) == 1
    acts = list(JournalEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["account.lend", "account.invite.accept", "account.lend.end"]
    assert {(line.level, line.code) for line in JournalEntry.objects.all()} == {
        tuple(HERE.split(":"))
    }


def test_a_lent_role_goes_no_further(
    client: Client, connected: Callable[..., User], accept: Callable[[Client], User], now: Any
) -> None:
    lend(client, connected(f"referent {HERE}"))
    relay = grants(accept(client))
    row = relay.memberships.get()
    with pytest.raises(RefusedError, match="ne se prête pas"):
        departures.role_lend(
            actor=relay, membership=row.pk, email="z@exemple.org", until=date(2026, 12, 1)
        )
    with pytest.raises(RefusedError, match="ne pouvez pas confier"):
        services.invitation_send(actor=relay, email="z@exemple.org", role="elu", territory=HERE)
    with pytest.raises(RefusedError):
        services.role_revoke(actor=relay, membership=row.pk)
    page = client.get("/compte/preter/").content.decode()
    assert "pas de rôle à prêter" in page


def test_a_loan_ends_with_the_role_it_comes_from(
    client: Client, connected: Callable[..., User], accept: Callable[[Client], User], now: Any
) -> None:
    owner = connected(f"referent {HERE}")
    lend(client, owner)
    relay = accept(client)
    lend_again = owner.memberships.get()
    services.role_revoke(actor=SYSTEM, membership=lend_again.pk)
    assert not may(grants(relay), "place.edit", INSIDE)


def test_the_lender_takes_it_back(
    client: Client, connected: Callable[..., User], accept: Callable[[Client], User], now: Any
) -> None:
    owner = connected(f"referent {HERE}")
    lend(client, owner)
    relay = accept(client)
    key = relay.memberships.get().pk
    client.force_login(grants(relay))
    assert client.post(f"/compte/prets/{key}/fin/").status_code == 302, "one may give it back"
    assert not Membership.objects.filter(pk=key).exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"until": "2026-11-21"}, "180 jours au plus"),
        ({"until": "2027-05-22"}, "180 jours au plus"),
        ({"until": "demain"}, "date valide"),
        ({"email": "personne1@exemple.org"}, "déjà ce rôle"),
        ({"email": "pas une adresse"}, "adresse"),
        ({"role": "999999"}, "choix valide"),
    ],
)
def test_a_loan_that_cannot_be(
    client: Client, connected: Callable[..., User], now: Any, told: dict[str, str], said: str
) -> None:
    owner = connected(f"referent {HERE}")
    answer = lend(client, owner, **told)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Invitation.objects.exists()


def test_the_role_of_another_is_not_lent(person: Callable[..., User], now: Any) -> None:
    other = person(f"referent {HERE}").memberships.get()
    with pytest.raises(RefusedError):
        departures.role_lend(
            actor=person(f"referent {HERE}"),
            membership=other.pk,
            email="z@exemple.org",
            until=date(2026, 12, 1),
        )


def test_a_role_held_for_good_is_not_shortened(
    client: Client, connected: Callable[..., User], person: Callable[..., User], now: Any
) -> None:
    known = person(f"referent {HERE}", email="relais@exemple.org")
    lend(client, connected(f"referent {HERE}"))
    token = services.invitation_link(Invitation.objects.get()).split("/")[-2]
    services.invitation_accept(token=token, user=known)
    assert known.memberships.get().until is None


def test_it_is_done_each_day(person: Callable[..., User], run_tasks: Callable[[], None]) -> None:
    row = person(f"referent {HERE}").memberships.get()
    Membership.objects.filter(pk=row.pk).update(until=timezone.now() - timedelta(minutes=1))
    tasks.end_loans.enqueue()
    run_tasks()
    assert not Membership.objects.exists()


# -- departures ------------------------------------------------------------------------------------


def leaver_of(person: Callable[..., User]) -> User:
    """A référent with a key, a link of an invitation and an open session."""
    gone = person(f"referent {BESIDE}", f"technicien {INSIDE}", email="part@exemple.org")
    key_issue(actor=gone, label="Cartographie", territory=BESIDE)
    browser = Client()
    browser.force_login(gone)
    return gone


def test_a_departure_closes_what_opens_doors(
    client: Client, person: Callable[..., User], connected: Callable[..., User]
) -> None:
    gone = leaver_of(person)
    browser = Client()
    browser.force_login(gone)
    chief = connected(f"referent {INSIDE}", f"referent {BESIDE}")
    assert client.get("/compte/personnes/").content.decode().count(">Départ…<") == 4  # hers too
    key = gone.memberships.first().pk
    page = client.get(f"/compte/personnes/{key}/depart/").content.decode()
    assert "part@exemple.org" in page
    assert "clés d’API : 1" in page
    answer = client.post(
        f"/compte/personnes/{key}/depart/", {"successor": "suite@exemple.org", "doors": "on"}
    )
    assert answer.status_code == 302
    assert not gone.memberships.exists()
    assert ApiKey.objects.get().revoked
    assert browser.get("/compte/").status_code == 302, "her session is closed"
    assert client.get("/compte/").status_code == 200, "ours is not"
    offered = Invitation.objects.filter(email="suite@exemple.org").values_list("role", "code")
    assert set(offered) == {("referent", "35001"), ("technicien", "35188")}
    line = JournalEntry.objects.get(act="account.revoke.departure")
    assert line.after["liens et clés"] == 1
    assert line.actor.user == chief


def test_doors_may_be_kept(person: Callable[..., User]) -> None:
    gone = leaver_of(person)
    closed = departures.person_leaves(actor=person("administrateur"), user=gone, doors=False)
    assert (closed.roles, closed.doors) == (2, 0)
    assert ApiKey.objects.get().revoked is None
    assert not Invitation.objects.exists()


def test_only_roles_within_reach_are_taken(
    person: Callable[..., User], connected: Callable[..., User], client: Client
) -> None:
    gone = person(f"referent {INSIDE}", "referent region:53", email="part@exemple.org")
    connected(f"referent {HERE}")
    kept = gone.memberships.get(level="region")
    assert client.get(f"/compte/personnes/{kept.pk}/depart/").status_code == 403
    here = gone.memberships.get(level="commune")
    client.post(f"/compte/personnes/{here.pk}/depart/", {"successor": ""})
    assert gone.memberships.get() == kept


def test_the_last_administrator_does_not_leave(person: Callable[..., User]) -> None:
    chief = person("administrateur")
    with pytest.raises(ParameterError, match="dernier"):
        departures.person_leaves(actor=SYSTEM, user=chief)
    assert chief.memberships.exists()


def test_her_name_leaves_the_journal_after_a_year(person: Callable[..., User]) -> None:
    with time_machine.travel("2026-01-10T10:00Z", tick=False) as now:
        chief = person("administrateur", email="chef@exemple.org")
        departures.person_leaves(actor=chief, user=leaver_of(person))
        line = JournalEntry.objects.get(act="account.revoke.departure")
        assert str(line.actor) == "chef@exemple.org"
        now.move_to(datetime(2027, 3, 1, 10, tzinfo=UTC))
        journal_identities(timezone.now() - timedelta(days=365), dry_run=False)
        line.actor.refresh_from_db()
        assert "chef" not in str(line.actor)
        assert JournalEntry.objects.filter(pk=line.pk).exists()


# -- the matrix on a page --------------------------------------------------------------------------


def test_anyone_reads_who_may_do_what(client: Client, db: None) -> None:
    page = client.get("/qui-peut-quoi/").content.decode()
    for card in (*matrix().roles.values(), *matrix().acts.values()):
        assert card.label in page, card.name
    assert page.count("<tr>") == len(matrix().acts) + 1
    assert "Cookie" not in client.get("/qui-peut-quoi/").get("Vary", "")


def test_what_one_role_may_do(client: Client, db: None) -> None:
    page = client.get("/qui-peut-quoi/?role=elu").content.decode()
    assert "Voir les tableaux de suivi" in page
    assert "Modifier une fiche" not in page
    asked = client.get("/qui-peut-quoi/?role=referent").content.decode()
    assert "Un code du téléphone" in asked
    assert client.get("/qui-peut-quoi/?role=roi").status_code == 404


def test_an_actor_is_a_person_or_the_machine() -> None:
    assert may(Actor.system(), "account.lend")
