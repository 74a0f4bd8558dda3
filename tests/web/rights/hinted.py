"""A person who answers the questions of the hint, and an engine that answers at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

MONTFORT = "35188"
AMOUNTS = {"rsa": 573.0, "aide_logement": 300.0, "css_cmu_base_ressources": 0.0}
"""What each household is told; the ceiling of the health cover is above; the rest is nought."""


@dataclass
class Engine:
    """Stands for the process of OpenFisca: keeps what it was asked, may fail."""

    error: Exception | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    warmed: Event = field(default_factory=Event)

    def warm(self, _first: object = None) -> None:
        """Nothing to start: told to whoever waits for it."""
        self.warmed.set()

    def ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, list[Any]]:
        """Return the same amounts for all."""
        assert seconds > 0
        if self.error is not None:
            raise self.error
        self.asked.append(question)
        persons = question["persons"]["household"]
        of_persons = {"asi", "aah"}
        count = max(persons) + 1
        told = {one["variable"] for one in question["asked"]}
        values = {**AMOUNTS, "cmu_c_plafond": 10_000.0}
        return {
            name: [values.get(name, 0.0)] * (len(persons) if name in of_persons else count)
            for name in told
        }


@dataclass
class Person:
    """Somebody who fills the pages one after the other, as a browser without script does."""

    client: Client
    path: str = "/droits/"
    page: str = ""
    answer: Any = None

    def open(self) -> Person:
        """Read the first page."""
        return self._got(self.client.get(self.path))

    def send(self, go: str = "suite", **typed: str) -> Person:
        """Press a button of the page shown, some fields filled (``age`` for « r.age »)."""
        told = {**self.hidden(), **{_named(name): text for name, text in typed.items()}}
        return self._got(self.client.post(self.path, {**told, "aller": go}))

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the form of the step, or of the estimate."""
        form = re.findall(r"<form[^>]*data-hint[^>]*>.*?</form>", self.page, re.DOTALL)
        kept = [one for one in form if "hint-whole" not in one and "data-hint-leave" not in one]
        pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', kept[-1])
        return {name: unescape(value) for name, value in pairs}

    @property
    def title(self) -> str:
        """What the page is called."""
        found = re.search(r"<title>(.*?)</title>", self.page, re.DOTALL)
        return unescape(found[1]) if found else ""

    @property
    def text(self) -> str:
        """What the page says."""
        body = self.page.partition("<main")[2]
        plain = unescape(re.sub(r"<[^>]+>", " ", body))
        return " ".join(plain.split())

    def _got(self, answer: Any) -> Person:
        self.answer, self.page = answer, answer.content.decode()
        return self


def _named(name: str) -> str:
    return name if name == "ou" else "r." + name.replace("__ready", ".tout-fait")
