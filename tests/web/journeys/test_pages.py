"""The public flow: from a first page to three places, by links and forms only, nothing kept."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict

from portrea.offer.orientation.asked import NONE, Asked
from portrea.offer.orientation.procedures import procedures
from portrea.offer.record import Block
from portrea.web.journeys import forms, wording
from web.test_pages import Outline

if TYPE_CHECKING:
    from django.test import Client

STATIC = Path(__file__).resolve().parents[3] / "src/portrea/web/design/static/design"
HERE = "/orientation/?commune=35188"
ANSWER = f"{HERE}&besoin=aide&demarche=carte-identite&vu=oui"
PAGES = {
    "où": "/orientation/",
    "choisir une commune": "/orientation/?ou=saint",
    "commune inconnue": "/orientation/?ou=zzzzzz",
    "besoin": HERE,
    "démarche": f"{HERE}&besoin=aide",
    "laquelle": f"{HERE}&besoin=aide&mots=papiers",
    "démarche inconnue": f"{HERE}&besoin=aide&mots=xqzzkw",
    "toutes": f"{HERE}&besoin=aide&liste=oui",
    "ce qui compte": f"{HERE}&besoin=aide&demarche=rsa",
    "réponse": ANSWER,
    "suite": f"{ANSWER}&rang=3",
    "rien": f"{HERE}&besoin=depannage&femmes=oui&langue=breton&trajet=pied&vu=oui",
    "près de moi": "/orientation/?lon=-1.955&lat=48.137&besoin=equipement&vu=oui",
}
LIGHT = 30_000
"""Bytes of a page before its images: HTML, style sheet, script, and font on a wide screen."""


def links(page: str, words: str) -> list[str]:
    """Return the addresses of the links that say some words."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [
        url.replace("&amp;", "&")
        for url, inner in found
        if words in re.sub(r"\s+", " ", re.sub("<[^>]+>", "", inner))
    ]


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address.split("#", maxsplit=1)[0])
    assert answer.status_code == status, (address, answer.status_code)
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def sent(client: Client, address: str) -> str:
    """Return where a form leads, as the address the browser shows."""
    answer = client.get(address)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


# -- the flow -------------------------------------------------------------------------------------


def test_from_the_first_page_to_three_places_with_links_only(site: Client) -> None:
    assert "Où êtes-vous" in text_of(site, "/orientation/")
    need = sent(site, "/orientation/?ou=Montfort+sur+meu")
    assert need == HERE
    (procedure,) = links(text_of(site, need), "J’ai une démarche à faire")
    assert procedure == f"{HERE}&besoin=aide#question"
    after = sent(site, f"{HERE}&besoin=aide&mots=payé+mwin+de+loyé")
    assert after == f"{HERE}&besoin=aide&demarche=caf-logement"
    (last,) = links(text_of(site, after), "Rien de particulier")
    page = text_of(site, last)
    assert page.count('class="found__one"') == 3
    assert len(re.findall('href="tel:', page)) >= 1
    slips = links(page, "Fiche à emporter")
    assert len(slips) == 3
    for slip in slips:
        path, _, query = slip.partition("?")
        assert re.fullmatch(r"/orientation/fiche/[^?#]+/", path)
        assert query == "commune=35188&besoin=aide&demarche=caf-logement&vu=oui"


def test_a_form_sent_at_once_leads_to_the_same_address_as_the_questions(site: Client) -> None:
    whole = "/orientation/?tout=oui&commune=35137&ou=montfort-sur-meu&besoin=aide&mots=rsa"
    assert sent(site, f"{whole}&trajet=pied&soir=oui&langue=") == (
        f"{HERE}&besoin=aide&demarche=rsa&trajet=pied&soir=oui&vu=oui"
    )
    kept = "/orientation/?tout=oui&commune=35188&ou=Montfort-sur-Meu+(35)&besoin=aide&mots="
    assert sent(site, kept) == f"{HERE}&besoin=aide&demarche=aucune&vu=oui"
    needless = "/orientation/?tout=oui&ou=35188&mots=réparer+mon+téléphone"
    assert sent(site, needless) == f"{HERE}&besoin=depannage&demarche=reparer&vu=oui"


