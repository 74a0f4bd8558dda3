"""E-mails: a server of this test answers; each fault is told in French with its remedy."""

from __future__ import annotations

import socketserver
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as sending

from portrea.base.errors import DataError
from portrea.web.accounts import mail
from portrea.web.operation.deliverability import checking
from portrea.web.operation.work import mailing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper

RECORDS = {
    "exemple.fr": ["v=spf1 include:_spf.hebergeur.fr -all", "autre=chose"],
    "cle._domainkey.exemple.fr": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.exemple.fr": ["v=DMARC1; p=none"],
}


class Talk(socketserver.StreamRequestHandler):
    """The few words of SMTP that a letter needs."""

    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 essai\r\n")
        for line in self.rfile:
            word = line.decode().strip().upper()
            if word.startswith("EHLO"):
                auth = b"250-AUTH PLAIN\r\n" if server.password else b""
                self.wfile.write(b"250-essai\r\n" + auth + b"250 SIZE\r\n")
            elif word.startswith("AUTH"):
                good = server.password in line
                self.wfile.write(b"235 ok\r\n" if good else b"535 non\r\n")
            elif word == "DATA":
                self.wfile.write(b"354 ok\r\n")
                server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.wfile.write(b"250 ok\r\n")
            elif word.startswith("RCPT") and server.refuses:
                self.wfile.write(b"550 inconnu\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 fin\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class Server(socketserver.ThreadingTCPServer):
    """Keeps the letters; may ask a password, or refuse whoever they are for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters: list[str] = []
        self.password = b""
        self.refuses = False


@pytest.fixture
def smtp(settings: SettingsWrapper) -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 10
        settings.DEFAULT_FROM_EMAIL = "Portrea <ne-pas-repondre@exemple.fr>"
        yield server
        server.shutdown()


def said(**named: Any) -> dict[str, str]:
    """Level of each step, by its first words."""
    found = checking.check(txt=RECORDS.get, **named)
    assert all(one.remedy for one in found if one.level == "broken")
    return {" ".join(one.what.split()[:3]): one.level for one in found}


def test_all_is_well(smtp: Server) -> None:
    assert said(selector="cle") == {
        "Le serveur répond": "good",
        "L’échange n’est pas": "watch",
        "Aucun compte n’est": "watch",
        "Expéditeur : Portrea": "good",
        "SPF : v=spf1": "good",
        "DKIM : v=DKIM1;": "good",
        "DMARC : v=DMARC1;": "good",
    }


def test_letters_written_in_a_folder_do_not_leave(settings: SettingsWrapper) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = "/dossier"
    (found,) = checking.check()
    assert found.level == "broken"
    assert "/dossier" in found.what


def test_nobody_answers(smtp: Server, settings: SettingsWrapper) -> None:
    settings.EMAIL_PORT = 1
    assert said()["Le serveur ne"] == "broken"


def test_encryption_is_not_offered(smtp: Server, settings: SettingsWrapper) -> None:
    settings.EMAIL_USE_TLS = True
    assert said()["Le serveur n’offre"] == "broken"


def test_encryption_fails(smtp: Server, settings: SettingsWrapper) -> None:
    settings.EMAIL_USE_SSL = True
    assert said()["Le chiffrement échoue"] == "broken"


@pytest.mark.parametrize(
    ("password", "step", "level"),
    [("juste", "Le serveur accepte", "good"), ("faux", "Le serveur refuse", "broken")],
)
def test_account(
    smtp: Server, settings: SettingsWrapper, password: str, step: str, level: str
) -> None:
    from base64 import b64encode

    smtp.password = b64encode(b"\0moi\0juste")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "moi", password
    assert said()[step] == level


def test_a_sender_without_domain(smtp: Server, settings: SettingsWrapper) -> None:
    settings.DEFAULT_FROM_EMAIL = "portrea@localhost"
    found = said()
    assert found["L’expéditeur n’a pas"] == "broken"
    assert not any(step.startswith("SPF") for step in found)


def test_a_domain_that_says_nothing_or_too_much(smtp: Server) -> None:
    answers = {"exemple.fr": ["v=spf1 -all", "v=spf1 +all"], "_dmarc.exemple.fr": []}
    levels = {one.what.split()[0]: one.level for one in checking.check(txt=answers.get)}
    assert (levels["SPF"], levels["DKIM"], levels["DMARC"]) == ("broken", "unknown", "broken")


def test_without_dig_nothing_is_guessed(smtp: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking.shutil, "which", lambda _name: None)
    levels = {one.what.split()[0]: one.level for one in checking.check(selector="cle")}
    assert [levels[name] for name in ("SPF", "DKIM", "DMARC")] == ["unknown"] * 3


def test_dig_joins_the_pieces_of_a_long_record(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dig"
    program.write_text('#!/bin/sh\nprintf \'"v=spf1 " "-all"\\n"x"\\n;; rien\\n\'\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(checking.shutil, "which", lambda _name: str(program))
    assert checking.dig("exemple.fr") == ["v=spf1 -all", "x"]
    program.write_text("#!/bin/sh\nexit 9\n", "utf-8")
    assert checking.dig("exemple.fr") is None


@pytest.mark.django_db
def test_the_trial_letter(smtp: Server) -> None:
    checking.send_trial("moi@exemple.fr")
    (letter,) = smtp.letters
    assert "Auto-Submitted: auto-generated" in letter
    assert "Content-Type: text/plain" in letter
    assert "text/html" not in letter
    assert mailing.totals() == {"sent": 1, "failed": 0}


@pytest.mark.django_db
def test_a_letter_refused_is_told_and_counted(smtp: Server) -> None:
    smtp.refuses = True
    with pytest.raises(DataError, match="n’est pas partie"):
        checking.send_trial("personne@exemple.fr")
    assert mailing.totals() == {"sent": 0, "failed": 1}
    assert [kind for kind, _n in mailing.faults(mailing.timezone.localdate())] == [
        "SMTPRecipientsRefused"
    ]


@pytest.mark.django_db
def test_headers_of_a_letter_are_kept() -> None:
    stop = {"List-Unsubscribe": "<https://exemple.fr/x>"}
    mail.send("a@exemple.org", "accounts/mail/reset.txt", {"link": "x"}, headers=stop)
    (letter,) = sending.outbox
    assert letter.extra_headers == stop | mail.AUTOMATIC


def test_the_command(smtp: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from portrea.cli import portrea

    monkeypatch.setattr(checking.shutil, "which", lambda _name: None)
    done = CliRunner().invoke(portrea, ["email", "check"])
    assert done.exit_code == 0, done.output
    assert "[bon] Le serveur répond" in done.output
    assert "[non vérifié] DKIM" in done.output
