"""Run axe over the public pages of the sample of audits, and keep what it saw.

Usage: ``python scripts/accessibility.py http://127.0.0.1:8123 --epci 243500550 --commune 35188``,
on a site that runs. Writes ``web/operation/accessibility/results.json``, dated: the declaration
shows it as the last automatic run. Documents are not pages: their own tests read them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright

from portrea.web.operation.accessibility.criteria import criteria, sample

if TYPE_CHECKING:
    from playwright.sync_api import Page

RESULTS = Path(__file__).parents[1] / "src/portrea/web/operation/accessibility/results.json"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def seen(page: Page, address: str, selectors: list[str]) -> dict[str, Any]:
    """Return the rules that passed and failed on a page, and the elements counted in it."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise click.ClickException(f"{address} : {answer.status if answer else 'sans réponse'}")
    found = Axe().run(page).response
    count = {one: page.locator(one).count() for one in selectors}
    told = {kind: sorted(row["id"] for row in found[kind]) for kind in ("passes", "violations")}
    return {**told, "counts": count, "axe": found["testEngine"]["version"]}


@click.command()
@click.argument("site")
@click.option("--epci", required=True)
@click.option("--commune", required=True)
def collect(site: str, epci: str, commune: str) -> None:
    """Visit each page of the sample and write the results."""
    selectors = sorted({one.none for one in criteria().values() if one.none})
    pages: dict[str, dict[str, Any]] = {}
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(base_url=site).new_page()
        for looked in sample(1):
            if looked.kind != "document":
                address = looked.url.format(epci=epci, commune=commune)
                pages[address] = seen(page, address, selectors)
        version = f"Chromium {browser.version}"
        browser.close()
    axe = next(iter({card.pop("axe") for card in pages.values()}))
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    told = {"day": day, "axe": axe, "browser": version, "pages": pages}
    RESULTS.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    failed = sum(bool(card["violations"]) for card in pages.values())
    click.echo(f"{len(pages)} pages, {failed} en défaut : {RESULTS}")


if __name__ == "__main__":
    collect()
