"""An orientation handed over: sent once, answered once, told to the agent without naming anyone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.journeys.models import Handover, UnmetDemand
from portrea.web.journeys.services.handovers import handover_answer
from portrea.web.journeys.services.mailing import digests_send, handovers_follow
from portrea.web.journeys.services.partner_links import token_of
from portrea.web.offer.models import OptOut, Place
from portrea.web.offer.services import place_fix, place_merge
from web.journeys.partners import SECRETS, census, page_of, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture
def places() -> dict[str, Place]:
    return census()


@pytest.fixture
def agent(connected: Callable[..., User], places: dict[str, Place]) -> User:
    """An agent of the Médiathèque."""
    structure = places["Médiathèque"].pk
    return connected("acteur commune:35133", structure=structure)


@pytest.fixture
def row(agent: User, places: dict[str, Place]) -> Handover:
    return sent(agent, places["CCAS d’Iffendic"])


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2])
    return " ".join(unescape(text).split())


def filled(page: str, **more: str) -> dict[str, str]:
    """What the form posts: its own hidden values, then what is written."""
    told = dict(re.findall(r'name="(nonce|sender|read_over)" value="([^"]*)"', page))
    return told | {"need": "aide", "procedure": "rsa", "days": "7"} | more


def answered(client: Client, row: Handover, verdict: str, **more: Any) -> HttpResponse:
    told = {"verdict": verdict, "version": row.version} | more
    return client.post(page_of(row), told, follow=True)


# -- sending --------------------------------------------------------------------------------------


def test_the_form_knows_what_was_asked(
    agent: User, places: dict[str, Place], client: Client
) -> None:
    url = f"/espace/orientations/vers/{places['CCAS d’Iffendic'].pk}/"
    asked = "besoin=aide&demarche=rsa&trajet=pied&langue=arabe&fauteuil=oui&vu=oui"
    page = client.get(f"{url}?{asked}").content.decode()
    for chosen in ("rsa", "arabe", "aide"):
        assert f'<option value="{chosen}" selected' in page
    for ticked in ("pied", "fauteuil"):
        assert re.search(f'value="{ticked}"[^>]* checked', page)
    assert "checked" not in page.partition('value="soir"')[2].partition(">")[0]
    assert client.get(f"{url}?besoin=n-importe-quoi").status_code == 400


def test_sent_once_whatever_the_clicks(
    agent: User, places: dict[str, Place], client: Client, run_tasks: Callable[[], None]
) -> None:
    url = f"/espace/orientations/vers/{places['CCAS d’Iffendic'].pk}/"
    told = filled(
        client.get(url).content.decode(), words="Mme Dupont, 06 11 22 33 44, a un courrier"
    )
    first, second = (client.post(url, told, follow=True) for _ in range(2))
    assert first.redirect_chain == second.redirect_chain
    row = Handover.objects.get()
    assert "Dupont" not in row.words
    assert "11 22" not in row.words
    assert "un nom, un numéro" in words(first)
    run_tasks()
    (message,) = mail.outbox
    assert message.to == ["ccas@iffendic.fr"]
    assert page_of(row) in message.body
    assert "Médiathèque" in message.body
    assert not any(word in message.body for word in ("RSA", "courrier a", "Dupont"))


def test_nobody_is_named_without_her_consent(
    agent: User, places: dict[str, Place], client: Client
) -> None:
    url = f"/espace/orientations/vers/{places['CCAS d’Iffendic'].pk}/"
    told = filled(client.get(url).content.decode(), first_name="Awa", contact="0612345678")
    refused = client.post(url, told)
    assert "Cochez l’accord" in words(refused)
    assert not Handover.objects.exists()
    empty = client.post(url, told | {"agreed": "on", "contact": ""})
    assert "Écrivez comment la joindre" in words(empty)
    assert not Handover.objects.exists()
    client.post(url, told | {"agreed": "on"})
    row = Handover.objects.get()
    assert (row.first_name, row.contact) == ("Awa", "+33612345678")
    assert row.consented == NOW
    assert "est d’accord" in row.consent
    client.logout()
    page = words(client.get(page_of(row)))
    assert "Awa" in page
    assert "avec son accord, donné le 01/12/2026" in page


def test_a_first_name_in_the_words_is_read_over(
    agent: User, places: dict[str, Place], client: Client
) -> None:
    url = f"/espace/orientations/vers/{places['CCAS d’Iffendic'].pk}/"
    told = filled(client.get(url).content.decode(), words="Fatima a peur du téléphone")
    page = client.post(url, told)
    assert "« Fatima » : est-ce le nom d’une personne ?" in words(page)
    assert not Handover.objects.exists()
    client.post(url, filled(page.content.decode(), words="Fatima a peur du téléphone"))
    assert Handover.objects.count() == 1


def test_a_place_without_an_address_is_given_the_link(
    agent: User, places: dict[str, Place], client: Client, run_tasks: Callable[[], None]
) -> None:
    """A personal address is none."""
    place = places["Médiathèque"]
    url = f"/espace/orientations/vers/{place.pk}/"
    page = client.get(url)
    assert "n’a pas de courriel connu" in words(page)
    done = client.post(url, filled(page.content.decode()), follow=True)
    run_tasks()
    assert mail.outbox == []
    row = Handover.objects.get()
    assert page_of(row) in words(done)
    assert "À donner au lieu vous-même" in words(done)
    card = client.get(f"/espace/orientations/{row.pk}/carte/")
    assert page_of(row) in words(card)
    assert "<svg" in card.content.decode()


@pytest.mark.parametrize("change", [{"status": "closed"}, {"status": "hidden"}])
def test_a_closed_or_removed_place_receives_nothing(
    change: dict[str, str], agent: User, places: dict[str, Place], client: Client
) -> None:
    place = places["CCAS d’Iffendic"]
    url = f"/espace/orientations/vers/{place.pk}/"
    told = filled(client.get(url).content.decode())
    Place.objects.filter(pk=place.pk).update(**change)
    assert client.post(url, told).status_code == 410
    assert "Choisissez un autre lieu" in words(client.get(url))
    assert client.get("/espace/orientations/vers/inconnu/").status_code == 404
    assert not Handover.objects.exists()


# -- answering ------------------------------------------------------------------------------------


def test_looking_answers_nothing_and_the_button_does(row: Handover, client: Client) -> None:
    client.logout()
    before = Handover.objects.values().get()
    for _ in range(2):
        page = client.get(page_of(row))
        assert "Oui, nous la recevons" in words(page)
        assert page.headers["Cache-Control"].count("no-store")
    assert Handover.objects.values().get() == before
    done = answered(client, row, "accept", **{"words-accept": "mardi à 14 h"})
    assert "Vous avez dit oui le 01/12/2026" in words(done)
    row.refresh_from_db()
    assert (row.state, row.note, row.news) == ("accepted", "mardi à 14 h", True)
    assert row.named, "the partner still has to reach her"


def test_two_answers_at_once(row: Handover, client: Client) -> None:
    """Two desks, one page each: the first is heard, the second is told."""
    assert answered(client, row, "accept").status_code == 200
    late = answered(client, row, "refuse", **{"reason-refuse": "no_place"})
    assert late.status_code == 409
    assert "Quelqu’un a répondu" in words(late)
    assert "Votre réponse n’a pas été enregistrée" in words(late)
    assert Handover.objects.get().state == "accepted"


def test_a_double_click_is_one_answer(row: Handover, client: Client) -> None:
    told = {"reason-refuse": "no_place"}
    for _ in range(2):
        assert answered(client, row, "refuse", **told).status_code == 200
    assert UnmetDemand.objects.get().count == 1
    assert JournalEntry.objects.filter(act="orientation.send").count() == 2, "sent, then refused"


def test_a_refusal_erases_counts_and_tells(
    row: Handover, client: Client, run_tasks: Callable[[], None]
) -> None:
    run_tasks()
    mail.outbox.clear()
    bare = answered(client, row, "refuse")
    assert bare.status_code == 400
    assert "Choisissez la raison du refus" in words(bare)
    answered(client, row, "refuse", **{"reason-refuse": "no_place", "words-refuse": "Complet"})
    row.refresh_from_db()
    assert (row.first_name, row.contact, row.words, row.consent) == ("", "", "", "")
    assert row.consented is None
    demand = UnmetDemand.objects.get()
    assert (demand.commune, demand.need, demand.procedure) == ("35133", "aide", "rsa")
    assert (demand.reason, demand.origin, str(demand.month)) == ("full", "partner", "2026-12-01")
    page = words(client.get(f"/espace/orientations/{row.pk}/"))
    assert "Nous n’avons plus de place" in page
    assert "Chercher un autre lieu pour la même demande" in page
    assert digests_send() == 1
    assert digests_send() == 0, "told once"
    run_tasks()
    (digest,) = mail.outbox
    assert "1 refusée" in digest.body
    for word in (*SECRETS, "Iffendic", "rsa", "Complet"):
        assert word not in digest.body


def test_a_question_and_its_answer(
    row: Handover, client: Client, run_tasks: Callable[[], None]
) -> None:
    run_tasks()
    mail.outbox.clear()
    answered(client, row, "ask", **{"reason-ask": "when"})
    row.refresh_from_db()
    assert row.state == "question"
    page = words(client.get(f"/espace/orientations/{row.pk}/"))
    assert "Quand peut-elle venir ?" in page
    told = {"version": row.version, "words": "Le matin. Mme Dupont au 0612345678"}
    client.post(f"/espace/orientations/{row.pk}/preciser/", told)
    run_tasks()
    assert [m.subject for m in mail.outbox] == [
        "Réponse à votre question : orientation pour CCAS d’Iffendic"
    ]
    shown = words(client.get(page_of(row)))
    assert "Le matin. [nom retiré] au [numéro retiré]" in shown
    assert "Oui, nous la recevons" in shown


def test_said_yes_then_unreachable(row: Handover, client: Client) -> None:
    answered(client, row, "accept")
    row.refresh_from_db()
    assert "Finalement non" in words(client.get(page_of(row)))
    answered(client, row, "refuse", **{"reason-refuse": "unreachable"})
    row.refresh_from_db()
    assert (row.state, row.named) == ("refused", False)
    assert not UnmetDemand.objects.exists(), "nobody lacked anything"


# -- links that are no good -----------------------------------------------------------------------


def test_links_that_are_no_good(row: Handover, client: Client, clock: Any) -> None:
    token = token_of(row)
    forged = ("b" if token[0] == "a" else "a") + token[1:]
    for wrong in (forged, token[:-1], "x", "é" * 30):
        page = client.get(f"/orientation-recue/{wrong}/")
        assert page.status_code == 410
        assert "Ce lien n’est pas valable" in words(page)
        assert client.post(f"/orientation-recue/{wrong}/", {"verdict": "accept"}).status_code == 410
    assert client.get(f"/orientation-recue/{token.upper()}/").status_code == 200, "typed by hand"
    clock.move_to(datetime(2026, 12, 8, 23, 59, tzinfo=ZoneInfo("Europe/Paris")))
    assert client.get(page_of(row)).status_code == 200, "good until the end of the last day"
    clock.move_to(datetime(2026, 12, 9, 0, 0, 1, tzinfo=ZoneInfo("Europe/Paris")))
    page = client.get(page_of(row))
    assert page.status_code == 410
    assert "a expiré : elle attendait une réponse jusqu’au 08/12/2026" in words(page)
    assert answered(client, row, "accept").status_code == 410
    assert Handover.objects.get().state == "waiting"


def test_cancelled(row: Handover, client: Client) -> None:
    client.post(f"/espace/orientations/{row.pk}/annuler/", {"version": row.version})
    page = client.get(page_of(row))
    assert page.status_code == 410
    assert "est sans suite" in words(page)
    assert answered(client, row, "accept").status_code == 410
    row.refresh_from_db()
    assert (row.state, row.named, row.words) == ("dropped", False, "")
    again = client.post(f"/espace/orientations/{row.pk}/annuler/", {"version": row.version})
    assert again.status_code == 409


def test_cancelled_while_the_partner_says_yes(row: Handover, client: Client) -> None:
    answered(client, row, "accept")
    late = client.post(f"/espace/orientations/{row.pk}/annuler/", {"version": row.version})
    assert late.status_code == 409
    assert "acceptée" in words(late)
    assert Handover.objects.get().state == "accepted"


def test_the_place_is_merged_then_removed(
    row: Handover, places: dict[str, Place], client: Client
) -> None:
    kept = places["Médiathèque"]
    place_merge(actor=SYSTEM, kept=kept.pk, absorbed=row.place_id)
    page = words(client.get(page_of(row)))
    assert "réuni à « Médiathèque »" in page or "réuni à" in page
    assert handovers_follow()["drop"] == 0
    Place.objects.filter(pk=kept.pk).update(status="hidden")
    gone = client.get(page_of(row))
    assert gone.status_code == 410
    assert "n’est plus dans le recensement" in words(gone)
    assert answered(client, row, "accept").status_code == 410
    assert handovers_follow()["drop"] == 1
    row.refresh_from_db()
    assert (row.state, row.named, row.news) == ("dropped", False, True)
    assert "Le lieu n’est plus dans le recensement" in words(
        client.get(f"/espace/orientations/{row.pk}/")
    )


def test_a_closed_sheet_may_be_wrong(row: Handover, client: Client) -> None:
    place_fix(actor=SYSTEM, place_id=row.place_id, version=1, changes={"phone": "+33299000000"})
    Place.objects.filter(pk=row.place_id).update(status="closed")
    assert "S’il ne l’est pas, répondez quand même" in words(client.get(page_of(row)))
    assert answered(client, row, "accept").status_code == 200


# -- each day -------------------------------------------------------------------------------------


def test_reminded_twice_then_expired(
    agent: User, places: dict[str, Place], clock: Any, run_tasks: Callable[[], None]
) -> None:
    row = sent(agent, places["CCAS d’Iffendic"], days=14)
    told: list[tuple[int, str]] = []
    for day in range(1, 17):
        clock.move_to(NOW + timedelta(days=day))
        found = handovers_follow()
        told += [(day, name) for name, count in found.items() if count]
    assert told == [(3, "remind"), (7, "remind"), (15, "expire")]
    row.refresh_from_db()
    assert (row.state, row.named, row.words, row.news) == ("expired", False, "", True)
    run_tasks()
    assert mail.outbox == [], "a task late writes nothing about what ended"


def test_the_reminder_says_so(row: Handover, clock: Any, run_tasks: Callable[[], None]) -> None:
    run_tasks()
    clock.move_to(NOW + timedelta(days=3))
    assert handovers_follow() == {"remind": 1, "expire": 0, "drop": 0}
    assert handovers_follow()["remind"] == 0, "the job started twice reminds once"
    run_tasks()
    assert [m.subject[:6] for m in mail.outbox] == ["Une or", "Rappel"]


def test_the_digest_of_who_left(row: Handover, client: Client, agent: User) -> None:
    answered(client, row, "accept")
    agent.delete()
    assert digests_send() == 0
    assert Handover.objects.get().news is False


def test_stop_writing(row: Handover, client: Client, run_tasks: Callable[[], None]) -> None:
    client.logout()
    url = f"{page_of(row)}ne-plus-ecrire/"
    client.get(url)
    assert not OptOut.objects.exists()
    assert "C’est noté" in words(client.post(url))
    run_tasks()
    assert mail.outbox == []
    assert client.get(page_of(row)).status_code == 200, "the link still answers"


def test_what_is_written_names_nobody(row: Handover, client: Client) -> None:
    handover_answer(row=row, event="accept", version=1)  # type: ignore[arg-type]
    client.post(f"/espace/orientations/{row.pk}/effacer/")
    row.refresh_from_db()
    assert (row.named, row.consented) == (False, None)
    lines = str(list(JournalEntry.objects.values())) + str(list(UnmetDemand.objects.values()))
    assert not any(word in lines for word in SECRETS)
