"""The three campaigns, from the invitation to the published page, in a real browser.

A few people answer in the browser; the others through the one door of answers on the served home
(``take_many``), as phones of the field send them. Counts are those of the campaigns told in the
issue: 46 structures, 109 requests over ten weeks, 192 residents with young people over-sampled.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browser.campaigns import (
    PASSWORD,
    REFERENT,
    WHERE,
    answer,
    check,
    log_in,
    open_survey,
    publish_model,
    publish_results,
    rows_of,
    take_many,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

PARIS = ZoneInfo("Europe/Paris")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def referent(portrea: Callable[..., str]) -> str:
    """A référent of one commune."""
    portrea("account", "create", REFERENT, "--password-stdin", "--role", "referent",
            "--territory", WHERE, given=PASSWORD)  # fmt: skip
    return REFERENT


def read_by_everybody(visit: Callable[..., Page], key: str) -> Page:
    """Open the published page as anybody: no cookie, no fault of accessibility, 320 px."""
    public = visit(f"/enquetes/{key}/resultats/", width=360)
    assert public.context.cookies() == []
    check(public)
    return public


def test_the_questionnaire_to_local_actors(
    visit: Callable[..., Page], referent: str, served_home: Path, keep: Callable[[str, bytes], None]
) -> None:
    """Forty-eight structures invited by name, 46 answer: who did, exact shares, small counts."""
    page = visit()
    log_in(page)
    key = open_survey(
        page,
        publish_model(page, "acteurs", "Qui aide à Montfort ?"),
        "exhaustif",
        population=46,
        population_source="recensement des lieux, novembre 2026",
        invited_only=True,
    )
    page.goto(f"/espace/enquetes/{key}/invitations/ajouter/")
    page.fill("[name=listed]", "\n".join(f"Structure {n} ; association" for n in range(1, 49)))
    page.get_by_role("button", name="Faire les liens").click()
    links = [line.rsplit(";", 1)[-1].strip() for line in page.input_value("#liens").splitlines()]
    links = ["/" + link.split("/", 3)[3] for link in links if link.startswith("http")]
    assert len(set(links)) == 48

    phone = visit(links[0], width=360)
    told = {"structure_nom": "CCAS", "genre": "ccas", "commune": "Montfort-sur-Meu",
            "offres": "informer accompagner", "aidants": "accueil", "oriente": "souvent",
            "connait": "quelques", "remarque": "Appelez Mme Martin au 06 12 34 56 78"}  # fmt: skip
    assert answer(phone, links[0], told, warned="téléphone")
    phone.goto(links[0])
    expect(phone.get_by_text("Une réponse a déjà été reçue avec ce lien.")).to_be_visible()

    kinds = ["association"] * 30 + ["commune"] * 13 + ["bibliotheque"] * 2
    others = [
        (told | {"structure_nom": f"S{n}", "genre": kind, "remarque": "",
                 "connait": "non" if n < 20 else "tous"}, link.rsplit("i=", 1)[-1])
        for n, (kind, link) in enumerate(zip(kinds, links[1:], strict=False))
    ]  # fmt: skip
    assert take_many(served_home, key, others) == 46

    page.goto(f"/espace/enquetes/{key}/invitations/")
    expect(page.locator(".board").first).to_contain_text("46 a répondu")
    check(page)
    publish_results(page, key)
    public = read_by_everybody(visit, key)
    expect(public.locator(".result-where")).to_contain_text("46 réponses")
    kinds_told = rows_of(public, "De quel genre est-elle ?")
    assert kinds_told["Association"][0] == "30"
    assert not kinds_told["Bibliothèque, médiathèque"][0].isdecimal(), "two: a small count"
    assert "06 12 34" not in public.content()
    assert "Martin" not in public.content()
    keep("campagne-acteurs", public.screenshot(full_page=True))


def test_the_shared_grid_of_requests(
    visit: Callable[..., Page], referent: str, served_home: Path, keep: Callable[[str, bytes], None]
) -> None:
    """109 requests over ten weeks by services that share a link; their remarks coded by hand."""
    page = visit()
    log_in(page)
    questionnaire = publish_model(page, "grille_observation", "Dix semaines de demandes")
    key = open_survey(page, questionnaire, "exhaustif")
    shared = page.locator(".link-card__address a").get_attribute("href") or ""
    assert shared.endswith(f"/enquetes/{key}/")

    told = {"canal": "accueil", "lieu": "Mairie", "nature": "formation", "issue": "non",
            "motif": "temps", "orientation": "non", "remarque": "Le site plante."}  # fmt: skip
    assert answer(visit("/", width=360), f"/enquetes/{key}/", told)
    today = datetime.now(PARIS).date()
    others = [
        (told | {"jour": str(today - timedelta(days=1 + n * 69 // 108)),
                 "lieu": ("Mairie", "Médiathèque")[n % 2], "debut": "",
                 "issue": "oui" if n % 10 < 7 else "non",
                 "motif": "" if n % 10 < 7 else "temps",
                 "remarque": f"Attente trop longue, jour {n}." if n < 5 else ""}, "")
        for n in range(108)
    ]  # fmt: skip
    assert take_many(served_home, key, others) == 109

    page.goto(f"/espace/enquetes/{key}/codage/")
    check(page)
    page.get_by_role("link", name="Une remarque ?").click()
    page.get_by_role("button", name="Partir des").click()
    page.get_by_role("link", name="Coder", exact=True).click()
    expect(page.locator(".coding-words")).to_contain_text("Le site plante.")
    check(page)
    keep("campagne-codage", page.screenshot(full_page=True))
    page.locator(".coding-words").focus()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    for _answer in range(5):
        expect(page.locator(".coding-words")).to_contain_text("Attente trop longue")
        page.keyboard.press("1")
        page.locator(".coding-words").press("Enter")
    expect(page.get_by_text("Toutes les réponses sont codées.")).to_be_visible()
    page.get_by_role("link", name="Voir les thèmes comptés").click()
    counted = page.locator(".coding-book tbody tr").nth(0)
    expect(counted.locator(".num")).to_have_text("5")
    check(page)

    publish_results(page, key)
    public = read_by_everybody(visit, key)
    expect(public.locator(".result-where")).to_contain_text("109 réponses")
    outcome = rows_of(public, "La demande a-t-elle trouvé réponse ?")
    assert (outcome["Oui"][0], outcome["Non"][0]) == ("77", "32")
    assert "Attente trop longue" not in public.content(), "no free text that nobody read over"
    keep("campagne-grille", public.screenshot(full_page=True))


def test_the_survey_of_residents_weighted_back(
    visit: Callable[..., Page], referent: str, served_home: Path, keep: Callable[[str, bytes], None]
) -> None:
    """192 residents by quotas, half of them young: weighted shares, and never a margin of error.

    Of 96 young, 24 gave up a démarche; of 96 others, 72: 50 % as they are. With one young in ten,
    0.1 × 25 % + 0.9 × 75 % = 70 %.
    """
    page = visit()
    log_in(page)
    questionnaire = publish_model(page, "habitants", "Vous et les démarches")
    key = open_survey(page, questionnaire, "quotas")
    page.goto(f"/espace/enquetes/{key}/quotas/?question=age")
    for name, wanted in {"a15_24": 96, "a25_39": 24, "a40_59": 24, "a60_74": 24}.items():
        page.fill(f"[name=wanted-{name}]", str(wanted))
    page.get_by_role("button", name="Enregistrer ces quotas").click()

    told = {"mode": "seul", "aisance": "peu", "aide_recue": "besoin", "age": "a15_24"}
    assert answer(visit("/", width=360), f"/enquetes/{key}/", told | {"renonce": "non"})
    others = [
        (told | {"renonce": "oui" if n < 24 else "non"}, "") for n in range(95)
    ] + [
        (told | {"age": ("a25_39", "a40_59", "a60_74", "a75_plus")[n % 4],
                 "renonce": "oui" if n < 72 else "non"}, "")
        for n in range(96)
    ]  # fmt: skip
    assert take_many(served_home, key, others) == 192

    page.goto(f"/espace/enquetes/{key}/redresser/")
    page.select_option("#question", "age")
    page.get_by_role("button", name="Comparer au recensement").click()
    check(page)
    pasted = "15 à 24 ans\t1000\n25 à 39 ans\t2250\n40 à 59 ans\t2250\n60 à 74 ans\t2250\n"
    page.get_by_text("Coller depuis un tableur").click()
    page.fill("#pasted", f"{pasted}75 ans ou plus\t2250")
    page.get_by_role("button", name="Remplir le tableau").click()
    page.fill("#source", "Mairie, listes de 2026 (exemple)")
    page.get_by_role("button", name="Redresser avec mes totaux").click()
    page.select_option("#voir", "renonce")
    page.get_by_role("button", name="Montrer").click()
    row = page.locator("table", has=page.locator("#change-titre")).locator("tbody tr").first
    expect(row).to_contain_text("Oui")
    assert [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()] == [
        "96", "50 %", "70 %",
    ]  # fmt: skip
    check(page)
    keep("campagne-redresser", page.screenshot(full_page=True))

    publish_results(page, key)
    public = read_by_everybody(visit, key)
    expect(public.locator(".result-where")).to_contain_text("192 réponses")
    gave_up = rows_of(public, "Avez-vous déjà renoncé")
    assert "70" in "".join(gave_up["Oui"])
    assert "marge d’erreur" not in "".join(public.locator(".result__said").all_inner_texts())
    assert "Mairie, listes de 2026" in public.content()
    keep("campagne-habitants", public.screenshot(full_page=True))
