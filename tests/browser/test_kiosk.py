"""A self-service station in the real browser: the rules written are obeyed, a visit is wiped."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from browser.conftest import ARGUMENTS
from portrea.cli.kiosk_policies import chromium, kiosk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATION = "/borne-3-35188"
ANSWER = f"{STATION}/orientation/?commune=35188&besoin=information&vu=oui"
DRIVEN = {"IncognitoModeAvailability": 0, "DeveloperToolsAvailability": 1}
"""The two rules that keep a test from driving the browser: their names are checked, not obeyed."""
DEPRECATED = {"AutofillAddressEnabled", "AutofillCreditCardEnabled"}
"""Obeyed until the next long-term versions have their successor."""
ROWS = """() => {
  const rows = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.tagName === "POLICY-ROW") {
        const parts = [...element.shadowRoot.childNodes].filter((one) => one.nodeName !== "STYLE");
        const text = parts.map((one) => one.textContent).join(" ");
        rows.push(text.replace(/_html_template_\\w+_|\\s+/g, " ").replace(/ +/g, " ").trim());
      }
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return rows;
}"""
MOUNTED = r"""#!/bin/sh
exec unshare {user} --mount sh -c \
    'mount --bind "{folder}" /etc/chromium && exec chromium "$@"' sh "$@"
"""


@pytest.fixture
def managed(browser: Browser, served: str, tmp_path: Path) -> Iterator[Browser]:
    """Chromium under the rules written for this site, in a mount of its own: nothing is installed.

    The folder of the rules is seen in the place of /etc/chromium by this browser alone.
    """
    policies = chromium(kiosk_of(served, idle=3, commune="35188", allowed=("127.0.0.2",)))
    folder = tmp_path / "etc"
    (folder / "policies/managed").mkdir(parents=True)
    rules = folder / "policies/managed/portrea-borne.json"
    rules.write_text(json.dumps(policies | DRIVEN), "utf-8")
    launcher = tmp_path / "chromium.sh"
    root = subprocess.run(["id", "-u"], capture_output=True, text=True, check=True).stdout == "0\n"
    told = MOUNTED.format(folder=folder, user="" if root else "--map-root-user")
    launcher.write_text(told, "utf-8")
    launcher.chmod(0o755)
    assert shutil.which("unshare"), "util-linux is part of every Debian"
    opened = browser.browser_type.launch(executable_path=launcher, args=ARGUMENTS)
    yield opened
    opened.close()


def refusal(browser: Browser, address: str) -> str:
    page = browser.new_page()
    try:
        page.goto(address)
    except Error as error:
        found = re.search(r"net::(\w+)", error.message)
        return found[1] if found else error.message
    finally:
        page.close()
    return ""


def test_the_rules_are_known_and_obeyed(managed: Browser, served: str) -> None:
    """Every name is accepted by chrome://policy; the station and sites allowed open, no other."""
    page = managed.new_page()
    page.goto("chrome://policy")
    wanted = chromium(kiosk_of(served, idle=3))
    told = f"({ROWS})().filter(row => row.includes(' Platform Machine ')).length"
    page.wait_for_function(f"{told} >= {len(wanted)}")  # names come first, then what is set
    rows = [row for row in page.evaluate(ROWS) if " Platform Machine " in row]
    assert {row.split()[0] for row in rows} == set(wanted)
    faults = [row for row in rows if not re.search(r"Machine Mandatory (?:OK|Deprecated) ", row)]
    assert faults == []
    assert {row.split()[0] for row in rows if "Mandatory Deprecated" in row} <= DEPRECATED
    port = served.rsplit(":", 1)[1]
    assert refusal(managed, f"{served}{STATION}/") == ""
    for blocked in (f"{served}/lieux/", f"http://localhost:{port}/", "file:///etc/hostname"):
        assert refusal(managed, blocked) == "ERR_BLOCKED_BY_ADMINISTRATOR", blocked
    reached = refusal(managed, f"http://127.0.0.2:{port}/")
    assert reached in ("", "ERR_CONNECTION_REFUSED"), "allowed: nobody has to listen there"


def test_a_visit_is_wiped_after_a_warning(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/borne-3-35188/", width=1280)
    expect(page).to_have_url(re.compile(rf"{STATION}/orientation/\?commune=35188$"))
    page.clock.install()
    page.get_by_role("link", name="Je veux apprendre").click()
    expect(page).to_have_url(re.compile("besoin=formation"))
    page.goto(ANSWER)
    box = page.get_by_role("alertdialog")
    page.clock.run_for(170_000)
    expect(box).to_be_hidden()
    page.clock.run_for(15_000)
    expect(box).to_be_visible()
    expect(page.get_by_role("button", name="Oui, je continue")).to_be_focused()
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
    keep("borne-encore-la", page.screenshot())
    page.keyboard.press("Enter")
    expect(box).to_be_hidden()
    expect(page).to_have_url(re.compile("vu=oui"))
    page.clock.run_for(185_000)
    expect(box).to_be_visible()
    page.clock.run_for(61_000)
    expect(page).to_have_url(re.compile(rf"{STATION}/orientation/\?commune=35188$"))
    page.evaluate("history.back()")
    page.wait_for_timeout(1_000)
    expect(page).to_have_url(re.compile(rf"{STATION}/orientation/\?commune=35188$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("De quoi avez-vous besoin ?")


def test_nothing_leads_out_of_a_station(visit: Callable[..., Page]) -> None:
    page = visit(ANSWER, width=1280)
    links = page.eval_on_selector_all(
        "a[href]", "all => all.map((one) => one.getAttribute('href'))"
    )
    assert links
    assert [one for one in links if not one.startswith((STATION, "#", "?"))] == []
    expect(page.locator(".site-header, .site-footer")).to_have_count(0)


def test_without_scripts_the_question_is_a_page(visit: Callable[..., Page]) -> None:
    page = visit(ANSWER, java_script_enabled=False)
    told: Any = page.locator("meta[http-equiv=refresh]").get_attribute("content")
    seconds, _, address = told.partition(";url=")
    assert seconds == "180"
    page.goto(address)
    page.get_by_role("link", name="Oui, je continue").click()
    expect(page).to_have_url(re.compile("vu=oui"))
