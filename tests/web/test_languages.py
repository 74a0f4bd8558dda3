"""The language of a page: told by its address alone, and what nobody has read shown as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation
from django.utils.translation import gettext, ngettext

from portrea.vocab.languages import END, LANGUAGES, START, catalogue
from portrea.web.design import languages

if TYPE_CHECKING:
    from django.test import Client

QUERY = "?trajet=pied&vu=oui"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_tells_the_language(client: Client, language: str) -> None:
    path = "/orientation/" if language == "fr" else f"/{language}/orientation/"
    answer = client.get(path, headers={"accept-language": "de"})
    page = answer.content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert not answer.cookies
    assert "accept-language" not in answer.get("Vary", "").lower()
    assert translation.get_language() == "fr"
    assert START not in page
    assert END not in page
    unread = language != "fr" and any(text.fuzzy for text in catalogue(language))
    assert ('class="unread"' in page) == unread


def test_every_page_leads_to_the_same_in_the_other_languages(client: Client) -> None:
    page = client.get(f"/es/orientation/{QUERY}").content.decode()
    for code, name in LANGUAGES.items():
        path = "/orientation/" if code == "fr" else f"/{code}/orientation/"
        address = f"{path}{QUERY}".replace("&", "&amp;")
        assert re.search(rf'hreflang="{code}" href="https?://[^/]+{re.escape(address)}"', page)
        assert re.search(f'<a href="{re.escape(address)}" lang="{code}"[^>]*>{name}</a>', page)
    assert page.count('aria-current="true">Español') == 1


def test_pages_of_the_journey_stay_in_their_language(client: Client) -> None:
    page = client.get("/ar/orientation/").content.decode()
    assert 'href="/ar/orientation/"' in page
    assert not re.search(r'(?:href|action)="/orientation/"(?! lang)', page)


@pytest.mark.parametrize("path", ["/en/territoires/", "/de/orientation/", "/fr/orientation/"])
def test_other_addresses_do_not_exist(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_other_pages_are_in_french_only(client: Client) -> None:
    page = client.get("/aide/").content.decode()
    assert "hreflang" not in page


# -- simple words ---------------------------------------------------------------------------------


def test_simple_words_are_asked_and_left_by_a_link(client: Client) -> None:
    full = client.get(f"/orientation/{QUERY}").content.decode()
    simple = client.get(f"/orientation/{QUERY}&version=simple").content.decode()
    assert f'href="/orientation/{QUERY}&version=simple"'.replace("&", "&amp;") in full
    assert f'href="/orientation/{QUERY}"'.replace("&", "&amp;") in simple
    assert '<html lang="fr" dir="ltr" data-version="simple"' in simple
    assert "Le nom de votre ville" in simple
    assert "Le nom de votre ville" not in full
    assert "unread" not in simple
    assert "FALC" not in simple


# -- marks ----------------------------------------------------------------------------------------

M = f"{START}Hi{END}"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (f"<p>{M} you</p>", '<p><span class="unread">Hi</span> you</p>'),
        (f"<p>{START}a {M} b{END}</p>", '<p><span class="unread">a Hi b</span></p>'),
        (f'<a title="{M}" href="?q=%EE%80%80x%EE%80%81">{M}</a>',
         '<a title="Hi" href="?q=x"><span class="unread">Hi</span></a>'),
        (f"<title>{M}</title><option>{M}</option>", "<title>Hi</title><option>Hi</option>"),
        (f"<script>'{M}' > 1</script><textarea>{M}</textarea>",
         "<script>'Hi' > 1</script><textarea>Hi</textarea>"),
        ('<script>"\\ue000Hi\\ue001"</script>' + M,
         '<script>"Hi"</script><span class="unread">Hi</span>'),
        (f"<!--a-relire--><p>{M}</p><!--/a-relire--><p>read</p>", "<p>read</p>"),
        (f"<!--a-relire--><p>note</p><!--/a-relire-->{M}",
         '<p>note</p><span class="unread">Hi</span>'),
    ],
)  # fmt: skip
def test_marks_are_shown_where_they_can_be_and_never_sent(told: str, expected: str) -> None:
    assert languages.shown(told, "text/html") == expected


def test_other_files_carry_no_mark() -> None:
    assert languages.shown(f'{{"label": "{M}"}}', "application/json") == '{"label": "Hi"}'


def test_a_text_read_by_a_person_loses_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Catalog(locale="eo")
    told.add("ouvert", "malfermita", flags={"fuzzy"})
    told.add("fermé", "fermita")
    told.add(("un lieu", "des lieux"), ("loko", "lokoj"), flags={"fuzzy"})
    monkeypatch.setattr(languages, "catalogue", lambda _language: told)
    languages.prepare.__wrapped__("eo")
    with translation.override("eo"):
        assert gettext("ouvert") == f"{START}malfermita{END}"
        assert gettext("fermé") == "fermita"
        assert ngettext("un lieu", "des lieux", 2) == f"{START}lokoj{END}"
