"""Inviting to a workshop: poster and flyer, message, calendar of one and of a territory."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pytest
import time_machine

from portrea.base.errors import ParameterError
from portrea.steering.workshop_pdf import workshop_pdf
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.services import workshops as services
from portrea.web.action.workshops.inviting import invitation_of, sheet_of
from web.action.test_log_services import held

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.action.models import Workshop

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
TOLD = {
    "title": "Impôts en ligne : poser ses questions", "day": date(2027, 3, 18),
    "starts": time(14), "ends": time(16), "place_name": "Médiathèque", "phone": "02 99 00 00 00",
    "about": "Apportez votre dernier avis. On regarde ensemble.", "public": True, "capacity": 12,
    "host": "Mairie de Montfort-sur-Meu", "themes": ["sante"],
}  # fmt: skip
HOME = "/espace/ateliers/"


def opened(**told: Any) -> Workshop:
    where = told.pop("territory", COMMUNE)
    return services.workshop_open(actor=SYSTEM, territory=where, told=TOLD | told)


def pages_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def lines_of(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(("paper", "width"), [("a4", 210), ("a6", 105)])
def test_the_sheet_holds_on_one_page_with_what_is_needed_to_come(paper: str, width: int) -> None:
    made = opened()
    content = sheet_of(made, paper, NOON)
    (text,) = pages_of(content)
    for told in (
        "Impôts en ligne", "jeudi 18 mars 2027", "de 14 h à 16 h", "Médiathèque", "02 99 00 00 00",
        "12 places", "sans créer de compte", "Mairie de Montfort-sur-Meu", f"/ateliers/{made.key}/",
    ):  # fmt: skip
        assert squeezed(told) in squeezed(text), told
    assert "ANNULÉ" not in text
    with pypdfium2.PdfDocument(content) as document:
        assert round(document[0].get_size()[0] / 72 * 25.4) == width
    assert sheet_of(made, paper, NOON) == content


def test_the_sheet_is_tagged_and_its_code_has_words(tmp_path: Any) -> None:
    path = tmp_path / "affiche.pdf"
    path.write_bytes(sheet_of(opened(), "a4", NOON))
    with pikepdf.open(path) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "fr-FR"


@pytest.mark.parametrize("paper", ["a4", "a6"])
def test_the_longest_words_still_hold_on_one_page(paper: str) -> None:
    made = opened(title="Déclaration " * 13, about="Nous regardons ensemble. " * 40,
                  address="Rue de la République " * 10)  # fmt: skip
    (text,) = pages_of(sheet_of(made, paper, NOON))
    assert "02 99 00 00 00" in text.replace("\u00a0", " ")


def test_what_is_not_known_is_not_written() -> None:
    text = pages_of(sheet_of(opened(public=False, phone="", host="", capacity=None), "a4", NOON))[0]
    assert "adressez-vous au lieu d’accueil" in text
    assert "scannez" not in text
    assert "places" not in text


def test_a_cancelled_workshop_says_so_on_its_sheet() -> None:
    made = services.workshop_cancel(actor=SYSTEM, key=opened().key)
    assert "ANNULÉ" in pages_of(sheet_of(made, "a6", NOON))[0]


def test_another_paper_is_refused() -> None:
    with pytest.raises(ParameterError, match="a4, a6"):
        workshop_pdf({}, paper="a3", written=NOON)


def test_the_message_carries_the_flyer_and_the_date_and_nobody(client: Client) -> None:
    made = opened()
    client.force_login(held("referent", COMMUNE))
    answer = client.get(f"{HOME}{made.key}/invitation.eml")
    message = message_from_bytes(answer.content, policy=policy.default)
    assert message["To"] is None
    assert message["Bcc"] is None
    assert message["X-Unsent"] == "1"
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "invitation.pdf", "atelier.ics",
    ]  # fmt: skip
    body = message.get_body()
    assert body is not None
    text = body.get_content()
    assert squeezed("Quand : jeudi 18 mars 2027, de 14 h à 16 h") in squeezed(text)
    assert "02 99 00 00 00" in text


def test_the_page_gives_texts_to_copy_and_files(client: Client, settings: SettingsWrapper) -> None:
    settings.PORTREA_URL = "https://aide.exemple.fr"
    made = opened()
    client.force_login(held("referent", COMMUNE))
    page = client.get(f"{HOME}{made.key}/inviter/").content.decode()
    assert f"https://aide.exemple.fr/ateliers/{made.key}/" in page
    assert "ne s’ouvre que sur ce poste" not in page
    assert "mailto:?subject=" in page
    assert client.get(f"{HOME}{made.key}/tract.pdf").content.startswith(b"%PDF")
    told = invitation_of(made)
    assert told.sms.endswith("Tél. 02 99 00 00 00")
    closed = opened(public=False)
    page = client.get(f"{HOME}{closed.key}/inviter/").content.decode()
    assert "L’inscription sans compte est fermée" in page
    assert "link-card" not in page


# -- calendars ------------------------------------------------------------------------------------


def test_a_calendar_follows_what_moves_and_what_is_cancelled(client: Client) -> None:
    made = opened()
    address = f"/ateliers/{made.key}/atelier.ics"
    lines = lines_of(client.get(address).content)
    # 18 mars 2027, 14 h à Montfort : 13 h UTC.
    assert {"DTSTART:20270318T130000Z", "DTEND:20270318T150000Z", "SEQUENCE:0",
            "STATUS:CONFIRMED", "METHOD:PUBLISH"} <= set(lines)  # fmt: skip
    (uid,) = [line for line in lines if line.startswith("UID:")]
    services.workshop_change(actor=SYSTEM, key=made.key, told=TOLD | {"day": date(2027, 4, 1)})
    services.workshop_cancel(actor=SYSTEM, key=made.key)
    again = lines_of(client.get(address).content)
    # 1er avril, 14 h : 12 h UTC, l’heure d’été.
    assert {"DTSTART:20270401T120000Z", "SEQUENCE:2", "STATUS:CANCELLED", uid} <= set(again)


def test_what_is_not_public_is_in_no_public_calendar(client: Client, time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    shut, told = opened(public=False, title="Interne"), opened(title="Ouvert à tous")
    gone = opened(title="Il y a longtemps", day=date(2026, 9, 1))
    opened(title="Ailleurs", territory="commune:75056")
    assert client.get(f"/ateliers/{shut.key}/atelier.ics").status_code == 404
    feed = client.get(f"/ateliers/agenda.ics?territoire={COMMUNE}")
    text = feed.content.decode()
    assert "Ouvert à tous" in text
    assert told.key in text
    for title in ("Interne", gone.title, "Ailleurs"):
        assert title not in text
    assert feed["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("asked", ["commune:00000", "lune:1", "commune:", "x", "epci:'--"])
def test_a_feed_of_nowhere_is_not_found(site: Client, asked: str) -> None:
    assert site.get("/ateliers/agenda.ics", {"territoire": asked}).status_code == 404


@time_machine.travel("2026-11-24T09:00:00Z")
def test_the_feed_of_an_epci_holds_its_communes(site: Client) -> None:
    opened(title="Ici")
    text = site.get("/ateliers/agenda.ics?territoire=epci:243500550").content.decode()
    assert "Ici" in text
    assert "Montfort Communauté" in text
    opened(title="Chez le voisin", territory="departement:35", commune="35133")
    text = site.get("/ateliers/agenda.ics?territoire=commune:35133").content.decode()
    assert "Chez le voisin" in text
    assert "Ici" not in text
    everywhere = site.get("/ateliers/agenda.ics").content.decode()
    assert "Chez le voisin" in everywhere
    assert "Ici" in everywhere
    listed = site.get("/ateliers/?ou=commune:35133").content.decode()
    assert "/ateliers/agenda.ics?territoire=commune%3A35133" in listed
