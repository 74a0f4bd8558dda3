"""Pages of the comité: forms that lose nothing, files of a meeting, a parole without account."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest
import time_machine

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.steering.models import Committee, Decision, Meeting, Seat, Voice
from portrea.web.steering.selectors import portrait_of
from portrea.web.steering.services import committees, meetings
from web.accounts.conftest import connected, person
from web.steering.committee_case import EPCI, decided, held, opened, planned, seated

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HOME = "/espace/comite/"


@pytest.fixture
def referent(site: Client, connected: Callable[..., Any]) -> Client:
    connected(f"referent {EPCI}")
    return site


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def there(meeting: Meeting) -> str:
    return f"{HOME}reunion/{meeting.key}/"


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\ufffe\u00ad\u2011-]+", "", text)


def read(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return squeezed("".join(page.get_textpage().get_text_range() for page in pages))


def test_from_the_menu_to_the_next_meeting(referent: Client) -> None:
    page = referent.get(HOME)
    assert "Aucun comité n’est ouvert" in plain(page)
    assert 'href="/espace/comite/"' in plain(page)
    made = referent.post(f"{HOME}nouveau/", {"territory": EPCI, "each_year": "2"})
    found = Committee.objects.get()
    assert made["Location"] == f"{HOME}{found.key}/"
    home = made["Location"]
    referent.post(f"{home}sieges/", {"kind": "caf", "body": "Caf d’Ille-et-Vilaine"})
    day = today_in(EPCI)
    made = referent.post(f"{home}reunions/", {"day": day.isoformat(), "starts": "14:00"})
    meeting = Meeting.objects.get()
    assert made["Location"] == there(meeting)
    assert "Première réunion suivie ici" in plain(referent.get(there(meeting)))
    told = {"title": "Former les agents", "owner": str(Seat.objects.get().pk), "indicator": "a1"}
    referent.post(f"{there(meeting)}decisions/", told)
    action = Decision.objects.get()
    assert action.frozen["label"] in plain(referent.get(there(meeting)))
    referent.post(f"{there(meeting)}faire/", {"faire": "tenir"})
    page = plain(referent.get(home))
    assert "tenue" in page
    assert "Former les agents" in page
    assert "Caf d’Ille-et-Vilaine" in page
    then = plain(referent.get(f"{home}reunions/"))
    assert f'value="{day.year}' in then or f'value="{day.year + 1}' in then


def test_an_administrator_opens_the_comite_of_the_territory_in_the_address(
    site: Client, connected: Callable[..., Any]
) -> None:
    connected("administrateur")
    form = f"{HOME}nouveau/?territoire={EPCI}"
    assert f'value="{EPCI}"' in plain(site.get(form))
    assert 'value="epci:1"' not in plain(site.get(f"{HOME}nouveau/?territoire=epci:1"))
    site.post(form, {"territory": EPCI, "each_year": "2"})
    assert Committee.objects.get().territory == EPCI


def test_what_is_wrong_is_said_and_what_was_typed_stays(referent: Client) -> None:
    found = opened()
    home = f"{HOME}{found.key}/"
    page = plain(referent.post(f"{home}sieges/", {"kind": "caf", "part": "Observe"}))
    assert "Dites quel organisme" in page
    assert 'value="Observe"' in page
    told = {"day": "2027-05-24", "starts": "16:00", "ends": "14:00", "place": "Mairie"}
    page = plain(referent.post(f"{home}reunions/", told))
    assert "La fin vient après le début" in page
    assert 'value="Mairie"' in page
    meeting = planned(found)
    page = plain(
        referent.post(
            f"{there(meeting)}decisions/", {"title": "", "note": "Le mot de passe est loulou35"}
        )
    )
    assert "mot de passe" in page
    assert not Decision.objects.exists()
    assert referent.post(f"{there(meeting)}faire/", {"faire": "n’importe quoi"}).status_code == 404
    assert referent.post(f"{home}paroles/", {"faire": "lire:x"}).status_code == 404
    early = planned(found, day=today_in(EPCI) + timedelta(days=3))
    page = referent.post(f"{there(early)}faire/", {"faire": "tenir"}, follow=True)
    assert "pas encore eu lieu" in plain(page)


def test_the_pack_and_the_slides_in_one_click(referent: Client) -> None:
    found = opened()
    first = held(planned(found, day=today_in(EPCI) - timedelta(days=2)))
    decided(first, due=today_in(EPCI) - timedelta(days=1), indicator="a1")
    meeting = planned(found, starts=time(14), place="Mairie de Montfort")
    given = committees.voice_give(actor=VISITOR, committee=found, words="Trop de papiers.")
    hidden = committees.voice_give(actor=VISITOR, committee=found, words="Pas encore relue.")
    committees.voice_review(actor=SYSTEM, committee=found, voice=given.pk, told=True)
    whole = read(referent.get(f"{there(meeting)}dossier.pdf").content)
    slides = referent.get(f"{there(meeting)}dossier.diapositives")
    for said in (whole, read(slides.content)):
        for words in ("Mairie de Montfort", "Ouvrir un matin", "en retard", "Trop de papiers",
                      portrait_of(EPCI).key_figures[0].number.text):  # fmt: skip
            assert squeezed(words) in said
        assert squeezed(hidden.words) not in said
    assert slides["Content-Disposition"].endswith(f'{meeting.day.isoformat()}.pdf"')
    committees.voice_withdraw(actor=VISITOR, code=given.code)
    again = read(referent.get(f"{there(meeting)}dossier.pdf").content)
    assert squeezed("Trop de papiers") not in again
    book = openpyxl.load_workbook(io.BytesIO(referent.get(f"{there(meeting)}dossier.xlsx").content))
    assert "comite-suivi" in book.sheetnames
    text = zipfile.ZipFile(io.BytesIO(referent.get(f"{there(meeting)}dossier.odt").content))
    edited = squeezed(text.read("content.xml").decode())
    assert squeezed("Mairie de Montfort") in edited
    assert squeezed("Trop de papiers") not in edited
    assert referent.get(f"{there(meeting)}dossier.doc").status_code == 404


def test_the_public_pack_says_nothing_of_the_meeting(referent: Client) -> None:
    found = opened()
    planned(found, place="Salle réservée")
    given = committees.voice_give(actor=VISITOR, committee=found, words="Trop de papiers.")
    committees.voice_review(actor=SYSTEM, committee=found, voice=given.pk, told=True)
    page = plain(referent.get("/territoires/epci/243500618/dossier/"))
    assert "Trop de papiers" not in page
    assert "Salle réservée" not in page


def test_the_invitation_is_a_calendar_file_that_a_change_replaces(referent: Client) -> None:
    found = opened()
    meeting = planned(found, day=today_in(EPCI), starts=time(14), ends=time(16), place="Mairie")
    before = referent.get(f"{there(meeting)}invitation.ics").content.decode()
    assert "BEGIN:VEVENT" in before
    assert "SEQUENCE:0" in before
    assert "LOCATION:Mairie" in before
    assert "STATUS:CONFIRMED" in before
    assert "TRANSP:OPAQUE" in before
    told = {"day": date(2027, 5, 24), "starts": time(9, 30), "ends": time(11)}
    meetings.meeting_change(actor=SYSTEM, meeting=meeting, told=told)
    after = referent.get(f"{there(meeting)}invitation.ics").content.decode()
    assert re.findall(r"UID:.*", before) == re.findall(r"UID:.*", after)
    assert "SEQUENCE:1" in after
    assert "DTSTART:20270524T073000Z" in after
    assert "DTEND:20270524T090000Z" in after
    meetings.meeting_cancel(actor=SYSTEM, meeting=meeting)
    gone = referent.get(f"{there(meeting)}invitation.ics").content.decode()
    assert "STATUS:CANCELLED" in gone
    assert "SEQUENCE:2" in gone


# -- paroles --------------------------------------------------------------------------------------


def test_a_parole_without_account_by_consent(site: Client) -> None:
    found = opened()
    address = f"/comite/{found.key}/parole/"
    assert "Ce que deviennent vos mots" in plain(site.get(address))
    refused = site.post(address, {"words": "On me renvoie."})
    assert "Sans votre accord, rien n’est gardé" in plain(refused)
    assert "On me renvoie." in plain(refused)
    assert not Voice.objects.exists()
    made = site.post(address, {"words": "On me renvoie.", "consent": "on"})
    voice = Voice.objects.get()
    assert voice.code in plain(made)
    assert voice.reviewed is None
    gone = site.post("/comite/parole/retirer/", {"code": voice.code}, follow=True)
    assert "Votre parole est effacée" in plain(gone)
    assert not Voice.objects.exists()
    assert "Aucune parole" in plain(site.post("/comite/parole/retirer/", {"code": "abcdefgh"}))
    assert site.get("/comite/inconnu/parole/").status_code == 404


@time_machine.travel("2026-11-23 12:10 +0000", tick=False)
def test_robots_and_haste_are_stopped(site: Client) -> None:
    found = opened()
    address = f"/comite/{found.key}/parole/"
    told = {"words": "On me renvoie.", "consent": "on"}
    page = site.post(address, told | {"site_perso": "http://x"})
    assert "champ caché" in plain(page)
    for _ in range(21):
        page = site.post(address, told)
    assert "Trop d’essais" in plain(page)
    assert "On me renvoie." in plain(page)
    assert Voice.objects.count() == 20


def test_the_referent_reads_a_parole_again(referent: Client) -> None:
    found = opened()
    made = committees.voice_give(actor=VISITOR, committee=found, words="Trop de papiers.")
    home = f"{HOME}{found.key}/"
    assert "Trop de papiers" not in plain(referent.get(home))
    assert "1 en attente" in plain(referent.get(home))
    referent.post(f"{home}paroles/", {"faire": f"lire:{made.pk}"})
    assert "Trop de papiers" in plain(referent.get(home))
    referent.post(f"{home}paroles/", {"faire": f"effacer:{made.pk}"})
    assert not Voice.objects.exists()


def test_the_page_asks_as_much_for_one_action_as_for_twenty(
    referent: Client, django_assert_max_num_queries: Any
) -> None:
    found = opened()
    seat = seated(found)
    meeting = planned(found)
    for rank in range(20):
        decided(meeting, title=f"Action {rank}", owner=str(seat.pk), indicator="a1")
    later = planned(found)
    referent.get(there(later))
    for path in (there(later), f"{HOME}{found.key}/"):
        with django_assert_max_num_queries(25):
            assert "Action 19" in plain(referent.get(path))
