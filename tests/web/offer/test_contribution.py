"""A sheet proposed by link, step by step, without account; an error reported by anyone."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services.links import link_issue, token_of
from web.offer.census import applied, only_place, record

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

WHERE = {"name": "CCAS d’Iffendic", "kind": "CCAS", "address": "1 place de l’Église",
         "postcode": "35750", "commune": "35133"}  # fmt: skip
HELP = {"blocks": ["aide", "equipement"], "cost": ["Gratuit"]}
HOURS = {"text": "lundi au vendredi 9h-12h et 14h-17h30", "rhythm": "1"}
CONTACT = {"phone": "02 99 09 00 17", "emails": "ccas@iffendic.fr"}
CAPACITY = {"hours_week": "12", "share": "50", "saturation": "faible"}
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("where", WHERE), ("help", HELP), ("hours", HOURS), ("contact", CONTACT),
    ("capacity", CAPACITY), ("review", {}),
]  # fmt: skip


def draft_of(page: str) -> str:
    return re.findall(r'name="draft" value="([^"]*)"', page)[-1]


def step_of(page: str) -> str:
    return re.findall(r'name="step" value="([^"]*)"', page)[-1]


def fill(client: Client, address: str, steps: Any = None, **over: dict[str, Any]) -> str:
    """Go through the steps; return the last page."""
    page = client.get(address).content.decode()
    for step, answers in steps or STEPS:
        assert step_of(page) == step, page
        asked = {"step": step, "draft": draft_of(page), **answers, **over.get(step, {})}
        page = client.post(address, asked).content.decode()
    return page


@pytest.fixture
def address() -> str:
    link = link_issue(actor=SYSTEM, label="Réunion", territory="commune:35133")
    return f"/contribuer/{token_of(link)}/"


def test_a_new_place_in_six_pages_waits_and_is_not_public(client: Client, address: str) -> None:
    page = fill(client, address)
    assert "Merci, c’est envoyé" in page
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.state, proposal.territory) == (
        "new", "waiting", "commune:35133",
    )  # fmt: skip
    assert proposal.content["hours"] == "Mo-Fr 09:00-12:00,14:00-17:30"
    assert proposal.content["phone"] == "+33299090017"
    assert proposal.content["services.aide"]["capacity"] == {
        "hours_week": 12.0, "share_procedures": 0.5, "saturation": "faible",
    }  # fmt: skip
    assert not Place.objects.exists()
    assert "sessionid" not in client.cookies, "no session, no account"
    line = JournalEntry.objects.get(act="place.propose")
    assert str(line.actor) == f"lien n° {proposal.link_id}"


def test_hours_are_shown_back_before_sending(client: Client, address: str) -> None:
    page = fill(client, address, STEPS[:5])
    assert "Du lundi au vendredi" in unescape(page)
    assert not Proposal.objects.exists()
    odd = {"text": "quand le bus passe, vers midi"}
    page = unescape(fill(client, address, STEPS[:5], hours=odd))
    assert "Nous n’avons pas compris" in page
    assert "quand le bus passe" in page


def test_days_are_ticked_one_week_in_two(client: Client, address: str) -> None:
    ticked = {
        "text": "", "rhythm": "2", "first": "2026-11-24", "days_a": ["1", "3"],
        "morning_from_a": "09:00", "morning_to_a": "12:00",
    }  # fmt: skip
    page = fill(client, address, hours=ticked)
    assert "Merci" in page
    presence = Proposal.objects.get().content["services.aide"]["presences"][0]
    assert presence["hours"] == "Tu,Th 09:00-12:00"
    assert (presence["every_weeks"], presence["first"]) == (2, "2026-11-24")


@pytest.mark.parametrize(
    ("step", "answers", "said"),
    [
        ("where", {"name": ""}, "obligatoire"),
        ("where", {"commune": "35001"}, "Choisissez|Sélectionnez"),
        ("where", {"postcode": "abcde"}, "code postal|cinq chiffres"),
        ("help", {"blocks": []}, "obligatoire"),
        ("hours", {"rhythm": "2", "first": ""}, "Donnez un jour"),
        ("hours", {"text": "", "days_a": ["1"]}, "Cochez les jours"),
        ("hours", {"text": "", "days_a": ["1"], "morning_from_a": "12:00",
                   "morning_to_a": "09:00"}, "heure de début"),
        ("contact", {"phone": "12"}, "numéro"),
        ("contact", {"emails": "pas une adresse"}, "adresse"),
        ("contact", {"websites": "javascript:alert(1)"}, "adresse"),
        ("capacity", {"share": "150"}, "100"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_and_nothing_is_lost(
    client: Client, address: str, step: str, answers: dict[str, Any], said: str
) -> None:
    rank = [name for name, _ in STEPS].index(step)
    page = unescape(fill(client, address, STEPS[: rank + 1], **{step: answers}))
    assert step_of(page) == step
    assert re.search(said, page), page
    assert "À corriger" in page


def test_going_back_keeps_the_answers(client: Client, address: str) -> None:
    page = fill(client, address, STEPS[:3])
    asked = {"step": "contact", "draft": draft_of(page), "go": "where"}
    back = unescape(client.post(address, asked).content.decode())
    assert "CCAS d’Iffendic" in back
    assert step_of(back) == "where"


def test_a_cut_or_forged_page_is_refused(client: Client, address: str) -> None:
    answer = client.post(address, {"step": "help", "draft": "forgé", **HELP})
    assert answer.status_code == 400
    assert client.post(address, {"step": "loin", "draft": ""}).status_code == 400


def test_the_place_that_exists_is_proposed_first(client: Client, address: str) -> None:
    applied(record("1", name="CCAS d’Iffendic", address="1 place de l’Église", postcode="35750"))
    place = only_place()
    page = fill(client, address, STEPS[:1])
    assert "Ce lieu existe peut-être déjà" in page
    asked = {"step": "where", "draft": draft_of(page)}
    page = client.post(address, asked | {"same": place.pk}).content.decode()
    page = continued(client, address, page)
    assert "Merci" in page
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.place_id) == ("fix", place.pk)
    assert "name" not in proposal.content, "only what differs is proposed"


def continued(client: Client, address: str, page: str) -> str:
    for step, answers in STEPS[1:]:
        assert step_of(page) == step
        page = client.post(
            address, {"step": step, "draft": draft_of(page), **answers}
        ).content.decode()
    return page


def test_another_place_of_the_same_name_goes_on(client: Client, address: str) -> None:
    applied(record("1", name="CCAS d’Iffendic", address="1 place de l’Église", postcode="35750"))
    page = fill(client, address, STEPS[:1])
    asked = {"step": "where", "draft": draft_of(page), "other": "1"}
    page = continued(client, address, client.post(address, asked).content.decode())
    assert Proposal.objects.get().kind == "new"


def test_own_sheet_is_already_filled(client: Client) -> None:
    applied(record("1", name="CCAS", phone="+33299000000", hours="Mo 09:00-12:00",
                   services=[{"block": "aide", "key": "aide", "cost": ["Gratuit"]}]))  # fmt: skip
    place = only_place()
    link = link_issue(actor=SYSTEM, label="", place=place)
    address = f"/contribuer/{token_of(link)}/"
    page = unescape(client.get(address).content.decode())
    assert "Voici votre fiche" in page
    assert 'value="CCAS"' in page
    where = {"name": "CCAS", "commune": "35133"}
    same = [("where", where), ("help", {"blocks": ["aide"], "cost": ["Gratuit"]}),
            ("hours", {"text": "Lundi : 9h-12h", "rhythm": "1"}),
            ("contact", {"phone": "02 99 11 11 11"}), ("capacity", {}), ("review", {})]  # fmt: skip
    fill(client, address, same)
    assert Proposal.objects.get().content == {"phone": "+33299111111"}


def test_nothing_changed_is_said(client: Client) -> None:
    applied(record("1", name="CCAS"))
    link = link_issue(actor=SYSTEM, label="", place=only_place())
    same = [("where", {"name": "CCAS", "commune": "35133"}), ("help", {"blocks": []})]
    page = fill(client, f"/contribuer/{token_of(link)}/", same)
    assert "obligatoire" in page, "at least one kind of help"


def test_robots_and_floods(client: Client, address: str) -> None:
    page = fill(client, address, review={"site_perso": "http://spam"})
    assert "Merci" in page
    assert not Proposal.objects.exists()


def test_html_stays_text_everywhere(client: Client, address: str) -> None:
    page = fill(client, address, STEPS[:5], where={"name": "<script>alert(1)</script>"},
                help={"description": "<img src=x onerror=alert(1)>"})  # fmt: skip
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_names_and_personal_addresses_are_taken_out_of_free_texts(
    client: Client, address: str
) -> None:
    fill(client, address, help={"description": "Demandez Mme Le Goff"})
    told = Proposal.objects.get().content["services.aide"]["description"]
    assert "Goff" not in told


# -- reports --------------------------------------------------------------------------------------


def reported(client: Client, place: Place, **answers: Any) -> str:
    address = f"/signaler/{place.pk}/"
    page = client.get(address).content.decode()
    seen = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    shown = {"phone": "02 99 00 00 00", "hours": "Lundi : 9 h - 12 h", "address": "1 rue du Four"}
    asked = {"about": "fix", "seen": seen, **shown, **answers}
    return unescape(client.post(address, asked).content.decode())


@pytest.fixture
def place() -> Place:
    applied(record("1", name="CCAS", phone="+33299000000", hours="Mo 09:00-12:00",
                   address="1 rue du Four"))  # fmt: skip
    return only_place()


def test_anyone_reports_a_phone(client: Client, place: Place) -> None:
    assert "Merci" in reported(client, place, phone="02 99 22 22 22")
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.content) == ("fix", {"phone": "+33299222222"})
    assert proposal.seen == {"phone": "+33299000000"}
    place.refresh_from_db()
    assert place.phone == "+33299000000", "nothing public before the référent"
    assert str(JournalEntry.objects.get(act="place.propose").actor) == "visiteur"


def test_hours_in_words_and_words_not_understood(client: Client, place: Place) -> None:
    reported(client, place, hours="mardi 14h-18h")
    reported(client, place, hours="selon l’humeur du chat")
    one, other = Proposal.objects.order_by("pk")
    assert one.content == {"hours": "Tu 14:00-18:00"}
    assert other.content == {"hours": None, "hours_text": "selon l’humeur du chat"}


@pytest.mark.parametrize(("about", "kind"), [("closed", "closed"), ("duplicate", "duplicate")])
def test_closed_and_duplicate(client: Client, place: Place, about: str, kind: str) -> None:
    assert "Merci" in reported(client, place, about=about)
    assert Proposal.objects.get().kind == kind


def test_a_remark_alone_and_nothing_at_all(client: Client, place: Place) -> None:
    assert "Merci" in reported(client, place, words="La sonnette ne marche pas")
    assert Proposal.objects.get().kind == "remark"
    assert "Écrivez ce qui ne va pas" in reported(client, place)


def test_reports_are_throttled(client: Client, place: Place) -> None:
    pages = [reported(client, place, words=f"remarque {n}") for n in range(9)]
    assert "Merci" in pages[7]
    assert "Trop de demandes" in pages[8]
    assert Proposal.objects.count() == 8


def test_a_robot_is_thanked_and_forgotten(client: Client, place: Place) -> None:
    assert "Merci" in reported(client, place, words="achetez", site_perso="x")
    assert not Proposal.objects.exists()


def test_unknown_place(client: Client) -> None:
    assert client.get("/signaler/p-inconnu/").status_code == 404
