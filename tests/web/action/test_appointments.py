"""Appointments: taken without account, cancelled by code, moved, told; nobody's name anywhere."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.action.appointments import selectors
from portrea.web.action.models import Appointment, AppointmentCount, Permanence, Reminder
from portrea.web.action.services import appointments as services
from portrea.web.action.services.permanences import (
    closings_save,
    hours_save,
    permanence_close,
    permanence_open,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)  # a Tuesday
TUESDAY = date(2026, 12, 1)
COMMUNE = "commune:35188"


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS)


def address(key: str, moment: datetime) -> str:
    return f"/rendez-vous/{key}/{int(moment.timestamp())}/"


@pytest.fixture
def now(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def opened(territory: str = COMMUNE, **told: Any) -> Permanence:
    first = {
        "title": "France services", "phone": "02 99 09 00 17", "bring": "Vos papiers.",
        "address": "4 place des Douves",
    }  # fmt: skip
    made = permanence_open(actor=SYSTEM, territory=territory, **(first | told))
    hours = {"weekday": 1, "starts": time(9), "ends": time(11), "every": 1, "first": NOW.date()}
    hours_save(actor=SYSTEM, key=made.key, hours=[hours])
    return Permanence.objects.get(pk=made.pk)


@pytest.fixture
def permanence(now: object) -> Permanence:
    return opened()


def taken(permanence: Permanence, moment: datetime, **told: Any) -> Appointment:
    return services.appointment_take(actor=VISITOR, key=permanence.key, moment=moment, **told)


def held(role: str, level: str = "commune", code: str = "35188", structure: str = "") -> User:
    user = User.objects.create_user(f"{role}-{code}{structure}@exemple.org", "x")
    Membership.objects.create(user=user, role=role, level=level, code=code, structure=structure)
    return user


# -- by anybody -----------------------------------------------------------------------------------


def test_a_resident_chooses_confirms_and_receives_a_code(
    permanence: Permanence, client: Client
) -> None:
    page = client.get(f"/rendez-vous/{permanence.key}/")
    assert page.status_code == 200
    assert address(permanence.key, at(9)) in page.content.decode()
    assert client.get(address(permanence.key, at(9))).status_code == 200
    answer = client.post(
        address(permanence.key, at(9)), {"subject": "logement", "needs": ["langue"]}, follow=True
    )
    made = Appointment.objects.get()
    shown = answer.content.decode()
    assert made.code in shown
    assert "Vos papiers." in shown
    assert "4 place des Douves" in shown
    assert "Logement" in shown
    assert "9 h 00" in shown
    assert (made.starts, made.seat, made.by_agent) == (at(9), 0, False)
    assert (
        address(permanence.key, at(9))
        not in client.get(f"/rendez-vous/{permanence.key}/").content.decode()
    )


def test_nothing_more_than_asked_is_kept(permanence: Permanence, client: Client) -> None:
    client.post(address(permanence.key, at(9)), {"nom": "Durand", "telephone": "0612345678"})
    told = {f.name: getattr(Appointment.objects.get(), f.attname) for f in Appointment._meta.fields}
    assert set(told) == {
        "id", "permanence", "starts", "minutes", "seat", "code", "subject", "needs", "state",
        "by_agent", "created", "cancelled", "message",
    }  # fmt: skip
    assert "Durand" not in str(told)
    assert not JournalEntry.objects.filter(act="appointment.book").exists()


def test_the_one_who_comes_second_chooses_again_and_loses_nothing(
    permanence: Permanence, client: Client
) -> None:
    taken(permanence, at(9))
    answer = client.post(address(permanence.key, at(9)), {"subject": "logement", "needs": ["lsf"]})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "vient d’être pris" in shown
    assert f'formaction="{address(permanence.key, at(9, 30))}"' in shown
    assert re.search(r'value="logement" selected', shown)
    assert re.search(r'value="lsf"[^>]* checked', shown)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "moment",
    [at(8, 30), at(11), at(9, 10), at(9, day=date(2026, 12, 2)), at(9, day=date(2027, 3, 2)),
     at(9, day=date(2026, 11, 17)), at(9, 30, day=date(2026, 11, 24))],
)  # fmt: skip
def test_a_moment_that_is_not_offered_is_refused(
    permanence: Permanence, client: Client, moment: datetime
) -> None:
    assert client.post(address(permanence.key, moment)).status_code == 409
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("moment", [0, 10**20])
def test_a_moment_that_is_no_moment(permanence: Permanence, client: Client, moment: int) -> None:
    answer = client.post(f"/rendez-vous/{permanence.key}/{moment}/")
    assert answer.status_code in {404, 409}


def test_words_that_are_not_offered_are_refused(permanence: Permanence, client: Client) -> None:
    answer = client.post(address(permanence.key, at(9)), {"subject": "histoire", "needs": ["x"]})
    assert answer.status_code == 400
    assert not Appointment.objects.exists()


def test_a_full_permanence_says_so_and_gives_the_telephone(
    permanence: Permanence, client: Client
) -> None:
    Permanence.objects.update(ahead=7)
    for minutes in range(0, 120, 30):
        page = client.get(f"/rendez-vous/{permanence.key}/").content.decode()
        assert "Tout est pris" not in page
        taken(permanence, at(9) + timedelta(minutes=minutes))
    page = client.get(f"/rendez-vous/{permanence.key}/").content.decode()
    assert "Tout est pris" in page
    assert "02 99 09 00 17" in page


def test_a_permanence_that_is_closed_or_not_public_is_not_found(
    permanence: Permanence, client: Client
) -> None:
    Permanence.objects.update(public=False)
    assert client.get(f"/rendez-vous/{permanence.key}/").status_code == 404
    Permanence.objects.update(public=True)
    permanence_close(actor=SYSTEM, key=permanence.key, closed=True)
    assert client.get(f"/rendez-vous/{permanence.key}/").status_code == 404
    assert client.post(address(permanence.key, at(9))).status_code == 404
    with pytest.raises(DataError, match="ne prend plus"):
        taken(permanence, at(9))


def test_the_list_is_searched_by_commune(permanence: Permanence, client: Client) -> None:
    assert "France services" in client.get("/rendez-vous/").content.decode()
    assert "France services" not in client.get("/rendez-vous/?q=Cayenne").content.decode()


def test_hours_are_those_of_the_place(now: object, client: Client) -> None:
    made = opened("commune:97302", commune="97302")
    page = client.get(f"/rendez-vous/{made.key}/").content.decode()
    nine = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("America/Cayenne"))
    space = "\N{NO-BREAK SPACE}"
    said = f'"><span class="visually-hidden">mardi 1er décembre, </span>9{space}h{space}00'
    assert address(made.key, nine) + said in page
    client.post(address(made.key, nine))
    code = Appointment.objects.get().code
    assert "9 h 00" in client.get(f"/rendez-vous/code/{code}/").content.decode()
    calendar = client.get(f"/rendez-vous/code/{code}/rendez-vous.ics").content.decode()
    assert "DTSTART:20261201T120000Z" in calendar


def test_programs_that_fill_everything_are_refused(permanence: Permanence, client: Client) -> None:
    answer = client.post(address(permanence.key, at(9)), {"site_perso": "http://x"})
    assert answer.status_code == 429
    assert not Appointment.objects.exists()


def test_one_network_does_not_take_every_slot(permanence: Permanence, client: Client) -> None:
    days = [TUESDAY + timedelta(days=7 * week) for week in range(3)]
    moments = [at(9, day=day) + timedelta(minutes=30 * rank) for day in days for rank in range(4)]
    answers = [client.post(address(permanence.key, one)).status_code for one in moments]
    assert answers.count(302) == 5
    assert set(answers[5:]) == {429}
    shown = client.post(address(permanence.key, moments[-1]), {"subject": "logement"})
    assert "02 99 09 00 17" in shown.content.decode()
    assert 'value="logement" selected' in shown.content.decode()


def test_the_list_of_days_asks_few_queries(permanence: Permanence, client: Client) -> None:
    for minutes in (0, 30, 60):
        taken(permanence, at(9) + timedelta(minutes=minutes))
    client.get(f"/rendez-vous/{permanence.key}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/rendez-vous/{permanence.key}/")
    assert len(asked) <= 6


# -- by code --------------------------------------------------------------------------------------


def test_cancelled_by_code_the_hour_is_free_for_others(
    permanence: Permanence, client: Client
) -> None:
    made = taken(permanence, at(9))
    typed = f" {made.code[:4].upper()}-{made.code[4:]} "
    found = client.post("/rendez-vous/annuler/", {"code": typed})
    assert found["Location"] == f"/rendez-vous/code/{made.code}/"
    answer = client.post(f"/rendez-vous/code/{made.code}/annuler/", follow=True)
    assert "Rendez-vous annulé" in answer.content.decode()
    again = taken(permanence, at(9))
    assert again.code != made.code
    client.post(f"/rendez-vous/code/{made.code}/annuler/")
    again.refresh_from_db()
    assert again.state == "pris"


def test_an_unknown_code_says_so(permanence: Permanence, client: Client) -> None:
    answer = client.post("/rendez-vous/annuler/", {"code": "aaaaaaaa"})
    assert answer.status_code == 400
    assert "Aucun rendez-vous n’a ce code" in answer.content.decode()
    assert client.get("/rendez-vous/code/aaaaaaaa/").status_code == 404


def test_codes_cannot_be_tried_one_after_the_other(permanence: Permanence, client: Client) -> None:
    made = taken(permanence, at(9))
    assert client.get(f"/rendez-vous/code/{made.code}/").status_code == 200
    for number in range(120):
        client.get(f"/rendez-vous/code/aaaaa{number:03d}/")
    assert client.get(f"/rendez-vous/code/{made.code}/").status_code == 404
    client.force_login(held("referent"))
    assert client.get(f"/rendez-vous/code/{made.code}/").status_code == 200


def test_past_it_is_not_cancelled(
    permanence: Permanence, now: time_machine.Traveller, client: Client
) -> None:
    made = taken(permanence, at(9))
    now.move_to(at(9, 1))
    with pytest.raises(DataError, match="passé"):
        services.appointment_cancel(actor=VISITOR, code=made.code)


def test_a_reminder_is_asked_replaced_and_stopped(permanence: Permanence, client: Client) -> None:
    made = taken(permanence, at(9))
    path = f"/rendez-vous/code/{made.code}/rappel/"
    client.post(path, {"contact": "elle@exemple.fr"})
    client.post(path, {"contact": "autre@exemple.fr"})
    row = Reminder.objects.get()
    assert (row.contact, row.due) == ("autre@exemple.fr", at(9, day=date(2026, 11, 30)))
    assert "logement" not in row.text
    assert made.code in row.text
    page = client.get(f"/rendez-vous/code/{made.code}/").content.decode()
    assert "Vous recevrez un rappel" in page
    assert "autre@exemple.fr" not in page
    client.post(path, {"arreter": "oui"})
    assert not Reminder.objects.exists()


def test_the_team_is_told_how_many_messages_a_reminder_makes(
    permanence: Permanence, client: Client, settings: SettingsWrapper
) -> None:
    client.force_login(held("referent"))
    path = f"/espace/rendez-vous/{permanence.key}/modifier/"
    assert "par SMS" not in client.get(path).content.decode()
    settings.PORTREA_SMS = {"by": "file", "folder": "/nowhere"}
    assert "tient en 1 message" in client.get(path).content.decode()
    Permanence.objects.update(title="Une permanence au nom long " * 5)
    assert "fait 2 messages" in client.get(path).content.decode()


def test_a_bad_contact_is_told_and_kept_on_the_page(permanence: Permanence, client: Client) -> None:
    made = taken(permanence, at(9))
    answer = client.post(f"/rendez-vous/code/{made.code}/rappel/", {"contact": "elle@"})
    assert answer.status_code == 400
    assert 'value="elle@"' in answer.content.decode()
    assert "n’est pas complète" in answer.content.decode()


def test_cancelled_it_is_not_reminded(
    permanence: Permanence, now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    made = taken(permanence, at(9))
    services.appointment_remind(
        actor=VISITOR, code=made.code, channel="courriel", contact="elle@exemple.fr"
    )
    services.appointment_cancel(actor=VISITOR, code=made.code)
    now.move_to(at(9, day=date(2026, 11, 30)))
    run_tasks()
    assert mail.outbox == []


# -- by the team ----------------------------------------------------------------------------------


def test_the_team_opens_a_permanence_and_writes_its_hours(now: object, client: Client) -> None:
    client.force_login(held("referent"))
    told = {
        "holder": COMMUNE, "title": "Mairie", "minutes": "20", "agents": "2", "notice": "1",
        "ahead": "30", "public": "on", "in_school_holidays": "on",
    }  # fmt: skip
    answer = client.post("/espace/rendez-vous/nouvelle/", told)
    made = Permanence.objects.get()
    assert answer["Location"] == f"/espace/rendez-vous/{made.key}/horaires/"
    rows = {
        "heures-TOTAL_FORMS": "2", "heures-INITIAL_FORMS": "0",
        "heures-0-weekday": "1", "heures-0-starts": "09:00", "heures-0-ends": "10:00",
        "heures-0-every": "2", "heures-0-first": "2026-12-01",
        "heures-1-weekday": "0",
    }  # fmt: skip
    client.post(f"/espace/rendez-vous/{made.key}/horaires/", rows)
    (opening,) = made.openings.all()
    assert (opening.weekday, opening.every, opening.first) == (1, 2, TUESDAY)
    for page in ("", "modifier/", "horaires/", "fermetures/", "prendre/"):
        assert client.get(f"/espace/rendez-vous/{made.key}/{page}").status_code == 200
    assert "Mairie" in client.get("/espace/rendez-vous/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": ""}, "obligatoire"),
        ({"minutes": "0"}, "supérieure ou égale à 5"),
        ({"agents": "21"}, "inférieure ou égale à 20"),
        ({"commune": "Nulle-Part"}, "n’est pas une commune connue"),
        ({"bring": "mot de passe : azerty12"}, "Portrea ne le garde jamais"),
        ({"holder": "commune:35001"}, "choix"),
    ],
)
def test_a_permanence_that_cannot_be_is_told(
    now: object, client: Client, wrong: dict[str, str], why: str
) -> None:
    client.force_login(held("referent"))
    told = {"holder": COMMUNE, "title": "Mairie", "minutes": "20", "agents": "2", "notice": "1",
            "ahead": "30", "commune": "35188"}  # fmt: skip
    answer = client.post("/espace/rendez-vous/nouvelle/", told | wrong)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert not Permanence.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"heures-0-ends": "08:00"}, "La fin vient après"),
        ({"heures-0-ends": ""}, "Écrivez l’heure"),
        ({"heures-0-starts": "25:00"}, "heure"),
        ({"heures-0-last": "2026-11-30"}, "vient après"),
        ({"heures-0-weekday": "9"}, "choix"),
    ],
)
def test_hours_that_cannot_be_are_told(
    permanence: Permanence, client: Client, wrong: dict[str, str], why: str
) -> None:
    client.force_login(held("referent"))
    rows = {
        "heures-TOTAL_FORMS": "1", "heures-INITIAL_FORMS": "0", "heures-0-weekday": "1",
        "heures-0-starts": "09:00", "heures-0-ends": "10:00", "heures-0-every": "1",
        "heures-0-first": "2026-12-01",
    }  # fmt: skip
    answer = client.post(f"/espace/rendez-vous/{permanence.key}/horaires/", rows | wrong)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert permanence.openings.get().starts == time(9)


def test_a_closing_shows_the_appointments_that_fall_on_it(
    permanence: Permanence, client: Client
) -> None:
    made = taken(permanence, at(9))
    assert selectors.stranded(permanence) == []
    closings_save(actor=SYSTEM, key=permanence.key, closings=[
        {"first": TUESDAY, "last": TUESDAY, "why": "travaux"}
    ])  # fmt: skip
    found = selectors.permanence_of(permanence.key)
    assert found is not None
    assert selectors.stranded(found) == [made]
    client.force_login(held("referent"))
    shown = client.get(f"/espace/rendez-vous/{permanence.key}/").content.decode()
    assert "hors des heures actuelles" in shown
    page = client.get(f"/rendez-vous/{permanence.key}/").content.decode()
    assert "travaux" in page
    assert address(permanence.key, at(9, 30)) not in page


def test_an_agent_takes_one_for_somebody_beside_her(permanence: Permanence, client: Client) -> None:
    client.force_login(held("referent"))
    soon = at(9, 30, day=NOW.date())  # later than residents may, two hours before
    path = f"/espace/rendez-vous/{permanence.key}/prendre/{int(soon.timestamp())}/"
    assert client.get(path).status_code == 200
    answer = client.post(path, {"subject": "logement"}, follow=True)
    made = Appointment.objects.get()
    assert (made.by_agent, made.starts) == (True, soon)
    assert made.code in answer.content.decode()
    line = JournalEntry.objects.filter(act="appointment.run").first()
    assert line is not None
    assert made.code not in str(line.after)


def test_the_day_says_who_came(
    permanence: Permanence, now: time_machine.Traveller, client: Client
) -> None:
    made = taken(permanence, at(9), subject="logement", needs=["lsf"])
    client.force_login(held("referent"))
    state = f"/espace/rendez-vous/{permanence.key}/{made.pk}/etat/"
    client.post(state, {"etat": "venu"})
    made.refresh_from_db()
    assert made.state == "pris"  # not yet that day
    now.move_to(at(9))
    client.force_login(User.objects.get())
    page = client.get(f"/espace/rendez-vous/{permanence.key}/?jour=2026-12-01").content.decode()
    assert "Logement" in page
    assert "La langue des signes" in page
    for told in ("venu", "pris", "absent"):
        client.post(state, {"etat": told})
        made.refresh_from_db()
        assert made.state == told
    client.post(state, {"etat": "annule"})
    made.refresh_from_db()
    assert made.state == "absent"


def test_cancelled_by_the_team_whoever_waits_for_a_reminder_is_told(
    permanence: Permanence, client: Client, run_tasks: Callable[[], None]
) -> None:
    made = taken(permanence, at(9))
    services.appointment_remind(
        actor=VISITOR, code=made.code, channel="courriel", contact="elle@exemple.fr"
    )
    client.force_login(held("referent"))
    path = f"/espace/rendez-vous/{permanence.key}/{made.pk}/annuler/"
    assert client.get(path).status_code == 200
    client.post(path, {"message": "La mairie est fermée."})
    run_tasks()
    (message,) = mail.outbox
    assert "annulé" in message.body
    assert "La mairie est fermée." in message.body
    page = client.get(f"/rendez-vous/code/{made.code}/").content.decode()
    assert "La mairie est fermée." in page


def test_a_message_never_holds_a_number_of_social_security(
    permanence: Permanence, client: Client
) -> None:
    made = taken(permanence, at(9))
    client.force_login(held("referent"))
    path = f"/espace/rendez-vous/{permanence.key}/{made.pk}/annuler/"
    answer = client.post(path, {"message": "NIR 2 69 05 49 588 157 80"})
    assert "Portrea ne le garde jamais" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "pris"


def test_moved_it_keeps_its_code_and_its_reminder_follows(
    permanence: Permanence,
    now: time_machine.Traveller,
    client: Client,
    run_tasks: Callable[[], None],
) -> None:
    made = taken(permanence, at(9))
    services.appointment_remind(
        actor=VISITOR, code=made.code, channel="courriel", contact="elle@exemple.fr"
    )
    client.force_login(held("referent"))
    page = f"/espace/rendez-vous/{permanence.key}/{made.pk}/deplacer/"
    later = at(10, day=TUESDAY + timedelta(days=7))
    path = f"{page}{int(later.timestamp())}/"
    assert path in client.get(page).content.decode()
    assert client.get(path).status_code == 200
    client.post(path, {"message": ""})
    made.refresh_from_db()
    assert made.starts == later
    run_tasks()
    assert [one.subject for one in mail.outbox] == ["Votre rendez-vous est déplacé"]
    now.move_to(later - timedelta(days=1))
    run_tasks()
    assert "8 décembre à 10 h" in mail.outbox[1].body
    assert not Reminder.objects.exists()


def test_moved_to_a_seat_just_taken_it_stays(permanence: Permanence, client: Client) -> None:
    made = taken(permanence, at(9))
    taken(permanence, at(10))
    client.force_login(held("referent"))
    path = f"/espace/rendez-vous/{permanence.key}/{made.pk}/deplacer/{int(at(10).timestamp())}/"
    answer = client.post(path, {"message": ""}, follow=True)
    assert "vient d’être pris" in answer.content.decode()
    made.refresh_from_db()
    assert made.starts == at(9)


def test_the_day_asks_few_queries_whoever_comes(permanence: Permanence, client: Client) -> None:
    client.force_login(held("referent"))
    path = f"/espace/rendez-vous/{permanence.key}/?jour=2026-12-01"
    counts = []
    for minutes in (0, 30, 60, 90):
        taken(permanence, at(9) + timedelta(minutes=minutes))
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert max(counts) == min(counts) <= 16


def test_another_territory_is_not_theirs(permanence: Permanence, client: Client) -> None:
    made = taken(permanence, at(9))
    client.force_login(held("referent", code="35001"))
    for path in ("", "modifier/", "horaires/", "prendre/", f"{made.pk}/annuler/"):
        assert client.get(f"/espace/rendez-vous/{permanence.key}/{path}").status_code == 403
    assert "France services" not in client.get("/espace/rendez-vous/").content.decode()
    with pytest.raises(RefusedError):
        services.appointment_take(
            actor=User.objects.get(), key=permanence.key, moment=at(9, 30), by_agent=True
        )


def test_an_acteur_runs_those_of_her_structure(now: object) -> None:
    mine, other = opened(structure="a-1"), opened(structure="b-2")
    user = held("acteur", structure="a-1")
    made = services.appointment_take(actor=user, key=mine.key, moment=at(9), by_agent=True)
    assert made.by_agent
    with pytest.raises(RefusedError):
        services.appointment_take(actor=user, key=other.key, moment=at(9), by_agent=True)


def test_an_appointment_of_another_permanence_is_not_reached(
    permanence: Permanence, client: Client
) -> None:
    made = taken(opened(title="Autre"), at(9))
    client.force_login(held("referent"))
    assert client.get(f"/espace/rendez-vous/{permanence.key}/{made.pk}/annuler/").status_code == 404
    with pytest.raises(DataError):
        services.appointment_mark(actor=SYSTEM, key=permanence.key, number=made.pk, state="venu")


# -- what is kept ---------------------------------------------------------------------------------


def test_the_database_refuses_two_in_one_seat(permanence: Permanence) -> None:
    made = taken(permanence, at(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(permanence=permanence, starts=made.starts, minutes=30)
    services.appointment_cancel(actor=VISITOR, code=made.code)
    Appointment.objects.create(permanence=permanence, starts=made.starts, minutes=30)


def test_a_month_later_only_counts_are_left(
    permanence: Permanence, now: time_machine.Traveller
) -> None:
    for minutes, subject in ((0, "logement"), (30, "logement"), (60, "")):
        taken(permanence, at(9) + timedelta(minutes=minutes), subject=subject)
    late = taken(permanence, at(9, day=date(2026, 12, 29)))
    now.move_to(at(12) + timedelta(days=30))
    retention_run(actor=SYSTEM)
    assert list(Appointment.objects.all()) == [late]
    counts = AppointmentCount.objects.values_list("month", "state", "subject", "number")
    assert sorted(counts) == [
        (TUESDAY, "pris", "", 1), (TUESDAY, "pris", "logement", 2)
    ]  # fmt: skip
    now.move_to(at(12, day=date(2027, 3, 1)))
    retention_run(actor=SYSTEM)
    assert not Appointment.objects.exists()
    assert dict(AppointmentCount.objects.filter(subject="").values_list("month", "number")) == {
        TUESDAY: 2
    }
