"""The public mix: what visitors read, on a server of ours and on a bare one, asked the same way."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, WORKERS = 16, 2
COMMUNES = ("35133", "35188", "35211", "35238", "35047", "35288", "35169", "35023")
EPCIS = ("243500550", "243500618", "243500139")
NEEDS = ("besoin=aide&demarche=rsa", "besoin=aide&demarche=retraite", "besoin=information")
SHARES = {"home": 1, "territory": 4, "search": 2, "orientation": 5, "places": 3, "api": 3}
"""Pages asked of each kind, of eighteen: an orientation is what people come for."""


def mix() -> list[str]:
    """Return the addresses asked, as many times as their share; none is made for the test only."""
    kinds = {
        "home": ["/"],
        "territory": [f"/territoires/epci/{code}/" for code in EPCIS]
        + [f"/territoires/commune/{code}/" for code in COMMUNES],
        "search": [f"/territoires/?q={word}" for word in ("mont", "iffendic", "saint", "renn")],
        "orientation": [
            f"/orientation/?commune={c}&{need}&vu=oui" for c in COMMUNES for need in NEEDS
        ],
        "places": [f"/lieux/?territoire=commune:{code}" for code in COMMUNES],
        "api": [f"/api/v1/territories/epci:{code}" for code in EPCIS] + ["/api/v1/places"],
    }
    asked: list[str] = []
    for kind, share in SHARES.items():
        asked += (kinds[kind] * 24)[: share * 24]
    return asked


def environment(home: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a published site whose reading of the API is not bounded."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {"PORTREA_HOME": str(home), "BARE_HOME": str(home), "PYTHONPATH": str(ROOT),
            "PORTREA_API_RATE": "100000000/h"}  # fmt: skip
    return kept | told | ({"PORTREA_DATABASE_URL": database} if database else {})


def portrea(port: int, *, worker: bool = False) -> list[str]:
    """Return the command of the site, as it is served."""
    return [
        sys.executable, "-c", "from portrea.cli import main; main()", "serve", "--port", str(port),
        "--workers", str(WORKERS), "--worker" if worker else "--no-worker",
    ]  # fmt: skip


def bare(port: int) -> list[str]:
    """Return the command of a bare Django site on the same server, with as many workers."""
    code = (
        "from multiprocessing import set_start_method; set_start_method('spawn', force=True);"
        "from granian import Granian; from granian.constants import Interfaces;"
        f"Granian('benchmarks.load.bare:serve', address='127.0.0.1', port={port},"
        f"interface=Interfaces.WSGI, workers={WORKERS}, log_enabled=False).serve()"
    )
    return [sys.executable, "-c", code]


@contextlib.contextmanager
def served(command: list[str], env: Mapping[str, str], port: int) -> Iterator[int]:
    """Serve until the end of the block; give the number of the process that started the others."""
    process = subprocess.Popen(
        command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 300
        while not _listens(port):
            assert process.poll() is None, "the server stopped"
            assert time.monotonic() < until, "the server never listened"
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def asked(port: int, addresses: list[str], seconds: float, clients: int = CLIENTS) -> dict:
    """Ask for so long; return rate, times in seconds, and answers that were not right."""
    told = {"port": port, "addresses": addresses, "clients": clients, "seconds": seconds, "seed": 7}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.client"],
        input=json.dumps(told).encode(), cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def percentiles(told: Mapping[str, Any]) -> str:
    """Write p50, p95 and p99 in milliseconds."""
    return ", ".join(f"p{n} {np.percentile(told['times'], n) * 1e3:.0f} ms" for n in (50, 95, 99))


def memory(process: int) -> dict[str, float]:
    """Return the resident memory in MiB of what serves (« site ») and of what works (« file »)."""
    totals, left = {"site": 0.0, "file": 0.0}, [process]
    while left:
        one = left.pop()
        with contextlib.suppress(OSError):
            for born in Path(f"/proc/{one}/task").glob("*/children"):  # each thread has its own
                left += map(int, born.read_text().split())
            words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
            pages = int(Path(f"/proc/{one}/statm").read_text().split()[1])
            kind = "file" if b"worker" in words else "site"
            totals[kind] += pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return totals


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