def test_each_answer_already_given_is_changed_alone(site: Client) -> None:
    page = text_of(site, f"{HERE}&besoin=aide&demarche=rsa&soir=oui&vu=oui")
    place, need, procedure, special = (
        parse_qs(urlsplit(url).query) for url in links(page, "changer :")
    )
    assert "commune" not in place
    assert place["demarche"] == ["rsa"]
    assert place["soir"] == ["oui"]
    assert set(need) == {"commune", "soir", "vu"}
    assert set(procedure) == {"commune", "besoin", "soir", "vu"}
    assert set(special) == {"commune", "besoin", "demarche", "soir"}


def test_back_goes_one_question_at_a_time(site: Client) -> None:
    address, seen = f"{HERE}&besoin=formation&samedi=oui&vu=oui", []
    while True:
        page = text_of(site, address)
        seen.append(re.search(r"<title>([^–<]+?) –", page)[1])  # type: ignore[index]
        before = links(page, "Revenir à la question précédente")
        if not before:
            break
        (address,) = before
    assert seen == [
        "Les lieux qui peuvent vous aider",
        "Qu’est-ce qui compte pour vous ?",
        "De quoi avez-vous besoin ?",
        "Où êtes-vous ?",
    ]


def test_all_the_places_are_shown_once_page_by_page(site: Client) -> None:
    address, names, ranks = ANSWER, [], []
    while True:
        page = text_of(site, address)
        names += re.findall(r'<a href="(/lieux/[^"?]+/)">', page)
        ranks += re.findall(r'found__rank" aria-hidden="true">(\d+)<', page)
        following = links(page, "Voir les autres lieux")
        if not following:
            break
        (address,) = following
    total = re.search(r"\((\d+) en tout\)", text_of(site, ANSWER))
    assert total is not None
    assert len(names) == len(set(names)) == int(total[1]) > 3
    assert ranks == [str(rank) for rank in range(1, len(names) + 1)]


# -- what is typed --------------------------------------------------------------------------------


def test_a_name_borne_by_several_is_a_choice_that_keeps_the_rest(site: Client) -> None:
    page = text_of(site, "/orientation/?ou=saint-m&besoin=formation")
    found = re.findall(r'href="(/orientation/\?commune=\d{5}[^"]*)"', page)
    assert len(found) > 1
    assert all("besoin=formation" in url for url in found)
    assert "Ille-et-Vilaine (35)" in page


def test_what_is_typed_is_never_written_in_the_next_address(site: Client) -> None:
    page = text_of(site, f"{HERE}&besoin=aide&mots=papiers")
    assert "laquelle de ces démarches" in page
    assert not [
        url for url in re.findall(r'<li><a href="(/orient[^"]+)"><b>', page) if "mots=" in url
    ]


def test_a_procedure_brings_its_own_need_unless_another_is_told() -> None:
    aide = Asked(commune="35188", need=Block.AIDE)
    assert forms.with_procedure(aide, "reparer").need is Block.DEPANNAGE
    assert forms.with_procedure(Asked(), "rsa").need is Block.AIDE
    learning = Asked(need=Block.FORMATION)
    assert forms.with_procedure(learning, "rsa").need is Block.FORMATION
    assert forms.with_procedure(aide, NONE) == Asked(
        commune="35188", need=Block.AIDE, procedure=NONE
    )


def test_what_is_proposed_first_exists_and_is_a_help() -> None:
    assert all(procedures()[code].need is Block.AIDE for code in wording.FREQUENT)
    assert set(wording.NEEDS) == set(Block)


