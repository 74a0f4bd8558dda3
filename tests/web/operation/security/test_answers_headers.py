"""What every answer wears, and small promises of the table of the ASVS kept nowhere else."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import BadHeaderError, EmailMessage
from django.core.signing import BadSignature

from portrea.web.accounts import links, second_factor, sign_in
from portrea.web.accounts.models import User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

ADDRESSES = {
    "/aide/": 200,
    "/connexion/": 200,
    "/compte/": 302,
    "/rien/du/tout/": 404,
    "/robots.txt": 200,
    "/journal/": 302,
    "/admin/": 302,
    "/static/design/icon.svg": 200,
    "/api/v1/": None,
    "/territoires/commune/zzz/": None,
    "/lieux/?territoire=%00": None,
    "/invitation/rien/": 410,
}
"""Addresses of every kind of answer, with their status when it matters here."""


def armoured(answer: HttpResponse) -> None:
    address = answer.request["PATH_INFO"]
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'", address
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", (
        address
    )
    assert "unsafe" not in answer["Content-Security-Policy"], address
    assert "http" not in answer["Content-Security-Policy"], address
    assert answer["X-Content-Type-Options"] == "nosniff", address
    assert answer["Referrer-Policy"] == "same-origin", address
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
    assert answer["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}, address
    assert "camera=()" in answer["Permissions-Policy"], address
    kind = answer.headers.get("Content-Type", "text/html; charset=utf-8")
    assert re.fullmatch(
        r"(text/\S+|image/svg\+xml|application/\S+)(; ?charset=\"?utf-8\"?)?", kind
    ), kind
    if kind.startswith("text/"):
        assert "charset=utf-8" in kind, address


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_armoured(client: Client, address: str) -> None:
    """Pages, redirections, faults, files, the interface: no answer goes without."""
    answer = client.get(address)
    if answer.streaming:  # a file: read to its end, so that it is closed
        assert b"".join(answer.streaming_content)
    assert ADDRESSES[address] in {None, answer.status_code}
    armoured(answer)


@pytest.mark.django_db
def test_a_fault_of_ours_is_armoured_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portrea.web.design import views

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("secret interne")

    monkeypatch.setattr(views, "render", broken)
    client.raise_request_exception = False
    answer = client.get("/aide/")
    assert answer.status_code == 500
    assert "secret interne" not in answer.content.decode()
    armoured(answer)


def test_no_folder_is_listed_and_nothing_is_traced(client: Client) -> None:
    assert client.get("/static/").status_code == 404
    assert client.get("/static/design/").status_code == 404
    assert client.generic("TRACE", "/aide/").status_code == 405


def test_a_line_break_enters_no_header_of_a_mail() -> None:
    for name in ("subject", "to", "from_email"):
        told = {"subject": "Bonjour", "from_email": "a@exemple.fr", "to": ["b@exemple.fr"]}
        bad = "b@exemple.fr\nBcc: c@exemple.fr"
        message = EmailMessage(**{**told, name: [bad] if name == "to" else bad})
        with pytest.raises(BadHeaderError):
            message.message()


@pytest.mark.django_db
def test_a_file_to_take_away_has_a_name_of_ours(client: Client) -> None:
    client.force_login(
        User.objects.create_user("a@exemple.org", PASSWORD, name='x"\r\nSet-Cookie: a=b')
    )
    answer = client.get("/compte/mes-donnees.json")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    assert "Set-Cookie" not in answer.headers


@pytest.mark.django_db
def test_password_fields_hide_and_let_managers_help(client: Client) -> None:
    client.force_login(User.objects.create_user("a@exemple.org", PASSWORD))
    fields = []
    for address in ("/compte/mot-de-passe/", "/compte/supprimer/", "/connexion/"):
        page = client.get(address).content.decode()
        fields += re.findall(r"<input[^>]*name=\"[^\"]*password[^\"]*\"[^>]*>", page)
    assert len(fields) == 5
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert not re.search(r"\bon(paste|copy)=|maxlength", field)


@pytest.mark.django_db
def test_no_account_exists_before_someone_makes_one() -> None:
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_session_identifier_is_long() -> None:
    """32 signs among 36: 165 bits, drawn by the system."""
    drawn = {SessionStore()._get_new_session_key() for _ in range(50)}
    assert len(drawn) == 50
    assert all(re.fullmatch("[a-z0-9]{32}", one) for one in drawn)


def test_a_signed_link_is_good_for_one_purpose() -> None:
    day = timedelta(days=1)
    token = links.sign("invitation", {"id": 1})
    assert links.read("invitation", token, lasting=day) == {"id": 1}
    with pytest.raises(links.LinkError) as refused:
        links.read("confirmation", token, lasting=day)
    assert isinstance(refused.value.__cause__, BadSignature)


@pytest.mark.django_db
def test_a_forgotten_password_still_asks_the_code(client: Client) -> None:
    """A new password opens nothing by itself to who has a second factor."""
    user = User.objects.create_user("a@exemple.org", PASSWORD)
    with time_machine.travel("2026-11-23T12:00Z", tick=False):
        row = sign_in.factor_begin(actor=user)
        secret = second_factor.secret_of(row.seed)
        assert sign_in.factor_confirm(actor=user, code=pyotp.TOTP(secret).at(int(time.time())))
        user.set_password(PASSWORD + " neuf")
        user.save()
        done = client.post("/connexion/", {"username": user.email, "password": PASSWORD + " neuf"})
    assert done["Location"] == "/connexion/code/"
    assert client.get("/compte/").status_code == 302
