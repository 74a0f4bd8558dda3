"""A year in a territory, from the empty database to the second comité, by its pages only.

The référente of Brocéliande is invited; actors fill in a link; people answer a survey; a day of
collection is held, a grid is kept, a workshop is joined; difficulties are written to an
administration, which answers; the portrait is frozen; the comité meets, follows, meets again. Each
step reads what the person in front of the page would read. Nothing is written but by the pages, the
queue of tasks and what is planned each night. Only OpenFisca, in its own environment, is stood for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from portrea.web.accounts.models import User
from portrea.web.action.models import Difficulty, Procedure, Registration, Workshop
from portrea.web.offer.models import ContributionLink, Place, Proposal
from portrea.web.reach.models import Scenario
from portrea.web.steering.models import Committee, Decision, Meeting
from portrea.web.surveys.models import Day, Questionnaire, Submission, Survey
from web.accounts.people import PASSWORD
from web.rights.conftest import engine
from web.rights.hinted import Person as Claimant
from web.surveys.filling_pages import Person
from web.year_case import EPCI, REFERENTE, Year, address_in, last_letter, place_told, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

    from web.rights.hinted import Engine

__all__ = ["engine"]

PORTRAIT = "/territoires/epci/243500618/portrait-complet/"
PLACES = f"/lieux/?territoire={EPCI}"
TRIAL = f"t={EPCI}&besoin=information&ajout=2,commune:35211"
SERVICE = "service@caf.exemple"
COMITE = "/espace/comite/"


@pytest.fixture
def year(
    site: Client,
    settings: SettingsWrapper,
    engine: Engine,
    run_tasks: Callable[[], None],
    django_capture_on_commit_callbacks: Any,
) -> Year:
    """An empty database beside the computed demo."""
    settings.PORTREA_SECOND_FACTOR = False  # test_second_factor.py goes through it
    call_command("createcachetable", verbosity=0)
    return Year(run_tasks, django_capture_on_commit_callbacks)


@pytest.mark.slow
def test_a_year_in_a_territory(year: Year) -> None:
    with time_machine.travel("2026-01-12 09:00 +0000") as clock:
        the_administrator_invites_the_referente(year)
        clock.move_to("2026-01-20 09:00 +0000")
        actors_tell_where_help_is(year, "Ti-Internet", "2 rue du Roi Arthur")
        clock.move_to("2026-02-10 09:00 +0000")
        people_answer_a_survey(year)
        clock.move_to("2026-02-12 08:00 +0000")
        actors_meet_on_a_day_of_collection(year)
        clock.move_to("2026-03-03 09:00 +0000")
        a_workshop_is_planned_and_joined(year)
        clock.move_to("2026-03-18 16:00 +0000")
        those_who_came_are_counted(year)
        clock.move_to("2026-03-20 09:00 +0000")
        difficulties_become_a_proposal_that_is_answered(year)
        clock.move_to("2026-03-25 09:00 +0000")
        a_resident_looks_for_rights_and_the_referente_for_a_permanence(year)
        clock.move_to("2026-04-01 09:00 +0000")
        the_portrait_is_frozen(year, "2026-04")
        clock.move_to("2026-04-15 12:00 +0000")
        the_first_comite_meets(year)
        clock.move_to("2026-04-20 09:00 +0000")
        actors_tell_where_help_is(year, "Permanence de Paimpont", "1 rue des Forges")
        for month in range(5, 10):
            clock.move_to(f"2026-{month:02d}-15 09:00 +0000")
            helps_are_noted(year, f"2026-{month:02d}-14")
            year.night()
            what_should_be_gone_is_gone(year, month)
        clock.move_to("2026-10-05 09:00 +0000")
        the_indicators_are_read(year)
        the_portrait_is_frozen(year, "2026-10", since="2026-04")
        clock.move_to("2026-11-10 12:00 +0000")
        the_second_comite_follows_the_first(year)
        what_changed_is_read_by_anyone(year)


def the_administrator_invites_the_referente(year: Year) -> None:
    """The first account is made by the command; the second by an invitation."""
    administrator = year.installed()
    invited = {"email": REFERENTE, "role": "referent", "territory": EPCI}
    page = year.posted("/compte/personnes/inviter/", invited, administrator)
    assert "L’invitation part par courriel" in words(page)
    door = address_in(str(last_letter().body))
    assert "Brocéliande" in words(year.referent.get(door))
    chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "Bienvenue" in words(year.posted(door, chosen))
    assert User.objects.count() == 2


def actors_tell_where_help_is(year: Year, name: str, address: str) -> None:
    """A link without account, six pages; nothing is public before the référente accepts."""
    year.enter()
    told = {"label": f"Réunion : {name}", "territory": "commune:35211", "days": "30"}
    page = year.posted("/espace/liens/", told)
    link = address_in(page.content.decode(), "/contribuer/")
    assert "Merci, c’est envoyé" in place_told(link, name, address)
    assert name not in year.shown(PLACES)
    waiting = Proposal.objects.get(link=ContributionLink.objects.latest("pk"))
    assert name in year.read("/espace/moderation/")
    fields = {"version": str(waiting.version), "champ": list(waiting.content), "accept": "1"}
    assert "acceptée" in words(year.posted(f"/espace/moderation/{waiting.pk}/", fields))
    assert name in year.shown(PLACES)
    assert "02 99 09 00 17" in year.shown(f"/lieux/{Place.objects.get(name=name).pk}/")


def asked(year: Year, model: str, title: str, **told: str) -> Survey:
    """A ready questionnaire, published, then asked in the territory."""
    year.posted(f"/espace/questionnaires/modeles/{model}/", {"title": title, "territory": EPCI})
    made = Questionnaire.objects.latest("pk")
    page = year.posted(
        f"/espace/questionnaires/{made.key}/versions/publier/", {"edits": str(made.edits)}
    )
    assert "publiée" in words(page)
    opening = {
        "questionnaire": made.key, "territory": EPCI, "title": title, "purpose": "savoir",
        "contact": "Ti-Internet", "design": "volontaires", "opens": "2026-02-10",
        "closes": "2026-03-31", "keep_days": "90",
    } | told  # fmt: skip
    assert title in words(year.posted("/espace/enquetes/ouvrir/", opening))
    return Survey.objects.latest("pk")


def people_answer_a_survey(year: Year) -> None:
    """Twelve people say, without account, whether the help helped."""
    year.enter()
    survey = asked(year, "satisfaction", "À la sortie")
    for rank in range(12):
        person = Person(Client(), survey.key)
        person.send("tout").send(regle="oui" if rank % 3 else "non", reviendrait="oui")
        assert "Merci" in person.send("envoyer").page
    assert "12 réponses" in year.read(f"/espace/enquetes/{survey.key}/")


def actors_meet_on_a_day_of_collection(year: Year) -> None:
    """A day with its tasks; those who receive keep the grid; the room sees what is covered."""
    year.enter()
    told = {"title": "Journée des acteurs", "territory": EPCI, "date": "2026-02-12",
            "starts": "09:00", "place": "Salle des fêtes"}  # fmt: skip
    assert "Ce qui vient" in words(year.posted("/espace/demarches/", told))
    day = Day.objects.get()
    home = f"/espace/demarches/{day.key}/"
    grid = asked(year, "grille_observation", "Ce que l’on nous demande")
    year.posted(f"{home}enquetes/", {"surveys": [grid.key]})
    seen = {"jour": "2026-02-12", "canal": "accueil", "lieu": "Mairie", "nature": "aide",
            "blocages": ["comprendre"], "issue": "oui", "orientation": "non"}  # fmt: skip
    for _rank in range(8):
        filled = Person(Client(), grid.key)
        filled.send("tout").send(**seen).send(demarche="déclaration trimestrielle RSA")
        assert "Merci" in filled.send("envoyer").page
    room = f"/collecte/tableau/{day.key}/"
    year.posted(room, {"pin": day.pin}, year.anyone)
    assert "Ce que l’on nous demande" in year.shown(room)
    told = {"present": "14", "decisions": "- Ouvrir un matin à Paimpont", "notes": ""}
    year.posted(f"{home}compte-rendu/", told)
    assert "14 structures présentes" in year.read(f"{home}compte-rendu.txt")


def a_workshop_is_planned_and_joined(year: Year) -> None:
    """Shown to everyone with its door; three people keep a place without account."""
    year.enter()
    told = {
        "title": "Mes impôts en ligne", "format": "table_ronde", "holder": EPCI,
        "day": "2026-03-18", "starts": "14:00", "ends": "16:00", "place_name": "Salle des fêtes",
        "commune": "35211", "capacity": "2", "themes": ["sante"], "phone": "02 99 00 00 00",
        "public": "on",
    }  # fmt: skip
    page = words(year.posted("/espace/ateliers/nouveau/", told))
    assert "mercredi 18 mars 2026, de 14 h à 16 h" in page
    assert "2 places" in year.shown("/ateliers/")
    door = f"/ateliers/{Workshop.objects.get().key}/"
    for _person in range(2):
        shown = Client().get(door).content.decode()
        ticket = re.findall(r'name="inscription" value="([^"]*)"', shown)[0]
        year.posted(door, {"inscription": ticket, "people": "1"}, Client())
    assert "complet" in year.shown("/ateliers/")


def those_who_came_are_counted(year: Year) -> None:
    """The référente ticks who came, and one who had not said so."""
    year.enter()
    home = f"/espace/ateliers/{Workshop.objects.get().key}"
    came = {f"venus-{row.pk}": "1" for row in Registration.objects.all()}
    year.posted(f"{home}/presences/", came | {"walk_ins": "1"})
    assert "3 personnes" in year.read(f"{home}/bilan/")


def difficulties_become_a_proposal_that_is_answered(year: Year) -> None:
    """Difficulties in four places, and those of the grid; a letter leaves; its link is answered."""
    year.enter()
    for rank in range(32):
        told = {
            "uuid": str(uuid4()), "holder": EPCI, "procedure": "dtr rsa", "codes": ["comprendre"],
            "severity": "2", "place": f"Accueil {'ABCD'[rank % 4]}", "day": "2026-03-19",
            "words": "",
        }  # fmt: skip
        assert year.referent.post("/espace/difficultes/signaler/", told).status_code == 302
    assert Difficulty.objects.count() == 32
    found = Procedure.objects.get(origin="rsa_dtr")
    query = {"territoire": EPCI, "demarche": found.key, "blocage": "comprendre"}
    page = year.posted("/espace/propositions/nouvelle/", query)
    here = page.redirect_chain[-1][0]
    told = {"title": "Dire « revenus » en clair", "who": "Ceux qui déclarent",
            "suggestion": "Réécrire la page", "addressee": "Caf", "email": SERVICE}  # fmt: skip
    year.posted(here, told)
    year.posted(f"{here}etape/", {"faire": "envoyer", "public": "on"})
    letter = last_letter()
    assert letter.to == [SERVICE]
    assert "40" in str(letter.body), "thirty-two told one by one, eight by the grid"
    answer = address_in(str(letter.body), "/propositions/repondre/")
    told = {"event": "changer", "changed_on": "2026-03-20", "words": "La page est réécrite."}
    year.posted(answer, told, year.anyone)
    assert "Dire « revenus » en clair" in year.shown("/propositions/")


def a_resident_looks_for_rights_and_the_referente_for_a_permanence(year: Year) -> None:
    """A hint and dates that keep nothing; two half-days tried at Paimpont, read by anyone."""
    claimant = Claimant(Client()).open()
    claimant.send(ou="Montfort-sur-Meu").send("voir")
    assert "C’est une estimation. Seul l’organisme décide." in claimant.text
    told = {"droit": ["rsa_dtr"], "dites": "oui", "rsa_dtr": "4"}
    dates = year.anyone.post("/mes-dates/agenda/", told).content.decode()
    assert "BEGIN:VEVENT" in dates
    year.enter()
    page = year.posted(f"/espace/essais/nouveau/?{TRIAL}", {"title": "Deux matins à Paimpont"})
    assert "Deux matins à Paimpont" in words(page)
    told = year.shown(f"/acces/essais/{Scenario.objects.get().key}/")
    assert "2 demi-journées par semaine à Paimpont" in told


def the_portrait_is_frozen(year: Year, name: str, since: str = "") -> None:
    """Frozen, then published: everyone reads it at an address that never changes."""
    year.enter()
    told = {"name": name, "title": f"Portrait {name}", "since": since}
    year.posted(f"{PORTRAIT}figer/", told)
    address = f"/portraits/epci-243500618/{name}/"
    assert year.anyone.get(address).status_code == 404
    year.posted(f"{PORTRAIT}editions/{name}/publier/", {"read_again": "on"})
    assert "Brocéliande" in year.shown(address)


def the_first_comite_meets(year: Year) -> None:
    """Its seats, its day, one action with an owner, a due day and a frozen indicator."""
    year.enter()
    year.posted(f"{COMITE}nouveau/", {"territory": EPCI, "each_year": "2"})
    here = f"{COMITE}{Committee.objects.get().key}/"
    year.posted(f"{here}sieges/", {"kind": "caf", "body": "Caf d’Ille-et-Vilaine"})
    year.posted(f"{here}reunions/", {"day": "2026-04-15", "starts": "14:00", "place": "Mairie"})
    meeting = Meeting.objects.get()
    there = f"{COMITE}reunion/{meeting.key}/"
    assert "Première réunion suivie ici" in year.read(there)
    seat = meeting.committee.seats.get()
    told = {"title": "Ouvrir un matin à Paimpont", "owner": str(seat.pk), "indicator": "a1",
            "due": "2026-09-30"}  # fmt: skip
    assert "Ouvrir un matin à Paimpont" in words(year.posted(f"{there}decisions/", told))
    assert Decision.objects.get().frozen["key"] == "a1"
    year.posted(f"{there}faire/", {"faire": "tenir"})
    assert "tenue" in year.read(here)


def helps_are_noted(year: Year, day: str) -> None:
    """Ten helps that day, seven of them fully answered."""
    year.enter()
    for rank in range(10):
        told = {
            "uuid": str(uuid4()), "holder": EPCI, "kind": "individuel", "where": "lieu_activite",
            "day": day, "themes": ["email"], "result": "oui" if rank >= 3 else "non",
        }  # fmt: skip
        answer = year.referent.post("/espace/comptes-rendus/nouveau/", told)
        assert answer.status_code == 302, words(answer)[-2_000:]
        assert not answer["Location"].startswith("/connexion/")


def the_indicators_are_read(year: Year) -> None:
    """Fifty helps in five months, seven in ten fully answered, with an interval."""
    year.enter()
    page = year.read("/pilotage/indicateurs/epci/243500618/")
    assert "50 comptes rendus" in page
    assert re.search(r"Demandes entièrement satisfaites : 70 % \(entre \d+ % et \d+ %\)", page)


def the_second_comite_follows_the_first(year: Year) -> None:
    """What was decided comes first, late; it is done; its pack says what became of it."""
    year.enter()
    here = f"{COMITE}{Committee.objects.get().key}/"
    year.posted(f"{here}reunions/", {"day": "2026-11-10", "starts": "14:00", "place": "Mairie"})
    there = f"{COMITE}reunion/{Meeting.objects.latest('day').key}/"
    page = year.read(there)
    assert "en retard À faire" in page
    assert "Ouvrir un matin à Paimpont" in page
    assert "Actions en retard : 1 (ce comité)" in page, "the agenda proposes it"
    assert "Première réunion suivie ici" not in page
    pack = year.referent.get(f"{there}dossier.pdf")
    assert pack.content.startswith(b"%PDF")
    action = Decision.objects.get()
    followed = {"state": "faite", "owner": str(action.owner_id), "due": "2026-09-30", "note": ""}
    at = f"{COMITE}reunion/{action.meeting.key}/decisions/{action.pk}/"
    assert at in year.referent.get(there).content.decode()
    year.posted(at, followed)
    year.posted(f"{there}faire/", {"faire": "tenir"})
    page = year.read(here)
    assert page.count("tenue") == 2
    assert "Ouvrir un matin à Paimpont : faite" in page
    assert "en retard" not in page


def what_changed_is_read_by_anyone(year: Year) -> None:
    """The two editions side by side: the place that opened, the comité, and what stayed."""
    page = year.shown("/portraits/epci-243500618/comparer/?de=2026-04&a=2026-10")
    assert "Paimpont · Lieux Lieux et permanences par commune 1 2" in page
    assert "Nouveau dans cette édition" in page
    assert "« Le comité de pilotage »" in page
    assert "Ce qui a changé depuis 2026-04" in year.shown("/portraits/epci-243500618/2026-10/")
    assert "Ce qui a changé depuis" not in year.shown("/portraits/epci-243500618/2026-04/")


def what_should_be_gone_is_gone(year: Year, month: int) -> None:
    """Answers lose what is personal ninety days after the end of March; their choices stay."""
    whole = Submission.objects.filter(anonymised=None).count()
    assert whole == (20 if month < 7 else 0)
    assert Submission.objects.count() == 20
    assert not Registration.objects.exclude(code=None).exists()
