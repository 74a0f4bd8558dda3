"""Reminders: asked, sent by day, erased at once, stopped in one step; nothing of them is told."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.action.reminding import TRIES
from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.accounts.retention import registry, retention_run
from portrea.web.action import sms
from portrea.web.action.models import Reminder
from portrea.web.action.services.reminders import (
    LINK,
    MOST,
    channels,
    reminder_ask,
    reminders_drop,
    reminders_turn,
    send_reminder,
)
from portrea.web.config.settings.sms import sms as read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=3)
PARIS = ZoneInfo("Europe/Paris")
ADDRESS, NUMBER = "elle@exemple.fr", "06 12 34 56 78"


def asked(**told: Any) -> Reminder:
    first = {
        "channel": "courriel", "contact": ADDRESS, "about": "date", "subject": "Rappel",
        "text": f"Une démarche à faire. Ne plus recevoir : {LINK}", "due": DUE,
    }  # fmt: skip
    return reminder_ask(actor=VISITOR, **(first | told))


@pytest.fixture
def now(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def texts(settings: SettingsWrapper, tmp_path: Path) -> Callable[[], list[str]]:
    """Text messages written so far."""
    settings.PORTREA_SMS = read(f"file://{tmp_path}/sms")
    return lambda: [one.read_text("utf-8") for one in sorted((tmp_path / "sms").glob("*.txt"))]


def test_a_reminder_leaves_when_due_and_is_erased(
    now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    asked()
    run_tasks()
    assert mail.outbox == []
    now.move_to(DUE)
    run_tasks()
    assert [one.to for one in mail.outbox] == [[ADDRESS]]
    assert "Une démarche à faire" in mail.outbox[0].body
    assert not Reminder.objects.exists()
    assert ADDRESS not in str(list(DBTaskResult.objects.values()))
    assert not JournalEntry.objects.exists()


def test_a_text_message_leaves_by_the_gateway(
    now: time_machine.Traveller, run_tasks: Callable[[], None], texts: Callable[[], list[str]]
) -> None:
    assert [code for code, _ in channels()] == ["courriel", "sms"]
    row = asked(channel="sms", contact=NUMBER)
    now.move_to(DUE)
    run_tasks()
    (text,) = texts()
    assert text.startswith("+33612345678\n")
    assert f"/rappel/{row.series}/" in text


def test_without_a_gateway_no_text_message_is_offered(now: object) -> None:
    assert [code for code, _ in channels()] == ["courriel"]
    with pytest.raises(DataError, match="SMS"):
        asked(channel="sms", contact=NUMBER)


@pytest.mark.parametrize("contact", ["", "elle", "elle@", "elle@exemple.fr\nBcc: x@exemple.fr"])
def test_an_address_that_cannot_be_written_to_is_refused(now: object, contact: str) -> None:
    with pytest.raises(DataError, match="courriel"):
        asked(contact=contact)


def test_nobody_is_written_to_at_night(
    now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    row = asked(due=datetime(2026, 11, 26, 23, 30, tzinfo=PARIS))
    assert row.due == datetime(2026, 11, 27, 8, tzinfo=PARIS)
    now.move_to(datetime(2026, 11, 27, 8, tzinfo=PARIS))
    run_tasks()
    assert len(mail.outbox) == 1


def test_a_worker_late_by_a_night_waits_for_the_morning(
    now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    asked(due=datetime(2026, 11, 26, 19, tzinfo=PARIS))
    now.move_to(datetime(2026, 11, 26, 22, tzinfo=PARIS))
    run_tasks()
    assert mail.outbox == []
    now.move_to(datetime(2026, 11, 27, 8, tzinfo=PARIS))
    run_tasks()
    assert len(mail.outbox) == 1


def test_in_cayenne_the_night_is_that_of_cayenne(now: object) -> None:
    zone = ZoneInfo("America/Cayenne")
    row = asked(due=datetime(2026, 11, 26, 9, tzinfo=UTC), zone=zone)
    assert row.due == datetime(2026, 11, 26, 8, tzinfo=zone)


def test_a_reminder_too_late_is_erased_unsent(
    now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    asked(until=DUE + timedelta(hours=2))
    now.move_to(DUE + timedelta(hours=2, minutes=1))
    run_tasks()
    assert mail.outbox == []
    assert not Reminder.objects.exists()


def test_a_moment_past_is_refused(now: object) -> None:
    with pytest.raises(DataError, match="trop tard"):
        asked(due=NOW - timedelta(days=2))


def test_a_failure_is_tried_again_then_given_up(
    now: time_machine.Traveller,
    run_tasks: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    texts: object,
) -> None:
    tries: list[datetime] = []

    def refused(number: str, text: str) -> None:
        tries.append(timezone.now())
        raise sms.NotSentError("gateway: 503")

    monkeypatch.setattr(sms, "send", refused)
    asked(channel="sms", contact=NUMBER, due=datetime(2026, 11, 26, 8, tzinfo=PARIS))
    for minutes in range(0, 20 * 60, 5):
        now.move_to(datetime(2026, 11, 26, 8, tzinfo=PARIS) + timedelta(minutes=minutes))
        run_tasks()
    assert len(tries) == TRIES
    assert not Reminder.objects.exists()
    assert "6123456" not in caplog.text
    assert "démarche" not in caplog.text
    assert "gateway: 503" in caplog.text


def test_one_step_stops_all_that_was_asked_together(now: object, client: Client) -> None:
    first = asked()
    asked(series=first.series, due=DUE + timedelta(days=30))
    other = asked()
    page = client.get(f"/rappel/{first.series}/")
    assert page.status_code == 200
    assert page.content.decode().count("<button") - page.content.decode().count("data-portrea") <= 3
    assert Reminder.objects.count() == 3
    assert client.post(f"/rappel/{first.series}/").status_code == 200
    assert list(Reminder.objects.all()) == [other]


def test_the_link_of_a_reminder_sent_still_stops_those_that_follow(
    now: time_machine.Traveller, run_tasks: Callable[[], None], client: Client
) -> None:
    first = asked()
    asked(series=first.series, due=DUE + timedelta(days=30))
    now.move_to(DUE)
    run_tasks()
    message = mail.outbox[0]
    address = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in message.body
    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Reminder.objects.exists()


def test_an_unknown_link_says_nothing_more_than_a_known_one(now: object, client: Client) -> None:
    known = asked().series
    pages = [client.get(f"/rappel/{series}/").content for series in (known, "a" * 12)]
    assert pages[0] == pages[1]
    assert client.get("/rappel/court/").status_code == 404


def test_what_is_cancelled_is_not_reminded(
    now: time_machine.Traveller, run_tasks: Callable[[], None]
) -> None:
    asked(about="rendez-vous", target="abcdefgh")
    asked(about="rendez-vous", target="bcdefghj")
    assert reminders_drop("rendez-vous", "abcdefgh") == 1
    now.move_to(DUE)
    run_tasks()
    assert len(mail.outbox) == 1


def test_other_words_leave_at_once(now: object, run_tasks: Callable[[], None]) -> None:
    asked(about="rendez-vous", target="abcdefgh")
    assert reminders_turn("rendez-vous", "abcdefgh", subject="Annulé", text="Annulé.") == 1
    run_tasks()
    assert [one.subject for one in mail.outbox] == ["Annulé"]
    assert not Reminder.objects.exists()


def test_a_contact_is_not_flooded(now: object) -> None:
    for number in range(MOST):
        asked(due=DUE + timedelta(hours=number))
    with pytest.raises(DataError, match="Trop de rappels"):
        asked()
    asked(contact="autre@exemple.fr")


def test_the_register_erases_what_could_not_leave(now: time_machine.Traveller) -> None:
    asked()
    kept = asked(due=DUE + timedelta(days=2))
    now.move_to(DUE + timedelta(days=1, minutes=1))
    entry = next(one for one in registry() if one.name == "action.reminders")
    assert entry.days == 0
    retention_run(actor=SYSTEM)
    assert list(Reminder.objects.all()) == [kept]


# -- gateways -------------------------------------------------------------------------------------


@contextmanager
def gateway(status: int = 200, location: str = "") -> Iterator[tuple[str, list[Any]]]:
    """A gateway of this machine; what it received: path, headers, body."""
    received: list[Any] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, dict(self.headers), body))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_gateway_receives_json_and_its_secret_in_a_header(settings: SettingsWrapper) -> None:
    with gateway() as (host, received):
        settings.PORTREA_SMS = read(f"http://secret@{host}/envoi?v=2#to=destinataire&from=MAIRIE")
        sms.send("+33612345678", "Rappel")
    ((path, headers, body),) = received
    assert path == "/envoi?v=2"
    assert headers["Authorization"] == "Bearer secret"
    assert json.loads(body) == {"destinataire": "+33612345678", "text": "Rappel", "from": "MAIRIE"}


def test_a_gateway_may_want_a_form_and_a_password(settings: SettingsWrapper) -> None:
    with gateway() as (host, received):
        settings.PORTREA_SMS = read(f"http://nous:a%40b@{host}/#format=form&text=message")
        sms.send("+33612345678", "Rappel")
    ((_, headers, body),) = received
    assert headers["Authorization"] == "Basic bm91czphQGI="
    assert parse_qs(body) == {"to": ["+33612345678"], "message": ["Rappel"]}


@pytest.mark.parametrize("status", [301, 307, 400, 429, 500])
def test_a_gateway_that_refuses_or_sends_elsewhere_is_not_followed(
    settings: SettingsWrapper, status: int
) -> None:
    with gateway() as (elsewhere, strayed), gateway(status, f"http://{elsewhere}/") as (host, _):
        settings.PORTREA_SMS = read(f"http://{host}/")
        with pytest.raises(sms.NotSentError, match=str(status)) as told:
            sms.send("+33612345678", "Rappel")
    assert strayed == []
    assert "612345678" not in str(told.value)


def test_a_gateway_by_e_mail(settings: SettingsWrapper) -> None:
    settings.PORTREA_SMS = read("mailto:{numero}@passerelle.exemple.fr?subject=code")
    sms.send("+33612345678", "Rappel")
    assert [(one.to, one.subject, one.body) for one in mail.outbox] == [
        (["33612345678@passerelle.exemple.fr"], "code", "Rappel")
    ]


def test_a_gateway_that_does_not_answer(settings: SettingsWrapper) -> None:
    with gateway() as (host, _):
        pass
    settings.PORTREA_SMS = read(f"http://{host}/")
    with pytest.raises(sms.NotSentError, match="ConnectError"):
        sms.send("+33612345678", "Rappel")


@pytest.mark.parametrize(
    "url", ["http://exemple.fr/", "ftp://exemple.fr", "mailto:fixe@exemple.fr", "sms", "file:"]
)
def test_a_gateway_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(ParameterError, match="PORTREA_SMS_URL"):
        read(url)


def test_no_gateway() -> None:
    assert read("") == {}


def test_a_reminder_that_is_gone_is_not_sent(now: object) -> None:
    send_reminder.func(12345)
    assert mail.outbox == []
