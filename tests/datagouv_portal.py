"""A data.gouv.fr of our own, on this machine: it behaves as its public code does."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "clé-secrète-0123456789".encode().hex()


class Portal(ThreadingHTTPServer):
    """One organisation, ``cc``; ``fail`` are the answers to give instead, in turn."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Desk)
        self.datasets, self.asked, self.fail, self.sizes = {}, [], [], {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/api/1"

    @property
    def writes(self):
        return [asked for asked in self.asked if not asked.startswith("GET")]


class Desk(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *_):
        """Say nothing."""

    def _do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/api/1")
        self.server.asked.append(f"{self.command} {path}")
        pattern, code, after = self.server.fail[0] if self.server.fail else ("", 0, False)
        failing = bool(code) and re.search(pattern, f"{self.command} {path}")
        if failing:
            self.server.fail.pop(0)
        if failing and not after:
            return self._send(code, {"message": "panne"}, {"Retry-After": "0"})
        found = self._answer(path, body, parse_qs(parts.query))
        return self._send(code, {"message": "panne"}) if failing else self._send(*found)

    do_GET = do_POST = do_PUT = _do  # noqa: N815

    def _send(self, code, content, headers=None):
        if code < 0:  # the line is cut
            return self.connection.close()
        text = json.dumps(content).encode()
        self.send_response(code)
        for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)
        return None

    def _answer(self, path, body, query):
        if self.headers.get("X-API-KEY") != KEY:
            return 401, {"message": "Invalid API Key"}
        sets, command = self.server.datasets, self.command
        if path == "/organizations/cc/datasets/":
            page = int(query["page"][0])
            rows = list(sets.values())[(page - 1) * 2 : page * 2]
            return 200, {"data": rows, "next_page": "there" if page * 2 < len(sets) else None}
        if path == "/datasets/" and command == "POST":
            told = json.loads(body)
            if "interdit" in told["title"]:
                return 400, {"errors": {"title": ["refusé"]}}
            told |= {"id": f"d{len(sets)}", "resources": [], "page": f"https://dg/{len(sets)}/"}
            sets[told["id"]] = told
            return 201, told
        found = re.fullmatch(r"/datasets/(\w+)/(?:resources/(\w+)/)?(upload/)?", path)
        if not found or found[1] not in sets:
            return 404, {"message": "?"}
        return self._change(sets[found[1]], found[2], bool(found[3]), body)

    def _change(self, told, resource, upload, body):
        if resource is None and not upload:
            told |= json.loads(body)
            return 200, told
        kept = next((one for one in told["resources"] if one["id"] == resource), None)
        if upload:
            name, content = self._file(body)
            if kept is None:
                kept = {"id": f"r{len(told['resources'])}", "title": name, "extras": {}}
                told["resources"].append(kept)
            kept |= {"title": name, "filesize": len(content)}
            return 201, kept
        kept |= json.loads(body)
        return 200, kept

    def _file(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        (part,) = BytesParser().parsebytes(head + body).get_payload()
        return part.get_filename(), part.get_payload(decode=True)


@contextmanager
def running():
    """Yield a portal that answers."""
    server = Portal()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
