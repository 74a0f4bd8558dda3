"""The slip in a real browser: axe, 320 px, no script, one sheet printed, read aloud, copied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANSWER = "/orientation/?commune=35188&besoin=aide&demarche=rsa&vu=oui"
A4, A6 = (595, 842), (298, 420)
"""Points."""
VOICE = """
window.spoken = []; window.stopped = 0;
window.SpeechSynthesisUtterance = class extends EventTarget {
  constructor(text) { super(); this.text = text; }
};
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "fr-FR", name: "essai" }, { lang: "ar-SA", name: "essai" }],
  speak: (said) => { window.spoken.push([said.lang, said.text]); },
  cancel: () => { window.stopped += 1; },
} });
"""


def sheet(page: Page) -> str:
    """Open the slip of the first place of the answer; return its address."""
    page.goto(ANSWER)
    page.click("text=Fiche à emporter >> nth=0")
    page.wait_for_selector(".slip__sheet")
    return page.url


def checked(page: Page, name: str, keep: Callable[[str, bytes], None]) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main .btn')].filter((one) => one.offsetHeight && "
        "one.offsetHeight < 44).map((one) => one.textContent)"
    )
    assert small == []
    keep(name, page.screenshot(full_page=True))


def pages_of(page: Page) -> list[tuple[int, int]]:
    """Return the sizes in points of the sheets the browser prints."""
    told = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", told)
    return [(round(float(wide)), round(float(high))) for wide, high in boxes]


def near(found: list[tuple[int, int]], wanted: tuple[int, int]) -> bool:
    return len(found) == 1 and all(abs(a - b) <= 2 for a, b in zip(found[0], wanted, strict=True))


def test_a_slip_is_read_printed_and_sent(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(ANSWER, width=320, height=640, permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(VOICE)
    address = sheet(page)
    checked(page, "orientation-fiche-telephone", keep)

    page.click("text=Écouter la fiche")
    spoken = page.evaluate("window.spoken")
    assert {lang for lang, _ in spoken} == {"fr"}
    said = " ".join(text for _, text in spoken)
    assert page.inner_text("h1") in said
    assert "À apporter" in said
    assert "A4" not in said, "what is on the screen only is not read"
    assert max(len(text) for _, text in spoken) <= 180
    assert page.evaluate("document.activeElement.textContent") == "Arrêter la lecture"
    before = page.evaluate("window.stopped")
    page.click("text=Arrêter la lecture")
    assert page.evaluate("window.stopped") == before + 1
    assert page.is_visible("text=Écouter la fiche")

    page.click("text=Copier le message")
    page.wait_for_selector("text=Message copié.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.text_content("[data-portrea-message]")

    for paper, size in (("a4", A4), ("a6", A6)):
        page.goto(f"{address}&format={paper}")
        assert near(pages_of(page), size), paper

    arabic = address.replace("/orientation/", "/ar/orientation/", 1)
    page.goto(arabic)
    assert page.get_attribute("html", "dir") == "rtl"
    checked(page, "orientation-fiche-arabe", keep)
    assert near(pages_of(page), A4)

    unknown = page.request.get("/orientation/fiche/jamais-vu/?commune=35188")
    assert unknown.status == 404
    page.set_content(unknown.text())
    checked(page, "orientation-fiche-aucune", keep)


def test_a_slip_without_script(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(ANSWER, width=1280, java_script_enabled=False)
    sheet(page)
    assert not page.is_visible("text=Écouter la fiche")
    assert not page.is_visible("text=Copier le message")
    assert page.get_attribute("text=Envoyer par SMS", "href").startswith("sms:?body=")
    assert page.is_visible("text=Prendre le PDF")
    keep("orientation-fiche-ordinateur", page.screenshot(full_page=True))
