"""Every state of the pages of the census: empty, full, in error; by keyboard and without script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.test_census_work import clean, log_in, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Keep = Callable[[str, bytes], None]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REFERENT = "montfort@exemple.org"
PASSWORD = "une phrase que moi seule connais"
EPCI = "epci:243500550"


@pytest.fixture(scope="module")
def referent(portrea: Callable[..., str], keeper: str) -> str:
    """A référent of Montfort Communauté."""
    words = ("account", "create", REFERENT, "--role", "referent", "--territory", EPCI)
    portrea(*words, "--password-stdin", given=PASSWORD)
    return REFERENT


def enter(page: Page) -> Page:
    page.goto("/connexion/")
    page.fill("[name=username]", REFERENT)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    return page


def new_link(page: Page, label: str) -> str:
    """Make a link; return the path of its sheet."""
    page.goto("/espace/liens/")
    page.fill("[name=label]", label)
    page.click("main form.sheet button[type=submit]")
    found = re.search(r"/contribuer/\w+/", page.inner_text(".link-card__address"))
    assert found
    return found[0]


def go_on(page: Page, words: str = "Continuer") -> None:
    page.click(f"main button:has-text('{words}')")


def words(page: Page, where: str = "main") -> str:
    """What is read, unbreakable spaces as any other."""
    return " ".join(page.inner_text(where).split())


def narrow(page: Page) -> None:
    """Nothing is wider than a phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_sheet_without_script_and_its_errors(referent: str, visit: Callable[..., Page]) -> None:
    path = new_link(enter(visit("/")), "Sans script")
    page = visit(path, width=360, height=740, java_script_enabled=False)
    for step, (right, wrong) in enumerate((
        ({"name": "Ludothèque d’Essai", "commune": "35188"}, {"postcode": "3516"}),
        ({"blocks": "aide"}, {}),
        ({"text": "lundi 9h-12h"}, {}),
        ({"phone": "02 99 22 33 44"}, {"phone": "12"}),
        ({"hours_week": "8"}, {"share": "140"}),
    )):  # fmt: skip
        narrow(page)
        if wrong or step < 2:
            fill(page, wrong)
            go_on(page)
            expect(page).to_have_title(re.compile("^À corriger"))
            narrow(page)
            fill(page, dict.fromkeys(wrong, ""))
        fill(page, right)
        go_on(page)
        if "existe peut-être" in words(page, "h1"):
            narrow(page)
            go_on(page, "autre lieu")
    assert "02 99 22 33 44" in words(page)
    go_on(page, "Envoyer")
    assert "Merci" in words(page, "h1")
    assert "Ludothèque d’Essai" in words(page)


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        field = page.locator(f"[name={name}]")
        if name == "commune":
            field.select_option(value)
        elif name == "blocks":
            page.check(f"[name={name}][value={value}]")
        else:
            field.fill(value)


def test_the_summary_of_errors_is_reached_and_leads_to_the_field(
    referent: str, visit: Callable[..., Page], keep: Keep
) -> None:
    path = new_link(enter(visit("/")), "Au clavier")
    page = visit(path, width=360, height=740)
    go_on(page)
    clean(page, keep, "fiche-erreur")
    assert page.evaluate("document.activeElement.id") == "a-corriger"
    page.keyboard.press("Tab")
    assert "Nom du lieu" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    order = []
    for _field in range(6):
        order.append(page.evaluate("document.activeElement.name"))
        page.keyboard.press("Tab")
    assert order[:4] == ["kind", "address", "postcode", "commune"] or order[:5] == [
        "name", "kind", "address", "postcode", "commune"
    ]  # fmt: skip


def test_a_place_sent_twice_is_shown_to_the_second_and_to_the_referent(
    referent: str, visit: Callable[..., Page], keep: Keep
) -> None:
    page = enter(visit("/"))
    path = new_link(page, "Deux tables")
    screen = page.url + "ecran/?suivre=1"
    visitor = visit(path, width=360, height=740)
    for rank in range(2):
        visitor.goto(path)
        fill(visitor, {"name": "Fablab d’Essai", "commune": "35188"})
        visitor.fill("[name=address]", "20 rue du Four")
        go_on(visitor)
        if "existe peut-être" in words(visitor, "h1"):
            clean(visitor, keep, f"fiche-semblable-{rank}")
            go_on(visitor, "autre lieu")
        visitor.check("[name=blocks] >> nth=1")
        for _step in range(2):
            go_on(visitor)
        visitor.fill("[name=phone]", f"02 99 44 44 4{rank}")
        for _step in range(2):
            go_on(visitor)
        go_on(visitor, "Envoyer")
        clean(visitor, keep, "fiche-merci")
    page.goto(screen)
    assert "2" in words(page, ".screen__count")
    clean(page, keep, "ecran")
    page.goto("/espace/liens/")
    page.click("main form.sheet button[type=submit]")
    clean(page, keep, "liens-erreur")
    page.goto("/espace/moderation/?type=new")
    page.click("text=Tout cocher")
    assert page.locator("[name=ligne]:checked").count() >= 2
    clean(page, keep, "moderation-cochee")
    page.click(".queue__title a:has-text('Fablab')")
    assert "autre proposition" in words(page)
    clean(page, keep, "proposition-semblable")
    page.click("button:has-text('Refuser')")
    assert "Choisissez une raison" in words(page, "[role=alert]")
    page.select_option("[name=raison]", "known")
    page.click("button:has-text('Refuser')")
    page.goto("/espace/moderation/?etat=decidees")
    clean(page, keep, "moderation-decidees")
    page.click(".queue__title a >> nth=0")
    clean(page, keep, "proposition-decidee")
    page.click("button:has-text('Annuler cette décision')")
    assert "attend de nouveau" in words(page)


def test_two_people_on_one_sheet_and_a_campaign(
    referent: str, visit: Callable[..., Page], keep: Keep
) -> None:
    chief = visit("/")
    log_in(chief)
    place = place_of(chief, "Médiathèque d’Essai")
    page = enter(visit("/"))
    for one in (chief, page):
        one.goto(f"/espace/lieux/{place}/")
    chief.fill("[name=phone]", "02 99 00 00 71")
    page.fill("[name=phone]", "02 99 00 00 72")
    page.fill("[name=address]", "7 rue du Four")
    chief.click("button:has-text('Enregistrer')")
    assert "enregistré" in words(chief)
    page.click("button:has-text('Enregistrer')")
    assert "02 99 00 00 71" in words(page)
    assert page.input_value("[name=phone]") == "02 99 00 00 72"
    assert page.input_value("[name=address]") == "7 rue du Four"
    clean(page, keep, "fiche-conflit")
    page.goto("/espace/campagnes/")
    clean(page, keep, "campagnes-vide")
    page.fill("[name=title]", "Printemps")
    page.click("main form.sheet button[type=submit]")
    clean(page, keep, "campagne-preparee")
    page.click("button:has-text('Rien n’a changé') >> nth=0")
    assert "confirmé aujourd’hui" in words(page)
    clean(page, keep, "campagne-confirmee")
    page.goto("/espace/courriels/?pour=point-virgule")
    clean(page, keep, "courriels-groupes")


def test_links_that_no_longer_work(referent: str, visit: Callable[..., Page], keep: Keep) -> None:
    window = visit("/")
    for name, path in (("lien-mort", "/contribuer/inconnu/"), ("demande-morte", "/confirmer/x/")):
        window.goto(path)
        assert "Ce lien ne marche plus" in words(window, "h1")
        clean(window, keep, name)
