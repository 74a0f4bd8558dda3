"""An identity provider of our own, on this machine: discovery, code with PKCE, signed answers."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "portrea-essai", "un secret partagé"
OURS = RSAKey.generate_key(2048, {"kid": "notre-clé", "use": "sig"})
THEIRS = RSAKey.generate_key(2048, {"kid": "notre-clé", "use": "sig"})
"""The key of somebody else, under the same name."""


def challenge_of(verifier: str) -> str:
    """What PKCE sends first (RFC 7636), written again here and judged by its published value."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class FakeProvider:
    """What it knows of a person, and what it is told to do wrong."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: OURS)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "notre-clé"})
    signed: bool = False
    said_issuer: str = ""
    token: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """Do as the browser and the person would: return the arguments she comes back with."""
        parts = urlsplit(address)
        assert parts.path == "/autoriser"
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return {"code": "code-d-un-jour", "state": self.asked["state"]}

    def answer(self, path: str, form: dict[str, str], access: str) -> tuple[int, Any]:
        """Answer of one address."""
        self.calls.append(path)
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._discovery()
            case "/cles":
                return 200, KeySet([OURS]).as_dict(private=False)
            case "/jeton":
                return self._tokens(form)
            case "/personne" if access == "Bearer acces":
                told = {"sub": "jeanne-1", **self.person}
                return 200, self._sign(told) if self.signed else told
        return 401, {"error": "invalid_token"}

    def _discovery(self) -> dict[str, str]:
        return {
            "issuer": self.said_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/autoriser",
            "token_endpoint": f"{self.issuer}/jeton",
            "userinfo_endpoint": f"{self.issuer}/personne",
            "jwks_uri": f"{self.issuer}/cles",
        }

    def _tokens(self, form: dict[str, str]) -> tuple[int, Any]:
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        proof = challenge_of(form.get("code_verifier", "")) == self.asked["code_challenge"]
        if not (known and proof and form.get("code") == "code-d-un-jour"):
            return 400, {"error": "invalid_grant"}
        now = int(timezone.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "jeanne-1",
            "iat": now,
            "exp": now + 60,
            "nonce": self.asked["nonce"],
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        token = self.token or self._sign(told)
        return 200, {"access_token": "acces", "token_type": "Bearer", "id_token": token}

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(self.header, claims, self.key)


@contextmanager
def served() -> Iterator[FakeProvider]:
    """Serve a provider on a free port of this machine."""
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send({name: values[0] for name, values in parse_qs(body).items()})

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

        def _send(self, form: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            status, told = fake.answer(path, form, self.headers.get("Authorization", ""))
            signed = isinstance(told, str)
            body = (told if signed else json.dumps(told)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/jwt" if signed else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
