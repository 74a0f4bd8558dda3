"""Phones that flush their queues at once, on bare sockets: each opens the page, then sends."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

TRIES = 4
"""Times a phone sends what was not taken, as its page does."""
MOST = 20
"""Answers of one sending, those of the page (``frontend/js/collect/sending.js``)."""


def main(told: str) -> None:
    """Read what to send as JSON, print what was measured as JSON."""
    print(json.dumps(asyncio.run(flush(**json.loads(told)))))


async def flush(
    *, port: int, key: str, path: str, phones: list[list[dict[str, Any]]]
) -> dict[str, Any]:
    """Let every phone open its page and send its queue, all at once."""
    times: list[float] = []
    statuses: dict[str, int] = {}
    taken: dict[str, int] = {}

    async def phone(queue: list[dict[str, Any]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _asked(reader, writer, f"GET /collecte/{key}/ HTTP/1.1", port, b"")
        while queue:
            body = json.dumps({"answers": queue[:MOST]}).encode()
            for turn in range(TRIES):
                begun = time.perf_counter()
                status, told = await _asked(reader, writer, f"POST {path} HTTP/1.1", port, body)
                times.append(time.perf_counter() - begun)
                statuses[str(status)] = statuses.get(str(status), 0) + 1
                if status == 200:
                    break
                await asyncio.sleep(2 * (turn + 1))
            else:
                break
            for one in json.loads(told)["received"]:
                taken[one["taken"]] = taken.get(one["taken"], 0) + 1
            queue = queue[MOST:]
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(phone(queue) for queue in phones))
    return {
        "seconds": time.perf_counter() - started,
        "times": times,
        "statuses": statuses,
        "taken": taken,
    }


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str, port: int, body: bytes
) -> tuple[int, bytes]:
    """Ask once on a connection kept open; return the status and the body."""
    writer.write(
        f"{line}\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    _, found, rest = head.partition(b"content-length:")
    if found:
        return status, await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
    parts = []
    while size := int(await reader.readline(), 16):  # chunks
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, b"".join(parts)


if __name__ == "__main__":
    main(sys.stdin.read())
