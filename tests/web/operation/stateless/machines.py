"""Two real sites on one database, and somebody whose every request goes to the other one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACTS = Path(__file__).with_name("acts.py")
COMMAND = "from portrea.cli import main; main()"
PATIENCE = 240


def environment(home: Path, database: str) -> dict[str, str]:
    """Return the environment of a machine: its own folder; the database and the key are shared."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        "PORTREA_HOME": str(home),
        "PORTREA_SECRET_KEY": "the same on each machine, only for tests",
        "PORTREA_SECOND_FACTOR": "non",
    }
    return clean | told | ({"PORTREA_DATABASE_URL": database} if database else {})


def act(name: str, env: dict[str, str]) -> Any:
    """Do an act in a process of its own, neither of the two sites; return its answer."""
    done = subprocess.run(
        [sys.executable, str(ACTS), name], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout or "null")


@contextmanager
def served(environments: Sequence[dict[str, str]]) -> Iterator[list[str]]:
    """Serve a site in each environment; give their addresses."""
    with ExitStack() as stack:
        ports = [_free_port() for _ in environments]
        words = ("serve", "--no-prepare", "--no-worker", "--port")
        started = [
            subprocess.Popen(
                [sys.executable, "-c", COMMAND, *words, str(port)],
                env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for port, env in zip(ports, environments, strict=True)
        ]  # fmt: skip
        for process in started:
            stack.callback(process.wait, timeout=20)
            stack.callback(process.terminate)
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for address, process in zip(addresses, started, strict=True):
            _wait_for(address, process)
        yield addresses


class InTurn:
    """A browser behind a round robin: one jar of cookies, each request on the next site."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._next = cycle(addresses)
        self._browser = httpx.Client(timeout=60, trust_env=False)

    def get(self, path: str) -> httpx.Response:
        """Read a page on the next site."""
        return self._browser.get(next(self._next) + path)

    def post(self, path: str, data: dict[str, Any]) -> httpx.Response:
        """Send a form to the next site."""
        return self._browser.post(next(self._next) + path, data=data)

    def close(self) -> None:
        """Leave."""
        self._browser.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "a site stopped by itself"
        try:
            if httpx.get(f"{address}/sante/", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
