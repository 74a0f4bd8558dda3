"""Open data read on a phone and on a desk, a file taken away, a version asked by the team; axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_dataset_is_found_understood_and_taken_away(
    portrea: Callable[..., str],
    keeper: str,
    visit: Callable[..., Page],
    keep: Callable[[str, bytes], None],
) -> None:
    portrea("publish", "freeze", "sources", "besoins-intercommunalites")
    page = visit("/donnees/")
    clean(page, keep, "donnees")
    page.click("text=Personnes concernées, par intercommunalité")
    page.click("summary")
    page.wait_for_selector("code:has-text('a1_n_low')")
    clean(page, keep, "donnees-jeu")
    with page.expect_download() as asked:
        page.click("a[download]:has-text('GeoJSON')")
    assert asked.value.suggested_filename == "besoins-intercommunalites.geojson"
    assert asked.value.path().stat().st_size > 10_000
    log_in(page)
    page.goto("/espace/donnees-ouvertes/")
    clean(page, keep, "donnees-equipe")
    page.click("text=Figer les versions qui ont changé")
    page.wait_for_selector("text=Figer les versions –")
    clean(page, keep, "donnees-equipe-demande")