def test_suggestions_as_one_types(site: Client) -> None:
    found = site.get("/orientation/demarches.json?mots=retrete").json()["found"]
    assert found[0]["set"] == {"demarche": "retraite"}
    assert found[0]["need"] == "aide"
    towns = site.get("/orientation/communes.json?ou=montfort").json()["found"]
    assert towns[0]["set"] == {"commune": "35188"}
    assert towns[0]["detail"] == "Ille-et-Vilaine (35)"
    for nothing in ("communes.json", "communes.json?ou=zzzzzz", "demarches.json?mots=%00"):
        assert site.get(f"/orientation/{nothing}").json() == {"found": []}


def test_words_are_read_on_one_line_and_cut() -> None:
    read = forms.read(QueryDict("ou=%00Mont%0Afort%E2%80%AE&mots=" + "a" * 5000))
    assert read.place == "Mont fort"
    assert len(read.words) == forms.LONGEST


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("commune=xx", 400, "Valeur refusée pour «\u00a0commune\u00a0»"),
        ("commune=35188&commune=35137", 400, "dit deux fois"),
        ("commune=35999", 404, "35999"),
        ("commune=35188&besoin=tout", 400, "information"),
        ("commune=35188&demarche=nimporte", 400, "Démarche inconnue"),
        ("lon=2.0&lat=10.0&besoin=aide", 404, "hors de France"),
        ("lon=2.0", 400, "Position incomplète"),
        ("lon=nan&lat=48", 400, "degrés"),
        ("commune=35188&langue=<script>alert(1)</script>", 400, "&lt;script&gt;"),
        ("ou=" + "é" * 4000, 200, "Commune inconnue"),
        ("ou=%00%0d%0aSet-Cookie:x", 200, "Commune inconnue"),
        ("ou=';DROP TABLE place;--", 200, "Commune inconnue"),
        ("commune=35188&besoin=aide&demarche=rsa&vu=oui&rang=-4", 200, "found__one"),
        ("commune=35188&besoin=aide&demarche=rsa&vu=oui&rang=99999", 200, "Revenir aux trois"),
    ],
)  # fmt: skip
def test_bad_input_is_explained(site: Client, query: str, status: int, said: str) -> None:
    page = text_of(site, f"/orientation/?{query}", status)
    assert said.replace("\u00a0", " ") in page.replace("\u00a0", " ")
    assert "<script>alert" not in page
    assert "/orientation/" in page
    assert page.count("<h1") == 1


def test_post_is_refused(site: Client) -> None:
    assert site.post("/orientation/").status_code == 405


# -- how pages are built --------------------------------------------------------------------------


@pytest.fixture(params=PAGES.values(), ids=PAGES.keys())
def page(request: pytest.FixtureRequest, site: Client) -> str:
    return text_of(site, request.param)


def test_structure(page: str) -> None:
    """Title, headings in order, names of fields, identifiers that are unique, nothing inline."""
    outline = Outline(page)
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps), outline.headings
    ids = [a["id"] for _, a in outline.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for a in outline.all("a") if (a.get("href") or "").startswith("#")}
    described = {n for _, a in outline.tags for n in (a.get("aria-describedby") or "").split()}
    assert (anchors | described) - set(ids) == set()
    labelled = {a["for"] for a in outline.all("label")}
    fields = [a for tag in ("input", "select") for a in outline.all(tag)]
    assert {a["id"] for a in fields if a.get("type") != "hidden"} <= labelled
    assert len(outline.all("fieldset")) == len(outline.all("legend"))
    assert not [a for _, a in outline.tags if "style" in a or any(k.startswith("on") for k in a)]


@pytest.mark.parametrize("name", PAGES)
def test_weight(site: Client, name: str) -> None:
    """At most 30 kB before images, the font of wide screens included, as sent."""
    answer = site.get(PAGES[name], headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.content).decode()
    files = re.findall(r'(?:src|rel="stylesheet" href)="/static/design/([^"]+)"', page)
    assert {"portrea.css", "js/ask.js"} <= set(files)
    sizes = [len(gzip.compress((STATIC / file).read_bytes(), 9)) for file in files]
    font = (STATIC / "fonts/titres-700.woff2").stat().st_size
    assert "woff2" not in page, "a phone does not load the font of titles"
    assert len(answer.content) + sum(sizes) + font <= LIGHT
