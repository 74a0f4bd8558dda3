"""A site of its own for collecting: a small questionnaire, a server that can be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psycopg
from playwright.sync_api import expect

from browser.conftest import ARGUMENTS, PATIENCE, engine, free_port, published

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

ROOM = "salle.test"
"""A name that the browser finds and trusts no more than any machine of a room."""
SEED = """
from portrea.surveys.xlsform import read_sheets
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open
sheets = {
    "survey": [
        {"type": "text", "name": "mot", "label": "Votre mot", "required": "true()"},
        {"type": "select_one ouinon", "name": "aide", "label": "Une aide ?"},
        {"type": "text", "name": "qui", "label": "De qui ?", "relevant": "${aide} = 'oui'"},
    ],
    "choices": [
        {"list_name": "ouinon", "name": "oui", "label": "Oui"},
        {"list_name": "ouinon", "name": "non", "label": "Non"},
    ],
    "settings": [{"form_title": "Essai", "form_id": "essai"}],
}
where = "commune:35238"
made = questionnaire_create(actor=SYSTEM, title="Essai", territory=where, sheets=sheets)
version_publish(actor=SYSTEM, key=made.key)
made = survey_open(actor=SYSTEM, questionnaire=made, title="Essai", territory=where)
from portrea.web.action.services.notebooks import notebook_open
book = notebook_open(actor=SYSTEM, territory=where, label="Maraude", days=30)
(home / "notebook").write_text(book.key)
(home / "key").write_text(made.key)
"""
SERVE = """
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from django.conf import settings
home, port = Path(settings.PORTREA_HOME), int(sys.argv[1])
settings.ROOT_URLCONF = "portrea.web.surveys.collecting.urls"
settings.MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portrea.web.design.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
settings.MIDDLEWARE.insert(-1, "django.contrib.sessions.middleware.SessionMiddleware")
import django; django.setup()
if not (home / "key").exists():
    exec(sys.argv[2])
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
class Handler(WSGIRequestHandler):
    def log_message(self, *said): pass
from django.core.wsgi import get_wsgi_application
make_server("127.0.0.1", port, get_wsgi_application(), Server, Handler).serve_forever()
"""
SQLITE = "portrea.sqlite3"
DEVELOPER = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.dev"}
"""Static files served as they are built: nothing to collect before each start."""


class Room:
    """The server of a room and its survey: only what collects, so that it starts soon again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = published(home) | DEVELOPER
        self.port = free_port()
        self.key = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def page(self) -> str:
        """Address of the page, on an origin that browsers do not trust."""
        return f"http://{ROOM}:{self.port}/collecte/{self.key}/"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE, str(self.port), SEED],
            env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.heard()
        self.key = (self.home / "key").read_text("utf-8")

    def heard(self) -> None:
        """Wait until the server listens."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            assert self.process is not None
            assert self.process.poll() is None, "the server of the room stopped"
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
                return
            time.sleep(0.1)
        raise AssertionError("the server of the room does not listen")

    def kill(self) -> None:
        """SIGKILL: no goodbye, for the server and what it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def notebook(self) -> str:
        """Address of a notebook, on an origin that browsers trust."""
        key = (self.home / "notebook").read_text("utf-8")
        return f"http://127.0.0.1:{self.port}/collecte/{key}/"

    def rows(self, column: str, table: str = "surveys_submission") -> list[Any]:
        """Return one column of what the server holds."""
        address = self.environment.get("PORTREA_DATABASE_URL")
        base = psycopg.connect(address) if address else sqlite3.connect(self.home / SQLITE)
        with contextlib.closing(base):
            return [row[0] for row in base.execute(f"SELECT {column} FROM {table}")]


def phone(browser: Browser, folder: Path, **told: Any) -> BrowserContext:
    """Return a browser that keeps what it holds in a folder when it is closed."""
    return browser.browser_type.launch_persistent_context(
        str(folder),
        executable_path=engine(),
        args=[*ARGUMENTS, f"--host-resolver-rules=MAP {ROOM} 127.0.0.1"],
        viewport={"width": 360, "height": 740},
        **told,
    )


def answer(page: Page, word: str, *, end: bool = True) -> None:
    """Give an answer as a person does; ``end`` false leaves it before the last button."""
    page.get_by_role("button", name="Commencer une réponse").click()
    page.get_by_label("Votre mot").fill(word)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Non").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("heading", name="C’est fini").wait_for()
    if end:
        finish(page)


def finish(page: Page) -> None:
    """Entrust an answer to the phone, and wait until it says that it is kept."""
    page.get_by_role("button", name="Confier mes réponses").click()
    page.get_by_text("C’est gardé.").wait_for()


def says(page: Page, told: str) -> None:
    """Wait until the phone says that it holds this."""
    expect(page.locator("[data-collect-state]")).to_have_text(told, timeout=PATIENCE * 1000)


def state(page: Page) -> str:
    """What the phone says that it holds."""
    return page.locator("[data-collect-state]").inner_text()
