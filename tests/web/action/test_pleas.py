"""A proposal from what comes back to the answer of the administration, and what changed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.action.models import Difficulty, Procedure, Proposal
from portrea.web.action.pleas.counting import quotable
from portrea.web.action.services import pleas as services
from portrea.web.action.services.difficulties import difficulty_review, difficulty_tell
from portrea.web.action.services.plea_mail import tell_team
from portrea.web.design.templatetags.french_dates import french_date
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
WHERE = "departement:35"
HOME = "/espace/propositions/"


def procedure() -> Procedure:
    return Procedure.objects.get(origin="rsa_dtr")


def seen(count: int, *, ago: int = 0, territory: str = WHERE, words: str = "") -> None:
    """Tell difficulties from four places."""
    day = timezone.localdate() - timedelta(days=ago)
    for rank in range(count):
        difficulty_tell(
            actor=SYSTEM, territory=territory, day=day, procedure=procedure(),
            codes=["comprendre"], severity=2, place=f"Lieu {'ABCD'[rank % 4]}", words=words,
        )  # fmt: skip


def drafted(actor: Any = SYSTEM, territory: str = WHERE) -> Proposal:
    return services.plea_draft(
        actor=actor, territory=territory, procedure=procedure(), code="comprendre"
    )


def sent(actor: Any = SYSTEM, **told: Any) -> Proposal:
    made = drafted(actor)
    card = {"title": made.title, "who": made.who, "suggestion": made.suggestion,
            "addressee": "Caf", "email": "service@caf.exemple"} | told  # fmt: skip
    services.plea_edit(actor=actor, key=made.key, told=card)
    return services.plea_send(actor=actor, key=made.key, public=True)


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def test_too_few_or_one_place_begins_nothing() -> None:
    seen(4)
    with pytest.raises(ParameterError, match="au moins 5"):
        drafted()
    assert not Proposal.objects.exists()


def test_one_writes_for_her_territory_only(person: Callable[..., Any]) -> None:
    seen(8)
    with pytest.raises(RefusedError):
        drafted(person("referent departement:22"))
    with pytest.raises(RefusedError):
        drafted(person("elu departement:35"))


def test_a_draft_misses_what_it_needs_then_is_sent_once(run_tasks: Callable[[], None]) -> None:
    seen(8)
    made = drafted()
    with pytest.raises(DataError, match="courriel"):
        services.plea_send(actor=SYSTEM, key=made.key, public=True)
    done = sent()
    assert done.state == "envoyee"
    with pytest.raises(DataError, match="déjà envoyée"):
        services.plea_edit(actor=SYSTEM, key=done.key, told={})


def test_only_texts_read_again_are_quoted() -> None:
    seen(8, words="Elle ne comprend pas « net social ».")
    first, second = Difficulty.objects.order_by("pk")[:2]
    difficulty_review(actor=SYSTEM, uuid=first.uuid, words="« Net social » n’est pas compris.")
    made = drafted()
    assert [one.pk for one in quotable(made)] == [first.pk]
    told = {"suggestion": "x", "addressee": "Caf", "email": "a@b.fr"}
    services.plea_edit(actor=SYSTEM, key=made.key, told=told, quotes=[second])
    made.refresh_from_db()
    assert made.evidence == ""
    first.refresh_from_db()
    services.plea_edit(actor=SYSTEM, key=made.key, told=told, quotes=[first])
    made.refresh_from_db()
    assert "n’est pas compris" in made.evidence


def test_facts_do_not_move_and_near_ones_are_refused() -> None:
    seen(8)
    done = sent()
    facts = done.facts
    seen(2)
    with pytest.raises(ParameterError, match="trop proches"):
        drafted()
    seen(3)
    assert drafted().facts["situations"] == 13
    done.refresh_from_db()
    assert done.facts == facts


def test_the_letter_leaves_and_the_administration_answers(
    client: Client, run_tasks: Callable[[], None], django_capture_on_commit_callbacks: Any
) -> None:
    seen(40)
    with django_capture_on_commit_callbacks(execute=True):
        done = sent()
    run_tasks()
    (letter,) = mail.outbox
    assert letter.to == ["service@caf.exemple"]
    assert "40" in letter.body
    answer = re.search(r"/propositions/repondre/\w+/", str(letter.body))
    assert answer
    page = client.get(answer[0])
    assert page["Cache-Control"]
    assert "noindex" in page.content.decode()
    assert "Dites depuis quel jour" in plain(client.post(answer[0], {"event": "changer"}))
    told = {"event": "changer", "changed_on": timezone.localdate().isoformat(),
            "words": "La page est réécrite. Madame Durand"}  # fmt: skip
    assert "champ caché" in plain(client.post(answer[0], told | {"site_perso": "x"}))
    assert client.post(answer[0], told).status_code == 302
    public = plain(client.get(f"/propositions/{done.key}/"))
    assert "changée" in public
    assert "La page est réécrite" in public
    assert "Durand" not in public
    assert "terminée" in plain(client.post(answer[0], told))
    assert done.title in plain(client.get("/propositions/"))


def test_what_is_not_public_is_nowhere(client: Client) -> None:
    seen(8)
    done = sent()
    services.plea_publish(actor=SYSTEM, key=done.key, public=False)
    assert client.get(f"/propositions/{done.key}/").status_code == 404
    assert done.title not in plain(client.get("/propositions/"))
    draft = Proposal.objects.create(
        level="departement", code="35", procedure=procedure(), trouble="panne", title="B",
        public=True,
    )  # fmt: skip
    assert client.get(f"/propositions/{draft.key}/").status_code == 404
    assert client.get(f"/propositions/repondre/{draft.answer_key}/").status_code == 404
    assert client.get("/propositions/repondre/zzzz/").status_code == 404


def test_the_public_list_asks_the_database_little(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    seen(5)
    first = sent()
    for rank in range(12):
        Proposal.objects.create(
            level="departement", code="35", procedure=procedure(), trouble="panne",
            title=f"Autre {rank}", state="refusee", public=True, facts=first.facts,
        )  # fmt: skip
    with django_assert_max_num_queries(6):
        assert "Autre 11" in plain(client.get("/propositions/"))


def test_answers_are_not_taken_without_end(client: Client) -> None:
    seen(8)
    done = sent()
    for _time in range(20):
        client.post(f"/propositions/repondre/{done.answer_key}/", {})
    page = client.post(f"/propositions/repondre/{done.answer_key}/", {"event": "accuser"})
    assert "Trop d’essais" in plain(page)
    done.refresh_from_db()
    assert done.state == "envoyee"


def test_the_team_is_told_once_when_time_asks(
    person: Callable[..., Any], run_tasks: Callable[[], None]
) -> None:
    who = person("referent departement:35")
    seen(8)
    done = sent(who)
    run_tasks()
    for days, count in ((29, 0), (30, 1), (31, 0), (60, 1), (61, 0)):
        mail.outbox.clear()
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert tell_team.func() == count
            run_tasks()
        assert [one.to for one in mail.outbox] == [[who.email]] * count
    done.refresh_from_db()
    assert done.state == "envoyee"


def test_before_and_after_are_measured_as_far_as_they_may_be_told(client: Client) -> None:
    seen(40, ago=100)
    done = sent()
    changed = today_in(WHERE) - timedelta(days=90)
    services.plea_answer(
        actor=VISITOR, answer_key=done.answer_key, event="changer", changed_on=changed
    )
    seen(3, ago=5)
    found = services.plea_measure(actor=SYSTEM, key=done.key)
    assert (found.compared["saying"], found.compared["after"]) == ("moins souvent", None)
    page = plain(client.get(f"/propositions/{done.key}/"))
    assert "Moins souvent" in page
    assert "trop petit" in page
    seen(3, ago=4)
    found = services.plea_measure(actor=SYSTEM, key=done.key)
    assert found.compared["after"] == 6
    assert f"Compté le {french_date(today_in(WHERE), 'j F Y')}" in page
    assert "6 en 91 jours après" in plain(client.get(f"/propositions/{done.key}/"))


def test_the_pages_of_the_team(client: Client, connected: Callable[..., Any]) -> None:
    connected("referent departement:35")
    seen(8)
    query = {"territoire": WHERE, "demarche": procedure().key, "blocage": "comprendre"}
    assert "Préparer le brouillon" in plain(client.get(f"{HOME}nouvelle/", query))
    for wrong in ({"territoire": "zzz:1"}, {"territoire": "departement:22"}, {"demarche": "\0"}):
        assert client.get(f"{HOME}nouvelle/", query | wrong).status_code == 404
    page = client.post(f"{HOME}nouvelle/", query)
    here = page["Location"]
    told = {"title": "Titre", "who": "Qui", "suggestion": "Réécrire", "addressee": "Caf",
            "email": "pas une adresse"}  # fmt: skip
    assert "adresse" in plain(client.post(here, told))
    assert client.post(here, told | {"email": "a@b.fr"}).status_code == 302
    assert "Réécrire" in plain(client.get(f"{here}lettre/"))
    client.post(f"{here}etape/", {"faire": "envoyer", "public": "on"})
    assert "La lettre, à imprimer" in plain(client.get(here))
    client.post(here, {"event": "accuser", "words": "Par téléphone"})
    assert Proposal.objects.get().state == "accusee"
    client.post(f"{here}etape/", {"faire": "relancer"})
    assert "On ne peut pas" in plain(client.get(here))
    assert client.post(f"{here}etape/", {"faire": "zzz"}).status_code == 404
    assert "Titre" in plain(client.get(HOME))


def test_the_address_of_the_service_ends(person: Callable[..., Any]) -> None:
    seen(8)
    done = sent()
    services.plea_note(actor=SYSTEM, key=done.key, event="refuser")
    later = timezone.now() + timedelta(days=367)
    retention_run(actor=SYSTEM, now=later, names=["action.addressees"])
    done.refresh_from_db()
    assert done.email == ""
