"""A site that repeats what a proxy sent it, as JSON: ``python3 upstream.py``, on port 8000."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Repeat(BaseHTTPRequestHandler):
    """Answer the method, the path, the headers, and how many bytes of body came."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Read the body whole, then repeat."""
        length = int(self.headers.get("Content-Length") or 0)
        told = {
            "path": self.path,
            "body": len(self.rfile.read(length)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - named so by http.server

    def log_message(self, *_: object) -> None:
        """Write nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 8000), Repeat).serve_forever()
