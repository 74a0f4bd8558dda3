"""Clients that dawdle or vanish, at the door of the site itself: does a visitor wait beside?"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import statistics
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from endurance import load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from benchmarks import Measure

    Crowd = Mapping[str, tuple[int, Callable[["Door"], Awaitable[None]]]]

ASKED = 100
TCP_REPAIR = 19
"""Option of a socket that lets it be closed without a word to the other side (Linux)."""
PATIENCE = 10
"""Seconds that a visitor waits for a page."""


class Door(NamedTuple):
    """A server, and a page that it answers."""

    port: int
    page: str

    @property
    def reading(self) -> bytes:
        """What asks the page."""
        return f"GET {self.page} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    @property
    def sending(self) -> bytes:
        """The beginning of what sends 5,000 bytes to the page."""
        return (
            f"POST {self.page} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        ).encode()


async def slow_headers(door: Door) -> None:
    """Send headers byte by byte, until cut."""
    await _crawl(door, b"", door.reading * 9)


async def slow_body(door: Door) -> None:
    """Send the headers at once, and a body byte by byte, until cut."""
    await _crawl(door, door.sending, b"x" * 900)


async def _crawl(door: Door, at_once: bytes, slowly: bytes) -> None:
    with contextlib.suppress(OSError):
        _reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        with contextlib.closing(writer):
            writer.write(at_once)
            for byte in slowly:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.5)


async def vanish(door: Door) -> None:
    """Ask for a page and leave without closing: a machine whose network is cut."""
    one = socket.create_connection(("127.0.0.1", door.port))
    one.sendall(door.reading[:-2])
    with contextlib.suppress(PermissionError):
        one.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, struct.pack("i", 1))
    one.close()
    await asyncio.sleep(0)


async def deaf(door: Door) -> None:
    """Ask for pages without ever reading an answer."""
    with contextlib.suppress(OSError):
        _reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=1)
        with contextlib.closing(writer):
            writer.write(door.reading * 50)
            await asyncio.sleep(600)


CROWD: Crowd = {
    "en-têtes lents": (200, slow_headers),
    "disparus sans fermer": (200, vanish),
    "qui ne lisent pas": (50, deaf),
    "corps lents": (50, slow_body),
}


async def asked(door: Door, count: int) -> tuple[list[float], int]:
    """Ask a page, each time by its own connection; return times, and answers not right."""
    times, wrong = [], 0
    for _one in range(count):
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
                writer.write(door.reading[:-2] + b"Connection: close\r\n\r\n")
                wrong += b" 200 " not in await reader.readline()
                await reader.read()
                writer.close()
        except (TimeoutError, OSError):
            wrong += 1
        times.append(time.perf_counter() - began)
        if wrong > 3:
            break
    return times, wrong


async def beside(door: Door, crowd: Crowd, kind: str, count: int) -> tuple[list[float], int]:
    """Ask a page beside clients of a kind."""
    many, one = crowd[kind]
    tasks = [asyncio.ensure_future(one(door)) for _ in range(many)]
    await asyncio.sleep(1)
    told = await asked(door, count)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.1)  # what was closed is told so before the loop ends
    return told


@pytest.mark.slow
def test_the_server_answers_beside_a_few(tmp_path: Path) -> None:
    door = Door(load.free_port(), "/?page=1")
    with load.served(load.bare(door.port), load.environment(tmp_path), door.port):
        few = {name: (20, act) for name, (_many, act) in CROWD.items()}
        with ThreadPoolExecutor(1) as thread:  # a browser's loop may still be in this one
            told = thread.submit(asyncio.run, beside(door, few, "en-têtes lents", 5)).result(120)
        assert told[1] == 0


@pytest.mark.endurance
def test_a_visitor_is_answered_beside_slow_and_half_open_connections(
    ready_home: Path, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    from benchmarks import Measure

    home = Path(shutil.copytree(ready_home, tmp_path / "home"))
    door, wrong = Door(load.free_port(), "/aide/"), {}
    with load.served(load.portrea(door.port), load.environment(home), door.port):
        asyncio.run(asked(door, ASKED))
        alone, _errors = asyncio.run(asked(door, ASKED))
        for rank, kind in enumerate(CROWD):
            times, wrong[kind] = asyncio.run(beside(door, CROWD, kind, ASKED))
            note = (
                f"{CROWD[kind][0]} connexions, sans mandataire ; {len(times)} demandes,"
                f" {wrong[kind]} sans réponse ; au pire {max(times) * 1e3:.0f} ms"
            )
            keep(Measure(
                f"slow-{rank}", f"Une page, à côté de clients : {kind}",
                statistics.median(times), floor=statistics.median(alone), note=note,
            ))  # fmt: skip
    assert wrong == dict.fromkeys(CROWD, 0)
