"""The hint of rights in a real browser: a phone without script, with it, a shared computer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SECRET = "613"
ESTIMATED = 40_000
"""Milliseconds left to OpenFisca, which may still be starting."""


def looked_at(page: Page, keep: Callable[[str, bytes], None], name: str) -> None:
    """RGAA by axe; nothing wider than the window; targets a thumb high; a picture to look at."""
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .btn, main .hint-option, main summary')]"
        ".filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.outerHTML)"
    )
    assert small == [], name
    keep(f"droits-{name}-{page.viewport_size['width']}", page.screenshot(full_page=True))


def step(page: Page) -> Locator:
    """The form of the question shown."""
    return page.locator(".hint-step")


def go_on(page: Page) -> None:
    step(page).get_by_role("button", name="Continuer").click()


def to_the_rent(page: Page) -> None:
    """Answer until the rent, told as ``SECRET``."""
    step(page).get_by_label("Dans quelle commune").fill("Montfort-sur-Meu")
    go_on(page)
    expect(page).to_have_title("Quel est votre âge ? – Portrea".replace(" ?", "\u00a0?"))
    step(page).get_by_label("Quel est votre âge").fill("36")
    go_on(page)
    step(page).get_by_text("Non, je vis sans conjoint").click()
    go_on(page)
    step(page).get_by_text("Aucun enfant").click()
    go_on(page)
    step(page).get_by_text("Je loue un logement vide").click()
    go_on(page)
    step(page).get_by_label("Combien payez-vous de loyer").fill(SECRET)
    go_on(page)
    expect(page.get_by_role("heading", name="Quelle est votre situation")).to_be_visible()


def estimated(page: Page) -> None:
    """Wait for the whole estimate."""
    title = page.get_by_role("heading", name="Vos droits possibles")
    expect(title).to_be_visible(timeout=ESTIMATED)


def nothing_behind(page: Page) -> None:
    """Go back in the history: no page shows an answer."""
    for _back in range(3):
        with suppress(Error):  # the browser has nothing left to show, and says so
            page.go_back()
        page.wait_for_load_state()
        expect(page.locator("body")).not_to_contain_text(SECRET)
        expect(page.locator(f'[value="{SECRET}"]')).to_have_count(0)


def test_a_phone_without_script(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    """One question a page, back by its button, the estimate; left, nothing is found again."""
    page = visit("/droits/", width=320, height=640, java_script_enabled=False)
    to_the_rent(page)
    step(page).get_by_role("button", name="Revenir").click()
    expect(step(page).get_by_label("Combien payez-vous de loyer")).to_have_value(SECRET)
    go_on(page)
    step(page).get_by_text("Je n’ai pas de revenu").click()
    go_on(page)
    step(page).get_by_role("button", name="Passer cette question").click()
    step(page).get_by_role("button", name="Voir déjà mes droits possibles").click()
    estimated(page)
    expect(page.get_by_text("Seul l’organisme décide").first).to_be_visible()
    expect(page.get_by_text(f"{SECRET} €")).to_be_visible()
    keep("droits-reponse-320-sans-script", page.screenshot(full_page=True))
    assert SECRET not in page.url
    assert page.context.cookies() == []
    page.get_by_role("button", name="Effacer et quitter").click()
    expect(page).to_have_url(page.url.split("/droits")[0].rstrip("/") + "/")
    nothing_behind(page)


def test_a_phone_with_script(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    """« Précédent » of the browser loses nothing; each page by axe; left, nothing remains."""
    page = visit("/droits/", width=320, height=640)
    looked_at(page, keep, "debut")
    to_the_rent(page)
    page.go_back()
    expect(step(page).get_by_label("Combien payez-vous de loyer")).to_have_value(SECRET)
    step(page).get_by_label("Combien payez-vous de loyer").fill("beaucoup")
    go_on(page)
    expect(step(page).get_by_role("alert")).to_be_visible()
    looked_at(page, keep, "faute")
    step(page).get_by_label("Combien payez-vous de loyer").fill(SECRET)
    go_on(page)
    looked_at(page, keep, "choix")
    step(page).get_by_text("Je n’ai pas de revenu").click()
    step(page).get_by_role("button", name="Voir déjà").click()
    estimated(page)
    page.locator(".hint-right summary").first.click()
    looked_at(page, keep, "reponse")
    assert page.url.endswith("/droits/")
    page.get_by_role("button", name="Effacer et quitter").click()
    expect(page.get_by_role("link", name="Quelles aides demander")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    nothing_behind(page)


def test_a_computer(visit: Callable[..., Page], keep: Callable[[str, bytes], None]) -> None:
    """Every question at once, a fault said above, the estimate beside, the papers taken away."""
    page = visit("/droits/")
    whole = page.locator(".hint-whole")
    looked_at(page, keep, "tout")
    whole.get_by_label("Dans quelle commune").fill("Montfort-sur-Meu")
    expect(whole.get_by_label("Combien touchez-vous")).to_be_hidden()
    whole.get_by_text("Je travaille", exact=True).click()
    whole.get_by_label("Combien touchez-vous").fill("-200")
    whole.get_by_role("button", name="Voir mes droits possibles").click()
    expect(whole.get_by_role("alert")).to_contain_text("négatif")
    looked_at(page, keep, "tout-faute")
    whole.get_by_label("Combien touchez-vous").fill("900")
    whole.get_by_role("button", name="Voir mes droits possibles").click()
    estimated(page)
    looked_at(page, keep, "tout-reponse")
    page.get_by_role("button", name="Emporter ce résumé").click()
    expect(page.locator(".hint-code svg")).to_be_visible()
    looked_at(page, keep, "emporter")
    with page.expect_download() as given:
        page.get_by_role("button", name="Prendre le PDF").click()
    assert given.value.suggested_filename == "mes-droits-possibles.pdf"


def test_nobody_touches_the_screen_any_more(visit: Callable[..., Page]) -> None:
    """After ten minutes a question, after one more everything is gone."""
    page = visit("about:blank", width=320, height=640)
    page.clock.install()
    page.goto("/droits/")
    to_the_rent(page)
    page.clock.fast_forward("10:05")
    still = page.get_by_role("alertdialog", name="Êtes-vous encore là")
    expect(still).to_be_visible()
    still.get_by_role("button", name="Oui, je continue").click()
    expect(still).to_be_hidden()
    page.clock.fast_forward("10:05")
    expect(still).to_be_visible()
    page.clock.fast_forward("01:05")
    expect(page.get_by_role("link", name="Quelles aides demander")).to_be_visible()


def test_arabic_is_read_from_the_right(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    """Answers follow into another language; the page is not wider than 320 px."""
    page = visit("/droits/", width=320, height=640)
    step(page).get_by_label("Dans quelle commune").fill("Montfort-sur-Meu")
    go_on(page)
    expect(page.get_by_text("Montfort-sur-Meu (35)")).to_be_visible()
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_text("Montfort-sur-Meu (35)")).to_be_visible()
    looked_at(page, keep, "arabe")
