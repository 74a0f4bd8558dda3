"""Downloads against a local server that cuts, forgets ranges, fails and lies."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.sources import fetch as module
from portrea.sources.catalogue import catalogue
from portrea.sources.fetch import ATTEMPTS, download, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = bytes(range(256)) * 2000
ENTRY = dataclasses.replace(next(iter(catalogue().values())), id="essai", sha256=None)


class Behaviour:
    """What the server does, attempt after attempt, and what it was asked."""

    def __init__(self) -> None:
        self.cuts: list[int] = []
        self.failures: list[int] = []
        self.ranges = True
        self.etag = '"v1"'
        self.requests: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        plan = self.behaviour
        asked = self.headers.get("Range")
        plan.requests.append(asked)
        if plan.failures:
            self.send_response(plan.failures.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        same = self.headers.get("If-Range") in (None, plan.etag)
        if asked and plan.ranges and same:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        body = CONTENT[start:]
        self.send_header("ETag", plan.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if plan.cuts:
            self.wfile.write(body[: plan.cuts.pop(0)])
            self.wfile.flush()
            self.connection.close()
            return
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[tuple[str, Behaviour]]:
    plan = Behaviour()
    handler = type("Bound", (Handler,), {"behaviour": plan})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}/fichier.csv", plan
    http.shutdown()
    thread.join()
    http.server_close()


def get(url: str, target: Path, entry=ENTRY) -> tuple[Path, list[float]]:
    pauses: list[float] = []
    return download(entry, url, target, sleep=pauses.append), pauses


def test_plain_download(server, tmp_path: Path) -> None:
    url, plan = server
    path, pauses = get(url, tmp_path / "f.csv")
    assert path.read_bytes() == CONTENT
    assert pauses == []
    assert plan.requests == [None]
    assert [p.name for p in tmp_path.iterdir()] == ["f.csv"]


def test_cut_connection_is_resumed_where_it_stopped(server, tmp_path: Path) -> None:
    url, plan = server
    plan.cuts = [200_000, 100_000]
    path, pauses = get(url, tmp_path / "f.csv")
    assert path.read_bytes() == CONTENT
    assert plan.requests == [None, "bytes=200000-", "bytes=300000-"]
    assert pauses == [1.0, 2.0]


def test_server_that_ignores_ranges_starts_again(server, tmp_path: Path) -> None:
    url, plan = server
    plan.cuts, plan.ranges = [150_000], False
    path, _ = get(url, tmp_path / "f.csv")
    assert path.read_bytes() == CONTENT


def test_file_changed_meanwhile_is_not_glued_to_the_old_one(server, tmp_path: Path) -> None:
    url, plan = server
    target = tmp_path / "f.csv"
    tmp_path.joinpath(".f.csv.part").write_bytes(b"vieux" * 10)
    tmp_path.joinpath(".f.csv.part.json").write_text('{"version": "\\"v0\\""}')
    path, _ = get(url, target)
    assert plan.requests == ["bytes=50-"]
    assert path.read_bytes() == CONTENT


def test_errors_of_the_server_are_retried(server, tmp_path: Path) -> None:
    url, plan = server
    plan.failures = [500, 503]
    path, pauses = get(url, tmp_path / "f.csv")
    assert path.read_bytes() == CONTENT
    assert pauses == [1.0, 2.0]


def test_refusal_is_not_retried(server, tmp_path: Path) -> None:
    url, plan = server
    plan.failures = [404]
    with pytest.raises(DataError, match="404"):
        get(url, tmp_path / "f.csv")
    assert len(plan.requests) == 1


def test_server_that_always_fails_changes_nothing(server, tmp_path: Path) -> None:
    url, plan = server
    plan.failures = [500] * ATTEMPTS
    (tmp_path / "f.csv").write_bytes(b"ancien")
    with pytest.raises(DataError, match=f"après {ATTEMPTS} essais"):
        get(url, tmp_path / "f.csv")
    assert (tmp_path / "f.csv").read_bytes() == b"ancien"


def test_wrong_checksum_is_refused(server, tmp_path: Path) -> None:
    url, _ = server
    (tmp_path / "f.csv").write_bytes(b"ancien")
    entry = dataclasses.replace(ENTRY, sha256="0" * 64)
    with pytest.raises(DataError, match="somme de contrôle"):
        get(url, tmp_path / "f.csv", entry)
    assert (tmp_path / "f.csv").read_bytes() == b"ancien"
    assert [p.name for p in tmp_path.iterdir()] == ["f.csv"]


def test_right_checksum_is_accepted(server, tmp_path: Path) -> None:
    url, _ = server
    entry = dataclasses.replace(ENTRY, sha256=hashlib.sha256(CONTENT).hexdigest())
    path, _ = get(url, tmp_path / "f.csv", entry)
    assert path.exists()


def test_progress_only_grows_and_ends_at_one(server, tmp_path: Path) -> None:
    url, _ = server
    shares: list[float] = []
    download(ENTRY, url, tmp_path / "f.csv", progress=lambda share, step: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_offline_says_so_and_changes_nothing(tmp_path: Path) -> None:
    import socket

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(DataError, match="pas de réseau"):
        get(f"http://127.0.0.1:{port}/f.csv", tmp_path / "f.csv")
    assert list(tmp_path.iterdir()) == []


def test_source_without_address_gives_the_page(tmp_path: Path, monkeypatch) -> None:
    entry = dataclasses.replace(ENTRY, url=None, page="https://exemple.invalid/page")
    monkeypatch.setattr(module, "entry", lambda name: entry)
    with pytest.raises(DataError, match="Aucune adresse publique") as caught:
        fetch("essai", tmp_path)
    assert "https://exemple.invalid/page" in caught.value.render()


def test_unknown_source_suggests_near_names(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="insee-rp-for2"):
        fetch("insee-rp-for", tmp_path)


def test_file_lands_in_downloads(server, tmp_path: Path, monkeypatch) -> None:
    url, _ = server
    entry = dataclasses.replace(ENTRY, url=url)
    monkeypatch.setattr(module, "entry", lambda name: entry)
    assert fetch("essai", tmp_path) == tmp_path / "downloads" / "fichier.csv"
