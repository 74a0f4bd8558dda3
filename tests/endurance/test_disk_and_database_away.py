"""A full disk, a database that stops: what is refused is said, what was acknowledged is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from endurance import killing
from endurance.cluster import Cluster, durable_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCRIPT = Path(__file__).with_name("site_in_hand.py")
WRITES = 60
"""Remarks sent while something fails."""
WRITTEN = (200, 201)


@contextmanager
def in_hand(home: Path, database: str = "") -> Iterator[Callable[..., dict[str, Any]]]:
    """Give what asks a site to do an act, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(SCRIPT)], env=killing.environment(home, database),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def ask(*words: object) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(" ".join(map(str, words)) + "\n")
        process.stdin.flush()
        return dict(json.loads(process.stdout.readline()))

    try:
        ask("prepare")
        yield ask
    finally:
        process.kill()
        process.communicate()


def failed(
    ask: Callable[..., dict[str, Any]], fail: Callable[[], object], mend: Callable[[], object]
) -> tuple[dict[str, int], str]:
    """Write before, during and after a failure; return what it answered, and said.

    Nothing acknowledged is lost, what was refused is sent again as it was and is there once.
    """
    before = ask("send", 0, 5)["statuses"]
    assert set(before.values()) == {201}
    fail()
    during = ask("send", 5, 5 + WRITES)
    assert any(status not in WRITTEN for status in during["statuses"].values()), "nothing failed"
    mend()
    after = ask("send", 0, 10 + WRITES)["statuses"]
    assert set(after.values()) <= set(WRITTEN)
    told = ask("tell")
    assert told["titles"] == dict.fromkeys(after, 1)
    assert told.get("whole", "ok") == "ok"
    return during["statuses"], during["said"]


@pytest.mark.slow
def test_sqlite_without_room_says_it_and_keeps_what_it_took(
    ready_home: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(ready_home, tmp_path / "home"))
    with in_hand(home) as ask:

        def fail() -> None:
            ask("full")

        statuses, said = failed(ask, fail, lambda: ask("room"))
        assert set(statuses.values()) <= {*WRITTEN, 507}
        assert "Le disque du site est plein" in said
        ask("full")
        assert ask("page") == {"status": 200}, "what is read is not touched"


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_stopped_then_started_is_found_again(durable: Cluster, tmp_path: Path) -> None:
    for url in durable.database():
        with in_hand(tmp_path / "home", url) as ask:
            statuses, _said = failed(ask, durable.stop, durable.start)
            assert set(statuses.values()) == {503}
            durable.stop()
            durable.start()
            again = ask("send", 100, 105)["statuses"]
            assert set(again.values()) == {201}, "started again between two requests: nobody saw it"


@pytest.mark.endurance
def test_a_disk_without_room_under_sqlite(small_disk: Path) -> None:
    with in_hand(small_disk / "home") as ask:
        ballast = small_disk / "ballast"
        statuses, said = failed(ask, lambda: fill(ballast), ballast.unlink)
        assert set(statuses.values()) <= {*WRITTEN, 507}
        assert "Le disque du site est plein" in said


@pytest.mark.endurance
@pytest.mark.postgres
def test_a_disk_without_room_under_postgresql(small_disk: Path, tmp_path: Path) -> None:
    ballast = small_disk / "ballast"
    for cluster in durable_cluster(small_disk):
        for url in cluster.database():
            with in_hand(tmp_path / "home", url) as ask:
                mend = partial(_with_room, ask, cluster, ballast)
                statuses, _said = failed(ask, partial(fill, ballast), mend)
                assert set(statuses.values()) <= {*WRITTEN, 503, 507}


def _with_room(ask: Callable[..., dict[str, Any]], cluster: Cluster, ballast: Path) -> None:
    """Give the room back, and start the server: its journal may have found none, and stopped it."""
    ballast.unlink()
    cluster.kill()
    ask("send", 0, 1)  # a connection kept open is found dead once: 503, and asked again


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 200 MB of its own, which only an administrator of the machine may mount."""
    folder = tempfile.mkdtemp(prefix="portrea-disk-", dir="/tmp")  # a short name, for a socket
    asked = ["mount", "-t", "tmpfs", "-o", "size=200m,mode=0777", "tmpfs", folder]
    if subprocess.run(asked, check=False, capture_output=True).returncode:
        Path(folder).rmdir()
        pytest.skip("mounting a disk is refused here")
    yield Path(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)
    Path(folder).rmdir()


def fill(path: Path) -> None:
    """Write until there is no room for one byte more."""
    size = 2**20
    with path.open("wb", buffering=0) as file:
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
