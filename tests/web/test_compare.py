"""Territories side by side and those that resemble one: pages, files, refusals."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.core.cache import cache

from portrea.web.steering import compare_selectors
from portrea.web.steering.trial import LOCK
from web.test_portrait import text_of

if TYPE_CHECKING:
    from django.test import Client

SIMILAR = "/territoires/epci/243500550/semblables/"
HERE = "/territoires/cote-a-cote/"
SET = "epci:243500550,epci:243500618,epci:200038990"


def test_the_portrait_leads_to_those_that_resemble(site: Client) -> None:
    portrait = site.get("/territoires/epci/243500550/").content.decode()
    assert f'href="{SIMILAR}"' in portrait
    page = text_of(site.get(SIMILAR).content)
    for words in ("Ce qui se ressemble le plus", "Ce qui diffère le plus", "Poids", "non utilisé"):
        assert words in page


def test_those_that_resemble_are_put_side_by_side(site: Client) -> None:
    query = compare_selectors.nearest_query(compare_selectors.similar_of("epci:243500550"))
    assert query.startswith("t=epci:243500550,epci:")
    assert query.count("epci:") == compare_selectors.COMPARED + 1
    answer = site.get(f"{HERE}?{query}")
    assert answer.status_code == 200
    assert "Rang parmi ces territoires" in text_of(answer.content)


def test_a_set_is_compared_with_ranks_and_intervals(site: Client) -> None:
    found = compare_selectors.compared_of(SET, "a1")
    table = next(table for table in found.document.tables() if table.id == "cote-a-cote")
    ranks = [row[4].text for row in table.rows]
    assert len(table.rows) == 3
    assert all(text[0].isdigit() or text.startswith("entre") for text in ranks)
    assert all("à" in row[2].text or "–" in row[2].text for row in table.rows)
    page = text_of(site.get(f"{HERE}?t={SET}").content)
    assert [cell.text for row in table.rows for cell in row if cell.text not in page] == []


def test_several_levels_are_compared_without_rank(site: Client) -> None:
    page = text_of(site.get(f"{HERE}?t=commune:35188,epci:243500550,departement:35").content)
    assert "Pas de rang" in page
    assert "Ille-et-Vilaine" in page


def test_the_files_hold_what_the_page_shows(site: Client) -> None:
    found = compare_selectors.compared_of(SET, "a2").document
    answer = site.get(f"/territoires/cote-a-cote.csv?t={SET}&mesure=a2")
    told = {row["text"] for row in csv.DictReader(io.StringIO(answer.content.decode()))}
    assert {cell.text for t in found.tables() for row in t.rows for cell in row} == told
    book = openpyxl.load_workbook(
        io.BytesIO(site.get(f"/territoires/cote-a-cote.xlsx?t={SET}").content)
    )
    assert {"À lire", "cote-a-cote", "toutes-mesures", "contexte"} <= set(book.sheetnames)
    similar = site.get("/territoires/epci/243500550/semblables.csv").content.decode()
    assert "semblables-poids" in similar
    assert site.get(f"/territoires/cote-a-cote.pdf?t={SET}").status_code == 404
    assert site.get("/territoires/cote-a-cote.csv").status_code == 404


def test_a_territory_is_added_by_its_name(site: Client) -> None:
    added = site.get(HERE, {"t": "epci:243500550", "plus": "35188", "mesure": "a2"})
    assert added.status_code == 302
    assert added["Location"] == f"{HERE}?t=epci:243500550,commune:35188&mesure=a2"
    many = site.get(HERE, {"t": "epci:243500550", "plus": "saint"}).content.decode()
    assert "lequel" in many
    assert "?t=epci:243500550," in many
    assert "Aucun territoire pour" in text_of(site.get(HERE, {"plus": "xyzxyz"}).content)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (f"{HERE}?t={','.join(f'iris:{i}' for i in range(70))}", 400, "60"),
        (f"{HERE}?t=epci:243500550&mesure=zz", 400, "zz"),
        (f"{HERE}?t=epci:999999999", 404, "inconnu"),
        ("/territoires/iris/352380101/semblables/", 404, "Demandez une commune"),
    ],
)
def test_refusals_say_what_to_do(site: Client, address: str, status: int, words: str) -> None:
    answer = site.get(address)
    assert answer.status_code == status
    assert words in text_of(answer.content)


def test_more_than_twelve_are_refused(site: Client) -> None:
    codes = compare_selectors.reader().codes("commune", "epci", "200038990")[:13]
    assert len(codes) == 13
    answer = site.get(HERE, {"t": ",".join(f"commune:{code}" for code in codes)})
    assert answer.status_code == 400
    assert "12 au plus" in text_of(answer.content)


def test_ranks_wait_when_another_computation_runs(site: Client) -> None:
    """The rest of the page is there; it is not kept, so that the next visit has the ranks."""
    cache.clear()
    cache.set(LOCK, 1)
    try:
        answer = site.get(f"{HERE}?t={SET}&mesure=a3")
    finally:
        cache.delete(LOCK)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "Le classement attend" in text_of(answer.content)
    assert "Le classement attend" not in text_of(site.get(f"{HERE}?t={SET}&mesure=a3").content)
