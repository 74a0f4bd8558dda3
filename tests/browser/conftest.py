"""The real site in a real browser: ``portrea serve`` on the computed demo, Debian's chromium."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from browser import settling
from browser.bases import bare, database_of
from browser.census import KEEPER, LIST, PASSWORD, PONDS, TWIN
from portrea.sources.rights_grid import keep_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.collecting import Room

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ENGINES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first draws the same pages as the others, without windows, for a quarter of the processor."""
SCREENSHOTS = Path(__file__).resolve().parents[2] / "tmp/screenshots"
PATIENCE = 90
ANSWERS = ("status of 400 (Bad Request)", "status of 409 (Conflict)", "status of 410 (Gone)")
"""Pages that say « this address is not complete », « somebody else wrote meanwhile » and « this
link ended », told by the console."""
COMMAND = "from portrea.cli import main; main()"
SECOND_LOOK = pytest.mark.flaky(reruns=1)
"""A browser on a loaded machine may be late: a test that fails is done again once, and pytest says
which (« RERUN ») so that one which needs it twice a week is mended."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give every test of the browser its second look."""
    if item.get_closest_marker("browser"):
        item.add_marker(SECOND_LOOK)


@pytest.fixture(scope="session")
def served_home(
    demo_home: Path, ready_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """``$PORTREA_HOME`` of the served site."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo_home, home)
    shutil.copytree(ready_home, home, dirs_exist_ok=True)
    build_tiles_of(home)
    keep_first_ideas_of(home)
    return home


def published(home: Path) -> dict[str, str]:
    """Environment of a published site on a home."""
    return bare() | {"PORTREA_HOME": str(home)} | database_of(home)


@pytest.fixture(scope="session")
def served(served_home: Path) -> Iterator[str]:
    """Address of the site, served as published: collected static files, tiles, strict settings."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "serve", "--port", str(port)],
        env=published(served_home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def portrea(served_home: Path, served: str) -> Callable[..., str]:
    """Run a command on the home of the served site; return what it prints."""

    def run(*words: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            env=published(served_home) | {"PORTREA_URL": served},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture(scope="session")
def keeper(portrea: Callable[..., str], pond: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An administrator, and a small list in the census, which holds the places computed too."""
    path: Path = tmp_path_factory.mktemp("lists") / "essai.csv"
    path.write_text(LIST, "utf-8")
    portrea("offer", "import", str(path))
    portrea("account", "create", KEEPER, "--password-stdin", given=PASSWORD)
    return KEEPER


@pytest.fixture
def twins(portrea: Callable[..., str], tmp_path: Path) -> str:
    """Name of a place that two lists tell, not joined yet: ``offer load`` joins what is sure."""
    for name in ("ici", "ailleurs"):
        (tmp_path / f"{name}.csv").write_text(TWIN, "utf-8")
        portrea("offer", "import", str(tmp_path / f"{name}.csv"))
    return "Cyberbase d’Essai"


@pytest.fixture(scope="session")
def pond(portrea: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Words that find two places of Iffendic in the census, which holds those computed too."""
    path: Path = tmp_path_factory.mktemp("etangs") / "etangs.csv"
    path.write_text(PONDS, "utf-8")
    portrea("offer", "import", str(path))
    portrea("offer", "load")
    return "etang"


def build_tiles_of(home: Path) -> None:
    """Build the tiles of the demo."""
    from portrea.sources.store import Store
    from portrea.territory.tiles import build_tiles

    store = Store(home)
    contours = store.gather("contours").filter(level="commune")
    territories = store.current().table("territories").filter(level="commune")
    (home / "tiles").mkdir()
    parents = territories.select("code", "epci", "departement")
    build_tiles(contours, home / "tiles/communes-demo.pmtiles", parents=parents)


def keep_first_ideas_of(home: Path) -> None:
    """Keep a grid of first ideas with a single case: a site that has none computes it for long."""
    from portrea.rights.grid import archetypes, build

    def nothing(asked: dict[str, Any]) -> dict[str, list[float]]:
        persons = asked["persons"]["household"]
        return {one["variable"]: [0.0] * len(persons) for one in asked["asked"]}

    month = f"{timezone.localdate():%Y-%m}"
    alone = next(row for row in reversed([*archetypes()]) if not (row.couple or row.children))
    keep_grid(home, month, build(nothing, month, rows=[alone]))


def free_port() -> int:
    """Return a port nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until the site answers."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if process.poll() is not None:
            pytest.fail(f"« portrea serve » stopped: {process.communicate()[0]}")
        try:
            urllib.request.urlopen(f"{address}/robots.txt", timeout=2).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The site does not answer after {PATIENCE} s.")


@pytest.fixture(scope="session")
def room(ready_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A small server that only collects: tests kill it, and start it again."""
    from browser.collecting import Room

    home = tmp_path_factory.mktemp("salle") / "home"
    shutil.copytree(ready_home, home)
    made = Room(home)
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="session", autouse=True)
def settled() -> Iterator[None]:
    """A click ends when the page it asked for can be read."""
    with pytest.MonkeyPatch.context() as patch:
        settling.patch(patch)
        yield


def engine() -> str:
    """Path of the browser installed here."""
    path = next(filter(None, map(shutil.which, ENGINES)), None)
    assert path, "chromium is not installed (scripts/test.sh installs it)"
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=engine(), args=ARGUMENTS)
        yield chromium
        chromium.close()


class Watch:
    """What a page must never do: an error in its console, a request to another site."""

    def __init__(self, page: Page, address: str) -> None:
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self._said(m.text) if m.type == "error" else None)
        page.on("request", lambda r: self._foreign(r.url, address))

    def _said(self, text: str) -> None:
        if not text.endswith(ANSWERS):
            self.faults.append(text)

    def _foreign(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.faults.append(f"request to {url}")


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the site in a fresh window, watched until the end of the test."""
    opened: list[tuple[Page, Watch]] = []

    def open_page(
        address: str = "/", *, width: int = 1280, height: int = 900, **context: object
    ) -> Page:
        window = browser.new_context(
            base_url=served, viewport={"width": width, "height": height}, **context
        )
        page = window.new_page()
        opened.append((page, Watch(page, served)))
        page.goto(address)
        return page

    yield open_page
    faults = [fault for _, watch in opened for fault in watch.faults]
    for page, _ in opened:
        page.context.close()
    assert faults == []


@pytest.fixture
def keep() -> Iterator[Callable[[str, bytes], None]]:
    """Keep a screenshot in ``tmp/screenshots``, to be looked at."""
    kept: dict[str, bytes] = {}
    yield kept.__setitem__
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, content in kept.items():
        (SCREENSHOTS / f"{name}.png").write_bytes(content)
