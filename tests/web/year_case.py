"""People of a territory for a whole year: their browsers, what pages say, the queue, nights."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from django.core import mail
from django.test import Client

from portrea.cli.account import account
from portrea.web.accounts.schedule import enqueue_due, jobs
from web.accounts.people import PASSWORD
from web.offer.test_contribution import CAPACITY, CONTACT, HELP, HOURS, fill

if TYPE_CHECKING:
    from collections.abc import Callable

EPCI = "epci:243500618"
ADMINISTRATOR, REFERENTE = "admin@exemple.org", "soazig@exemple.org"


def words(page: Any) -> str:
    """What a page says, on one line, its typographic spaces made plain."""
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(text))


def address_in(text: str, start: str = "/") -> str:
    """Return the path of the first address of a letter or a page that begins so."""
    found = re.search(rf"(?:https?://[^/\s]+)?({start}[^\s\"<]+)", text)
    assert found, text
    return found[1]


def place_told(link: str, name: str, address: str) -> str:
    """Tell a place of Paimpont by a link of contribution, page after page; return the last."""
    where = {"name": name, "address": address, "postcode": "35380", "commune": "35211"}
    steps = [("where", where), ("help", HELP), ("hours", HOURS), ("contact", CONTACT),
             ("capacity", CAPACITY), ("review", {})]  # fmt: skip
    return fill(Client(), link, steps)


class Year:
    """A référente and anyone else, each with a browser; the tasks that wait are done at once."""

    def __init__(self, tasks: Callable[[], None], commits: Any) -> None:
        self.tasks, self.commits = tasks, commits
        self.referent = Client()
        self.anyone = Client()

    def installed(self) -> Client:
        """Open the first account, as the guide of installation says; return its browser."""
        line = ["create", ADMINISTRATOR, "--password-stdin"]
        done = CliRunner().invoke(account, line, input=f"{PASSWORD}\n")
        assert f"Compte ouvert : {ADMINISTRATOR}" in done.output, done.output
        administrator = Client()
        connect(administrator, ADMINISTRATOR)
        return administrator

    def posted(self, address: str, told: dict[str, Any], client: Client | None = None) -> Any:
        """Send a page as the référente, let the letters leave, and return the page that follows."""
        with self.commits(execute=True):
            page = (client or self.referent).post(address, told, follow=True)
        self.tasks()
        said = words(page)
        assert page.status_code == 200, (address, page.status_code, said[-2_000:])
        assert "À corriger" not in said, (address, said[-2_000:])
        return page

    def enter(self) -> None:
        """Connect the référente, whose last connection ended since."""
        connect(self.referent, REFERENTE)

    def night(self) -> None:
        """Do what is planned each day, as the worker does."""
        with self.commits(execute=True):
            assert len(enqueue_due()) == len(jobs()), "none was done today"
        self.tasks()

    def read(self, address: str, client: Client | None = None) -> str:
        """Return what a page says to the référente."""
        page = (client or self.referent).get(address, follow=True)
        assert page.status_code == 200, (address, page.status_code)
        return words(page)

    def shown(self, address: str) -> str:
        """Return what a page says to anyone."""
        return self.read(address, self.anyone)


def connect(client: Client, email: str) -> None:
    """Connect by the page."""
    client.post("/connexion/", {"username": email, "password": PASSWORD})
    assert email in words(client.get("/compte/"))


def last_letter() -> Any:
    """Return the last letter that left."""
    return mail.outbox[-1]
