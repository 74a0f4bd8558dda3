"""People who write, a ledger of what they were told is written, and someone who kills at random."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("forking.py")
WRITERS = 6
AGAIN = 5
"""One write in so many is sent a second time although it was acknowledged."""
BACK = 60.0
"""Seconds after which a site that acknowledges nothing is said not to have come back."""
COMMUNES = (
    "35188", "35238", "35133", "35047", "35288", "48095", "48061", "59350", "59249", "59183",
    "59606", "69123", "69383", "69029", "69264", "75056", "75112", "75118", "97209", "97213",
)  # fmt: skip


def environment(home: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a site of ours, its SQLite written for good."""
    home.mkdir(exist_ok=True, parents=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {
        "DJANGO_SETTINGS_MODULE": "endurance.full_settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        "PORTREA_SECRET_KEY": "only-for-tests",
        "PORTREA_HOME": str(home),
        "PORTREA_LOG_LEVEL": "CRITICAL",
        "PORTREA_API_RATE": "100000000/s",  # each death loses what its process had bought
        "OPENBLAS_NUM_THREADS": "1",  # a fork copies no thread
        "POLARS_MAX_THREADS": "1",
    }
    return kept | told | ({"PORTREA_DATABASE_URL": database} if database else {})


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Nursery:
    """Makes processes of the site, and makes again those that are killed."""

    def __init__(self, env: Mapping[str, str], port: int) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(SCRIPT), str(port)],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.alive: dict[str, int] = {}

    def born(self, act: str) -> None:
        """Make the process of an act."""
        self.alive[act] = int(self._told(act))

    def ask(self, act: str) -> Any:
        """Do an act that ends; return its answer."""
        return json.loads(self._told(act))

    def kill(self, act: str) -> None:
        """Kill the process of an act, wherever it is, and make another."""
        _killed(self.alive[act])
        self.born(act)

    def end(self) -> None:
        """Kill everybody."""
        self.kill_all()
        self._parent.kill()
        self._parent.communicate()

    def kill_all(self) -> None:
        """Kill those who serve and work, and make no other."""
        while self.alive:
            _killed(self.alive.popitem()[1])

    def _told(self, act: str) -> str:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(f"{act}\n")
        self._parent.stdin.flush()
        return self._parent.stdout.readline().strip()


def _killed(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it died with its database
        os.kill(process, signal.SIGKILL)


@dataclass
class Ledger:
    """What was acknowledged, on disk before anything else is asked."""

    path: Path
    tries: int = 0
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, title: str) -> None:
        """Keep a title for good."""
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{title}\n")
            file.flush()
            os.fsync(file.fileno())
            self.acknowledged += 1

    def titles(self) -> list[str]:
        """Return what was acknowledged."""
        return self.path.read_text("utf-8").split("\n")[:-1] if self.path.exists() else []


class Writer(threading.Thread):
    """Sends remarks one after the other, each until it is told that it is written."""

    def __init__(
        self, rank: int, port: int, keys: list[list[str]], ledger: Ledger, stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.rank, self.port, self.keys, self.ledger, self.stop = rank, port, keys, ledger, stop
        self.odd: Counter[int] = Counter()

    def run(self) -> None:
        """Write until told to stop; what was begun is finished."""
        number = 0
        while not self.stop.is_set():
            number += 1
            title = f"remarque {self.rank}-{number}"
            self._until_written(title, number)
            self.ledger.write(title)
            if number % AGAIN == 0:
                self._until_written(title, number)

    def _until_written(self, title: str, number: int) -> None:
        until = time.monotonic() + 2 * BACK
        while time.monotonic() < until:
            status = self._sent(title, *self.keys[(self.rank * 7 + number) % len(self.keys)])
            if status in (200, 201):
                return
            if status:
                self.odd[status] += 1
            time.sleep(0.02)
        raise AssertionError(f"{title} was never acknowledged: {dict(self.odd)}")

    def _sent(self, title: str, place: str, key: str) -> int:
        """Send a remark; return the status, 0 when the connection broke."""
        self.ledger.tries += 1
        body = {"kind": "remark", "place": place, "words": title}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/api/v1/proposals", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status


def kill_at_random(
    targets: Mapping[str, tuple[float, Callable[[], None]]], ledger: Ledger, kills: int, seed: int
) -> Counter[str]:
    """Kill so many times, each after a new write was acknowledged and a moment drawn at random.

    Parameters
    ----------
    targets
        Name → weight, and what kills and makes again.
    """
    drawn = random.Random(seed)
    names, weights = list(targets), [weight for weight, _act in targets.values()]
    dead: Counter[str] = Counter()
    for _one in range(kills):
        seen, until = ledger.acknowledged, time.monotonic() + BACK
        while ledger.acknowledged <= seen:
            if time.monotonic() > until:
                raise AssertionError(f"Nothing is written any more, after {dict(dead)}")
            time.sleep(0.002)
        time.sleep(drawn.uniform(0, 0.1))
        name = drawn.choices(names, weights)[0]
        targets[name][1]()
        dead[name] += 1
    return dead


def faults(acknowledged: list[str], told: Mapping[str, Any]) -> list[str]:
    """Return what is lost, what is there twice, and what was written by halves."""
    titles: Mapping[str, int] = told["titles"]
    found = [f"lost: {title}" for title in acknowledged if title not in titles]
    found += [f"{count} times: {title}" for title, count in titles.items() if count > 1]
    known = sum(titles.values())
    for name, due in (("journal", known), ("keys", known), ("decisions", told["decided"])):
        if told[name] != due:
            found.append(f"{name}: {told[name]} for {due}")
    if told["addresses"] > told["given_up"]:  # a letter given up is said, with its reason
        found.append(f"{told['addresses'] - told['given_up']} decisions were never told")
    return found
