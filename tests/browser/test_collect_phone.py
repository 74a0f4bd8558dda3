"""The page of phones: over plain http, under a code, full, installed, and handed over in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from browser.collecting import ROOM, answer, finish, phone, says, state
from browser.conftest import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.browser]
HELD = """async () => {
  const base = await new Promise((resolve) => {
    indexedDB.open("portrea-collecte").onsuccess = ({ target }) => resolve(target.result);
  });
  const told = [];
  for (const name of base.objectStoreNames) {
    const rows = await new Promise((resolve) => {
      const asked = base.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => resolve(asked.result);
    });
    told.push(name + JSON.stringify(rows, (_key, value) =>
      value instanceof Uint8Array ? String.fromCharCode(...value) : value));
  }
  base.close();
  return told.join("\\n");
}"""
"""All that the phone holds, bytes read as letters."""

REFUSED = """Object.defineProperty(window, "indexedDB", {
  value: { open() { throw new DOMException("no", "SecurityError"); } },
});"""
FULL = """const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  if (window.full) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, given);
};"""
"""What a browser does when its place is used up: Chromium gives no way to make it small."""
HASTY = """const get = IDBObjectStore.prototype.get;
IDBObjectStore.prototype.get = function (key) {
  const asked = get.call(this, key);
  const buttons = [...document.querySelectorAll("button")];
  const drawn = key === "table" || key === "handed";
  if (drawn) buttons.find((one) => one.innerText === "Reprendre")?.click();
  return asked;
};"""
"""A person who presses « Reprendre » at the very instant when the first screen is drawn again."""
CACHED = """async () => {
  const held = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const asked = await Promise.all(held.map((one) => one.keys()));
  return asked.flat().map((one) => new URL(one.url).pathname);
}"""


@pytest.fixture
def window(browser, tmp_path) -> Iterator:
    made = phone(browser, tmp_path / "telephone")
    made.set_default_timeout(PATIENCE * 1000)
    yield made
    made.close()


def opened(window, address: str, *, cut: bool = False):
    page = window.new_page()
    if cut:
        page.route("**/envoi/", lambda route: route.abort())
    page.goto(address)
    return page


def test_over_plain_http_everything_works_but_the_worker(window, room) -> None:
    page = opened(window, room.page)
    refused = "[isSecureContext, !!navigator.serviceWorker, !!crypto.subtle, !!crypto.randomUUID]"
    assert page.evaluate(refused) == [False, False, False, False]
    answer(page, "en clair")
    says(page, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    assert "en clair" in room.rows("answers ->> 'mot'")
    page.get_by_text("Ce téléphone", exact=True).click()
    assert page.get_by_text("Gardez cette page ouverte").is_visible()


def test_under_a_code_nothing_readable_lies_on_the_phone(window, room) -> None:
    page = opened(window, room.page, cut=True)
    answer(page, "lisible avant")
    assert "lisible avant" in page.evaluate(HELD)
    page.get_by_text("Ce téléphone", exact=True).click()
    page.get_by_role("button", name="Protéger ce téléphone par un code").click()
    assert page.get_by_text("Un code oublié ne se retrouve pas").is_visible()
    choose(page, "123456", "se devine")
    choose(page, "celui-ci")
    answer(page, "confidence", end=False)
    told = page.evaluate(HELD)
    assert [word for word in ("lisible avant", "confidence", "celui-ci") if word in told] == []
    page.close()
    again = opened(window, room.page)
    enter(again, "pas celui-ci")
    again.get_by_text("Ce n’est pas le code").wait_for()
    enter(again, "celui-ci")
    again.get_by_role("button", name="Reprendre").click()
    finish(again)
    says(again, "0 réponse gardée sur ce téléphone, 2 envoyées.")
    assert {"lisible avant", "confidence"} <= set(room.rows("answers ->> 'mot'"))


def test_what_is_taken_up_again_stays_when_another_answer_leaves(window, room) -> None:
    page = opened(window, room.page, cut=True)
    answer(page, "à envoyer")
    answer(page, "à finir", end=False)
    page.close()
    again = window.new_page()
    again.add_init_script(HASTY)
    again.goto(room.page)
    says(again, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    finish(again)
    says(again, "0 réponse gardée sur ce téléphone, 2 envoyées.")


def test_what_leaves_moves_nothing_under_the_finger(window, room) -> None:
    page = opened(window, room.page, cut=True)
    answer(page, "à envoyer")
    page.get_by_role("button", name="Commencer une réponse").focus()
    page.evaluate("window.chosen = document.activeElement")
    page.unroute("**/envoi/")
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    page.get_by_text("Ce téléphone", exact=True).click()
    page.get_by_role("button", name="Envoyer maintenant").wait_for(state="detached")
    assert page.evaluate("window.chosen.isConnected")


def choose(page, code: str, refused: str = "") -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_label("Le même, encore une fois").fill(code)
    page.get_by_role("button", name="Continuer").click()
    if refused:
        page.get_by_text(refused).wait_for()
    else:
        page.get_by_role("button", name="Commencer une réponse").wait_for()


def enter(page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Continuer").click()


def test_a_full_phone_says_so_and_hands_the_answer_over(window, room) -> None:
    page = window.new_page()
    page.add_init_script(FULL)
    page.goto(room.page)
    answer(page, "trop", end=False)
    page.evaluate("window.full = true")
    page.get_by_role("button", name="Confier mes réponses").click()
    page.get_by_text("Ce téléphone n’a plus de place").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Prendre le fichier").click()
    told = json.loads(taken.value.path().read_text("utf-8"))
    assert [one["answers"]["mot"] for one in told["answers"]] == ["trop"]
    page.evaluate("window.full = false")
    page.get_by_role("button", name="Confier mes réponses").click()
    says(page, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    assert page.get_by_text("n’a plus de place").count() == 0
    assert "trop" in room.rows("answers ->> 'mot'")


def test_where_nothing_may_be_kept_the_page_says_so(window, room) -> None:
    page = window.new_page()
    page.add_init_script(REFUSED)
    page.goto(room.page)
    page.get_by_text("refuse de garder").wait_for()
    answer(page, "de mémoire")
    says(page, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    assert "de mémoire" in room.rows("answers ->> 'mot'")


def test_installed_it_opens_without_network_and_sends_later(window, room) -> None:
    address = room.page.replace(ROOM, "127.0.0.1")
    page = opened(window, address)
    assert page.evaluate("isSecureContext") is True
    page.get_by_text("Ce téléphone", exact=True).click()
    page.get_by_text("elle s’ouvrira sans réseau").wait_for()
    kept = page.evaluate(CACHED)
    ours = ("/static/design/", f"/collecte/{room.key}/")
    assert kept
    assert [path for path in kept if not path.startswith(ours)] == []
    room.kill()
    page.close()
    page = opened(window, address)
    answer(page, "sans réseau")
    assert state(page).startswith("1 réponse gardée sur ce téléphone, 0 envoyée.")
    room.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "0 réponse gardée sur ce téléphone, 1 envoyée.")
    assert "sans réseau" in room.rows("answers ->> 'mot'")
