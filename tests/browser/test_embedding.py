"""Portrea in the page of a town hall: component, frame, host with strict rules of its own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Mairie</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{site}/integrer/v1/portrea-orientation.js" defer></script></head>
<body><main><h1>Mairie de Montfort</h1><p>Vos démarches.</p>
<portrea-orientation commune="35188">
  <a href="{site}/orientation/?commune=35188">Trouver de l’aide près de chez vous</a>
</portrea-orientation></main></body></html>"""
STRICT = "default-src 'none'; script-src {site}; frame-src {site}"
REFUSING = "default-src 'none'; script-src {site}; frame-src 'none'"


@pytest.fixture
def town(served: str) -> Iterator[str]:
    """A site of another origin whose page shows the component, under its own rules."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            rules = {"/strict": STRICT, "/refusant": REFUSING}.get(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if rules:
                self.send_header("Content-Security-Policy", rules.format(site=served))
            self.end_headers()
            self.wfile.write(PAGE.format(site=served).encode())

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_component_in_the_page_of_a_town_hall(
    browser: Browser, town: str, keep: Callable[[str, bytes], None]
) -> None:
    """Under the host's own strict rules: shown, as high as its content, no cookie, no fault."""
    window = browser.new_context(viewport={"width": 360, "height": 700})
    page = window.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{town}/strict")
    frame = page.frame_locator("portrea-orientation iframe")
    expect(frame.get_by_role("heading", name="De quoi avez-vous besoin ?")).to_be_visible()
    expect(page.get_by_role("link", name="Trouver de l’aide")).to_be_hidden()
    first = _height(page)
    assert first > 400
    assert frame.locator("html").evaluate("root => root.scrollHeight <= window.innerHeight + 1")
    keep("integre-telephone", page.screenshot(full_page=True))
    frame.get_by_role("link", name="Je ne sais pas à qui m’adresser").click()
    expect(frame.get_by_role("heading", level=1)).not_to_contain_text("De quoi avez-vous besoin ?")
    page.wait_for_function(f"{_HEIGHT} !== {first}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert window.cookies() == []
    assert said == []
    window.close()


_HEIGHT = (
    "document.querySelector('portrea-orientation').shadowRoot.querySelector('iframe').clientHeight"
)


def _height(page: Page) -> int:
    return int(page.evaluate(_HEIGHT))


def test_the_link_stays_where_the_frame_cannot_be(browser: Browser, town: str) -> None:
    for path, options in (("/refusant", {}), ("/", {"java_script_enabled": False})):
        window = browser.new_context(**options)
        page = window.new_page()
        page.goto(town + path)
        expect(page.get_by_role("link", name="Trouver de l’aide")).to_be_visible()
        window.close()


def test_the_page_that_gives_the_code(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/integrer/?territoire=35188", permissions=["clipboard-read", "clipboard-write"])
    preview = page.frame_locator("iframe")
    expect(preview.get_by_role("heading", name="De quoi avez-vous besoin ?")).to_be_visible()
    page.get_by_role("button", name="Copier : Composant").click()
    expect(page.get_by_text("Copié", exact=True)).to_be_visible()
    assert '<portrea-orientation commune="35188">' in page.evaluate(
        "navigator.clipboard.readText()"
    )
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        faults = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        keep(f"integrer-{width}", page.screenshot(full_page=True))
