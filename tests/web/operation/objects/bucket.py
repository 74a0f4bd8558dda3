"""A bucket of our own: what S3 does with one object, in memory; it may be told to refuse."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITTEN = 1_760_000_000
"""Instant at which every object says it was written: long ago."""


class Bucket(ThreadingHTTPServer):
    """Objects by their name, and what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.signed: set[str] = set()
        self.refuses = False

    @property
    def url(self) -> str:
        """What ``PORTREA_OBJECTS_URL`` says of it."""
        endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        return f"s3://cle:secret@essai/site?endpoint={endpoint}&region=fr&style=path"


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._refused():
            self.server.objects[self._name()] = content
            self._answer(200)

    def do_GET(self) -> None:
        if self._refused():
            return
        if "prefix" in (query := parse_qs(urlsplit(self.path).query)):
            self._answer(200, self._listed(query["prefix"][0]))
            return
        content = self.server.objects.get(self._name())
        self._answer(404) if content is None else self._answer(200, content)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def do_DELETE(self) -> None:
        if not self._refused():
            self.server.objects.pop(self._name(), None)
            self._answer(204)

    def log_message(self, *_told: object) -> None:
        """Say nothing."""

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path.removeprefix("/essai/"))

    def _refused(self) -> bool:
        self.server.signed.add(self.headers.get("Authorization", "").split(" ")[0])
        if self.server.refuses:
            self._answer(403)
        return self.server.refuses

    def _listed(self, prefix: str) -> bytes:
        rows = "".join(
            f"<Contents><Key>{name}</Key><LastModified>2025-10-09T08:53:20Z</LastModified>"
            f"<Size>{len(content)}</Size></Contents>"
            for name, content in sorted(self.server.objects.items())
            if name.startswith(prefix)
        )
        start = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        return f"{start}<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", formatdate(WRITTEN, usegmt=True))
        self.send_header("ETag", '"e"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def bucket() -> Iterator[Bucket]:
    """Serve a bucket for the time of a test."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
