"""The pages of non-take-up: both roads, caveats first, numbers taken away, plain refusals."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from portrea.rights.take_up import threshold

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import DjangoAssertNumQueries, SettingsWrapper

HOME = "/droits/non-recours/"
EPCI = f"{HOME}epci/243500550/"


def text_of(page: bytes) -> str:
    return html.unescape(re.sub("<[^>]+>", "", page.decode()))


def test_a_name_leads_to_its_page(site: Client) -> None:
    assert site.get(HOME, {"territoire": "Paimpont"})["Location"] == f"{HOME}commune/35211/"
    assert site.get(HOME, {"territoire": "epci:243500550"})["Location"] == EPCI
    listed = text_of(site.get(HOME, {"territoire": "mont"}).content)
    assert "Lequel voulez-vous dire" in listed
    nowhere = text_of(site.get(HOME, {"territoire": "zzzz"}).content)
    assert "Aucun territoire de ce nom" in nowhere


def test_only_levels_that_are_told_are_proposed(site: Client) -> None:
    page = site.get(HOME, {"territoire": "renn"}).content.decode()
    assert f"{HOME}epci/243500139/" in page
    assert f"{HOME}iris/" not in page


def test_caveats_come_before_numbers(site: Client) -> None:
    page = text_of(site.get(EPCI).content)
    assert "ordre de grandeur" in page
    assert page.index("Personne n’a compté ici") < page.index("Ont ce droit")
    assert page.index("ni classé, ni mis en carte") < page.index("Ont ce droit")
    assert "seul l’organisme décide" in page
    assert "somme des communes" in page
    assert "non estimable" in page


def test_what_was_not_computed_is_said_with_its_command(site: Client) -> None:
    assert "portrea rights eligible --departement 35" in text_of(site.get(EPCI).content)


def test_no_map_no_ranking(site: Client) -> None:
    page = site.get(EPCI).content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert "/carte/" not in main
    assert "maplibre" not in page
    assert "classement" not in text_of(main.encode())


def test_the_file_says_what_the_page_says(site: Client) -> None:
    page = text_of(site.get(EPCI).content)
    answer = site.get(f"{EPCI}non-recours.csv")
    assert answer["Content-Disposition"] == (
        'attachment; filename="non-recours-epci-243500550.csv"'
    )
    (rsa, *_) = csv.DictReader(io.StringIO(answer.content.decode()))
    for name in ("unclaimed_rate_low", "unclaimed_rate_high"):
        assert f"{int(rsa[name]):,}".replace(",", "\u202f") in page
    assert int(rsa["unclaimed_rate_high"]) >= threshold()
    content = json.loads(site.get(f"{EPCI}non-recours.json").content)
    assert content["territory"] == "epci:243500550"
    assert content["sources"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("departement/99/", "Territoire inconnu"),
        ("iris/352380101/", "de la commune à la région"),
        ("france/FR/", "de la commune à la région"),
        ("epci/243500550/non-recours.pdf", ""),
    ],
)
def test_what_does_not_exist_is_said_plainly(site: Client, address: str, words: str) -> None:
    answer = site.get(HOME + address)
    assert answer.status_code == 404
    assert words in text_of(answer.content)


def test_nothing_computed_is_said(client: Client, db: None) -> None:
    answer = client.get(f"{HOME}commune/35211/")
    assert answer.status_code == 503
    assert "portrea compute" in text_of(answer.content)


def test_the_portrait_leads_here_and_back(site: Client) -> None:
    portrait = site.get("/territoires/epci/243500550/").content.decode()
    assert f'href="{EPCI}"' in portrait
    assert 'href="/territoires/epci/243500550/"' in site.get(EPCI).content.decode()
    assert f'href="{HOME}' not in site.get("/territoires/iris/352380101/").content.decode()


def test_no_query(site: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        site.get(EPCI)


def test_a_page_not_changed_is_not_sent_again(
    demo_copy: Path, settings: SettingsWrapper, client: Client, db: None
) -> None:
    settings.PORTREA_HOME = demo_copy
    first = client.get(EPCI)
    again = client.get(EPCI, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    (demo_copy / "rights").mkdir()
    (demo_copy / "rights/eligible-35.parquet").write_bytes(b"")
    other = client.get(EPCI, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 500
    assert "portrea rights eligible" in text_of(other.content)
