"""A reader of forms: fills in what a page shows and sends it, as a browser without script does."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


class Form(HTMLParser):
    """The first form of a page with a state: its controls as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.values: dict[str, list[str]] = {}
        self.names: list[str] = []
        self.buttons: list[str] = []
        self.text = ""
        self._inside = False
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form" and told.get("method") == "post":
            self._inside, self.action = True, told.get("action", "")
        if not self._inside:
            return
        name = told.get("name", "")
        if name and name != "aller":
            self.names.append(name)
        if tag == "input" and told.get("type") in {"radio", "checkbox"}:
            if "checked" in told:
                self.values.setdefault(name, []).append(told["value"])
        elif tag == "input" and told.get("type") != "file" and name:
            self.values[name] = [told.get("value", "")]
        elif tag == "textarea":
            self._area, self.values[name] = name, [""]
        elif tag == "select":
            self._select, self.values[name] = name, [""]
        elif tag == "option" and self._select and "selected" in told:
            self.values[self._select] = [told.get("value", "")]
        elif tag == "button" and name == "aller":
            self.buttons.append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._area:
            self.values[self._area][0] += data.removeprefix("\n")


class Person:
    """Somebody who answers: one page after the other, all of it in ``page``."""

    def __init__(self, client: Client, key: str, query: str = "") -> None:
        self.client = client
        self.action = f"/enquetes/{key}/repondre/"
        self.answer: Any = None
        self.open(client.get(f"/enquetes/{key}/{query}"))

    def open(self, answer: HttpResponse) -> Person:
        """Look at a page."""
        self.answer, self.page = answer, answer.content.decode().replace("\u00a0", " ")
        self.form = Form(self.page)
        return self

    def data(self, go: str = "suite", **given: Any) -> dict[str, Any]:
        """Return what the page sends with some controls filled in."""
        told: dict[str, Any] = dict(self.form.values)
        for name, value in given.items():
            control = f"q.{name.replace('__', '/')}"
            assert control in self.form.names, f"{control} is not among {self.form.names}"
            told[control] = value
        return told | {"aller": go}

    def send(self, go: str = "suite", **given: Any) -> Person:
        """Fill in some controls and press a button."""
        return self.open(self.client.post(self.action, self.data(go, **given)))

    @property
    def asked(self) -> list[str]:
        """What the page asks."""
        return self.form.values.get("vues", [""])[0].split()
