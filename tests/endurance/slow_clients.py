"""Slow clients at the door of a site: is a page slower beside them? Prints one line of JSON.

Run in a tree, with the standard library alone: ``python3 slow_clients.py``. 200 connections send a
byte of their headers every half second; a quick one asks for a page, alone first, then beside them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import statistics
import time

HOST = "portrait.exemple.fr"
SLOW = 200
ASKED = 40
REQUEST = f"GET /aide/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()


def secure() -> ssl.SSLContext:
    """Accept the certificate of a trial."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def opened() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection to the site of this machine."""
    return await asyncio.open_connection("127.0.0.1", 443, ssl=secure(), server_hostname=HOST)


async def ask() -> tuple[float, int]:
    """Ask for a page; return milliseconds and the code of the answer."""
    started = time.perf_counter()
    reader, writer = await opened()
    writer.write(REQUEST)
    answer = await reader.read()
    writer.close()
    return (time.perf_counter() - started) * 1000, int(answer.split(b" ", 2)[1])


async def crawl() -> None:
    """Send headers byte by byte, until cut."""
    with contextlib.suppress(OSError):
        _, writer = await opened()
        for byte in REQUEST * 5:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.5)


async def median() -> tuple[float, int]:
    """Return the median time of a page, in milliseconds, and how many answers were not 200."""
    asked = [await ask() for _ in range(ASKED)]
    return statistics.median(ms for ms, _ in asked), sum(code != 200 for _, code in asked)


async def main() -> None:
    """Measure alone, then beside slow clients."""
    alone, errors = await median()
    crawling = [asyncio.create_task(crawl()) for _ in range(SLOW)]
    await asyncio.sleep(3)
    beside, more = await median()
    for task in crawling:
        task.cancel()
    told = {"alone_ms": round(alone, 1), "beside_ms": round(beside, 1), "errors": errors + more}
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main())
