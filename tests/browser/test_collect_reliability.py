"""No acknowledged answer is lost, none is doubled: network cut, tab, browser and server killed."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Error

from browser.collecting import Room, answer, finish, phone, says, state
from browser.conftest import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CUTS = 100
ANSWERS = 20


class Line:
    """A network that is cut at random instants: before the server hears, or before it is heard."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.draw = room, random.Random(seed)
        self.cuts = 0
        self.kill_next = ""
        self.open = False

    def __call__(self, route: Any) -> None:
        """Take a request; a browser that died on the way waits for nothing any more."""
        try:
            self.take(route)
        except Error as gone:
            if not any(said in str(gone) for said in ("has been closed", "disposed")):
                raise

    def take(self, route: Any) -> None:
        """Handlers run one inside another: each takes what it has to do before it waits."""
        if self.open:
            route.continue_()
            return
        dying, self.kill_next = self.kill_next, ""
        self.cuts += not dying
        if dying == "after" or (not dying and self.draw.random() < 0.5):
            self.pass_on(route)
        if dying:
            self.room.kill()
        route.abort("connectionreset")

    def pass_on(self, route: Any) -> None:
        """Let the server hear; one that is dead, or dies meanwhile, hears nothing."""
        server = self.room.process
        if server is None:
            return
        local = route.request.url.replace("salle.test", "127.0.0.1")
        try:
            assert route.fetch(url=local).status == 200
        except Error:
            if self.room.process is server:
                raise


def test_everything_finished_is_on_the_server_once(browser, room, tmp_path) -> None:
    line, finished = Line(room, 6), []
    run = uuid4().hex  # the room is that of a whole session: a second look has words of its own
    window = phone(browser, tmp_path / "telephone")
    page = opened(window, room, line)
    for number in range(ANSWERS):
        word = f"{run} {number}"
        if number == 6:
            page = tab_killed(window, page, room, line, word)
        elif number == 12:
            answer(page, word)
            before = state(page).partition(" ")[0]
            crashed(window, page)
            window = phone(browser, tmp_path / "telephone")
            page = opened(window, room, line)
            assert state(page).partition(" ")[0] == before
        else:
            answer(page, word)
        finished.append(word)
        if number in (9, 15):
            server_killed(page, room, line, "before" if number == 9 else "after")
        insist(page, line, (number + 1) * CUTS // ANSWERS)
    assert line.cuts >= CUTS
    line.open = True
    wake(page)
    says(page, f"0 réponse gardée sur ce téléphone, {ANSWERS} envoyées.")
    words = [word for word in room.rows("answers ->> 'mot'") if run in word]
    assert sorted(words) == sorted(finished)
    assert set(room.rows("CAST(faults AS TEXT)")) == {"{}"}
    window.close()


def opened(window, room: Room, line: Line):
    page = window.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.route("**/envoi/", line)
    page.goto(room.page)
    assert page.evaluate("isSecureContext") is False
    page.get_by_role("button", name="Commencer une réponse").wait_for()
    return page


def wake(page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def insist(page, line: Line, until: int) -> None:
    """Let the phone try again until the line was cut that often."""
    while line.cuts < until:
        wake(page)
        page.wait_for_timeout(20)


def tab_killed(window, page, room: Room, line: Line, word: str):
    """Crash the tab before the last button: what was answered is there when it is opened again."""
    answer(page, word, end=False)
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()
    again = opened(window, room, line)
    again.get_by_role("button", name="Reprendre").click()
    again.get_by_role("heading", name="C’est fini").wait_for()
    finish(again)
    return again


def crashed(window, page) -> None:
    """Crash the browser as soon as an answer is finished."""
    with pytest.raises(Error):
        window.new_cdp_session(page).send("Browser.crash")
    window.close()


def server_killed(page, room: Room, line: Line, when: str) -> None:
    line.kill_next = when
    while room.process:
        wake(page)
        page.wait_for_timeout(20)
    wake(page)
    room.start()
