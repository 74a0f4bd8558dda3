"""Connection, invitation, own account, people, journal: by keyboard, on a phone, by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "une phrase que moi seule connais"
CHIEF = "chef@exemple.org"
OPEN = ("/connexion/", "/connexion/par-courriel/", "/mot-de-passe/oublie/")
CONNECTED = (
    "/compte/",
    "/compte/mot-de-passe/",
    "/compte/supprimer/",
    "/compte/second-facteur/",
    "/compte/preter/",
    "/compte/personnes/",
    "/compte/personnes/inviter/",
    "/journal/",
    "/journal/?territoire=departement:35&acte=account.invite",
)


@pytest.fixture(scope="session")
def chief(portrea: Callable[..., str]) -> str:
    """An administrator, with something to read in the journal and a person invited."""
    portrea("account", "create", CHIEF, "--password-stdin", given=PASSWORD)
    for number in (1, 2):
        portrea("account", "invite", f"agent{number}@exemple.org", "--role", "referent",
                "--territory", "departement:35")  # fmt: skip
    return CHIEF


def check(page: Page) -> None:
    """RGAA by axe, with the style of the site; then 320 px wide."""
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})


def press_to(page: Page, words: str, *, most: int = 60) -> None:
    """Press Tab until the focus is on what is called ``words``; it must be seen there."""
    name = "document.activeElement.textContent.trim() || document.activeElement.name"
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in str(page.evaluate(name)):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"no visible focus on {words}"
            return
    pytest.fail(f"« {words} » is not reached by keyboard")


def connect(page: Page, email: str) -> None:
    """Connect by keyboard only (RGAA 7.3, 12.8)."""
    press_to(page, "username")
    page.keyboard.type(email)
    press_to(page, "password")
    page.keyboard.type(PASSWORD)
    press_to(page, "shared")
    page.keyboard.press("Space")
    press_to(page, "Se connecter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".space-menu")


@pytest.mark.parametrize("address", OPEN)
def test_before_the_connection(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], address: str
) -> None:
    page = visit(address)
    check(page)
    keep(address.strip("/").replace("/", "-"), page.screenshot(full_page=True))


def test_a_fault_is_said_and_tied_to_its_field(visit: Callable[..., Page]) -> None:
    """RGAA 11.10: what is wrong, where, and the title says it first."""
    page = visit("/mot-de-passe/oublie/")
    page.fill("[name=email]", "pas une adresse")
    page.click("text=Recevoir le courriel")
    expect(page).to_have_title(re.compile("^À corriger"))
    assert page.is_visible("[role=alert]")
    field = page.locator("[name=email]")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()
    assert any("valide" in page.locator(f"#{name}").inner_text() for name in described)
    check(page)


def test_connected_pages(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], chief: str
) -> None:
    page = visit("/compte/")
    assert "/connexion/" in page.url
    connect(page, chief)
    for address in CONNECTED:
        page.goto(address)
        check(page)
        name = address.strip("/").split("?")[0].replace("/", "-")
        keep(name, page.screenshot(full_page=True))
        page.set_viewport_size({"width": 360, "height": 740})
        keep(f"{name}-telephone", page.screenshot(full_page=True))
        page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator("table.data tbody tr").count() >= 2, "those invited, here and elsewhere"
    press_to(page, "Se déconnecter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hero")
    page.goto("/compte/")
    assert "/connexion/" in page.url


def test_invitation_by_keyboard(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], portrea: Callable[..., str]
) -> None:
    link = portrea("account", "invite", "nouvelle@exemple.org", "--role", "elu",
                   "--territory", "epci:243500550")  # fmt: skip
    page = visit(link)
    check(page)
    keep("invitation", page.screenshot(full_page=True))
    press_to(page, "new_password1")
    page.keyboard.type(PASSWORD)
    press_to(page, "new_password2")
    page.keyboard.type(PASSWORD)
    press_to(page, "Accepter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".space-menu")
    assert "Bienvenue" in page.inner_text("[role=status]")
    assert "Montfort" in page.inner_text("main")
