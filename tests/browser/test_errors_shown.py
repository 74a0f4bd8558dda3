"""Pages of error as a browser shows them: axe clean, without a script, at 320 pixels."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.conftest import published

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SERVED = {
    "/carte/?mesure=inconnue": 400,
    "/mesures-exploitation/": 403,
    "/nulle-part/": 404,
    "/territoires/commune/99999/": 404,
    "/invitation/lien-abime/": 410,
}
"""Errors that anybody meets on a healthy site."""
STYLED = "[...document.styleSheets].some((one) => one.cssRules.length > 100)"


MADE = """
import base64, json
import django; django.setup()
from django.db.utils import OperationalError
from django.shortcuts import render
from django.test import Client, RequestFactory
from portrea.web.steering import selectors
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
def page(error):
    def fail():
        raise error
    selectors.datasets = fail
    return client.get("/sources/").content
heavy = client.post("/connexion/", b"x", "text/plain", CONTENT_LENGTH=30_000_000)
often = {"minutes": 2, "kept": True, "request_id": "0123456789ab"}
made = {
    413: heavy.content,
    429: render(RequestFactory().get("/"), "offer/too_many.html", often).content,
    500: page(RuntimeError()),
    503: page(OperationalError()),
}
print(json.dumps({status: base64.b64encode(body).decode() for status, body in made.items()}))
"""
"""Pages that a healthy site does not show."""
PUBLISHED = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"}


@pytest.fixture
def made(served_home: Path) -> dict[int, bytes]:
    """Status → page, made by a process of its own."""
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MADE], env=published(served_home) | PUBLISHED,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    pages = json.loads(told.stdout.splitlines()[-1])
    return {int(status): b64decode(body) for status, body in pages.items()}


def test_every_page_of_error(browser: Browser, served: str, made: dict[int, bytes]) -> None:
    """One window for all; those made here take their styles from the site."""

    def answer(route: Route) -> None:
        status = int(route.request.url.rsplit("/", 1)[1])
        route.fulfill(status=status, body=made[status], content_type="text/html; charset=utf-8")

    behind_a_proxy = {"Via": "1.1 mandataire"}
    window = browser.new_context(base_url=served, extra_http_headers=behind_a_proxy)
    window.route("**/essai/*", answer)
    page = window.new_page()
    for address, status in SERVED.items() | {(f"/essai/{one}", one) for one in made}:
        found = page.goto(address)
        assert found is not None
        assert found.status == status, address
        check(page, address)
    window.close()


def check(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(STYLED), address
    assert page.evaluate("document.scripts.length") == 0, address
    assert page.get_by_text("Référence de cette demande").is_visible(), address
    results = Axe().run(page)
    assert results.violations_count == 0, f"{address}: {results.generate_report()}"
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
