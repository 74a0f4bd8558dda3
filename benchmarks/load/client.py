"""Clients that keep asking a server, on bare sockets: some hundredths of the processor it takes.

A library of requests costs more processor than the pages it asks for, on the same two cores.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any


def main(told: str) -> None:
    """Read what to ask as JSON, print what was measured as JSON."""
    print(json.dumps(asyncio.run(ask(**json.loads(told)))))


async def ask(
    *, port: int, addresses: list[str], clients: int, seconds: float, seed: int
) -> dict[str, Any]:
    """Ask at random for some seconds, each client one request at a time, kept alive."""
    random.seed(seed)
    times: list[float] = []
    sizes: list[int] = []
    wrong: list[str] = []
    until = time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            address = random.choice(addresses)
            begun = time.perf_counter()
            writer.write(
                f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                "Accept-Encoding: gzip\r\n\r\n".encode()
            )
            status, size = await _answer(reader)
            times.append(time.perf_counter() - begun)
            sizes.append(size)
            if status != 200:
                wrong.append(f"{address} : {status}")
        writer.close()

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(clients)))
    return {
        "times": times,
        "bytes": max(sizes),
        "rate": len(times) / (time.perf_counter() - started),
        "client": (time.process_time() - cpu) / len(times),
        "wrong": wrong[:5],
    }


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one answer; return its status and the bytes of its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    _, found, rest = head.partition(b"content-length:")
    if found:
        size = int(rest.split(b"\r\n", 1)[0])
        await reader.readexactly(size)
        return status, size
    total = 0
    while size := int(await reader.readline(), 16):  # chunks
        await reader.readexactly(size + 2)
        total += size
    await reader.readexactly(2)
    return status, total


if __name__ == "__main__":
    main(sys.stdin.read())
