"""What the site writes of its work: fields of a list, and no personal word wherever it is sent."""

from __future__ import annotations

import json
import logging
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from hypothesis import given
from hypothesis import strategies as st

from portrea.web.accounts import tasks
from portrea.web.accounts.permissions import may_somewhere
from portrea.web.operation.logs.current import reference, referred
from portrea.web.operation.logs.lines import FIELDS, JsonFormatter, TextFormatter
from portrea.web.operation.logs.requests import method_of, role_of
from portrea.web.steering import selectors
from web.accounts.conftest import connected, person
from web.accounts.test_routes import address, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]

SECRETS = (
    "jeanne.dupont@exemple.org", "Jeanne Dupont-Quimperlé", "0612345678", "284052954321098",
    "jeton-Zx81Qw77Lm", "739164", "mot de passe très secret",
)  # fmt: skip
"""An address, a name, a telephone, a NIR, a token, a code and a password."""
ALWAYS = {"time", "level", "request", "logger", "message", "from", "error", "at"}


@pytest.fixture(params=[JsonFormatter, TextFormatter], ids=["json", "texte"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Everything the site writes, at the most talkative level, as production writes it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    root, quiet = logging.getLogger(), logging.getLogger("django.request")
    levels = root.level, quiet.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    quiet.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    quiet.setLevel(levels[1])


def lines(stream: StringIO, logger: str = "") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in found if line["logger"].startswith(logger)]


def leaks(stream: StringIO) -> list[str]:
    text = stream.getvalue()
    pieces = {piece for secret in SECRETS for piece in (secret, *secret.split()) if len(piece) > 5}
    return [piece for piece in pieces if piece in text]


def sent(client: Client, path: str) -> None:
    """Send the secrets in every place of a request."""
    everywhere = {f"champ{rank}": secret for rank, secret in enumerate(SECRETS)}
    named = {"email": SECRETS[0], "q": SECRETS[1], "username": SECRETS[0], "password": SECRETS[6]}
    headers = {
        "authorization": f"Bearer {SECRETS[4]}",
        "referer": f"http://testserver/?courriel={SECRETS[0]}",
        "user-agent": SECRETS[0],
        "x-forwarded-for": SECRETS[2],
        "x-request-id": SECRETS[3],
    }
    client.cookies["portrea_essai"] = SECRETS[4]
    for method in (client.get, client.post):
        method(path, {**everywhere, **named}, headers=headers)


@pytest.mark.django_db
def test_no_personal_word_is_written(site: Client, written: StringIO) -> None:
    site.raise_request_exception = False
    paths = [
        *(f"/{secret}/" for secret in SECRETS),
        f"/connexion/lien/{SECRETS[4]}/",
        f"/invitation/{SECRETS[4]}/",
        f"/territoires/commune/{SECRETS[2]}/",
        f"/lieux/{SECRETS[1]}/",
        "/connexion/", "/connexion/par-courriel/", "/connexion/code/", "/mot-de-passe/oublie/",
        "/orientation/", "/territoires/", "/lieux/", "/sante/", "/api/v1/places", "/carte/",
    ]  # fmt: skip
    for path in paths:
        sent(site, path)
    assert written.getvalue().count("event") >= 2 * len(paths)
    assert leaks(written) == []


@pytest.mark.django_db
def test_every_public_route_keeps_silent(client: Client, written: StringIO) -> None:
    """Every address of the site, called by a visitor whose words are secrets."""
    client.raise_request_exception = False
    seen = {entry.name or path: "/" + address(path).lstrip("/") for path, entry in routes()}
    for path in list(seen.values())[::7]:
        client.get(path, {"q": SECRETS[0], "t": SECRETS[2]}, headers={"user-agent": SECRETS[0]})
    assert leaks(written) == []


@pytest.mark.parametrize(
    "fault",
    [
        IntegrityError(f"DETAIL: Key (email)=({SECRETS[0]}) already exists."),
        RuntimeError(SECRETS[6]),
        ValueError(SECRETS[3], SECRETS[1]),
    ],
)
def test_a_fault_is_told_by_where_it_is(
    site: Client, monkeypatch: pytest.MonkeyPatch, written: StringIO, fault: Exception
) -> None:
    def fail() -> None:
        code = SECRETS[5]  # a local variable
        raise fault from LookupError(code)

    monkeypatch.setattr(selectors, "datasets", fail)
    site.raise_request_exception = False
    answer = site.get("/sources/", {"q": SECRETS[0]})
    assert answer.status_code == 500
    assert leaks(written) == []
    text = written.getvalue()
    assert type(fault).__name__ in text
    assert "test_logs.py:" in text
    assert answer["X-Request-ID"] in text


def test_a_refused_host_is_not_repeated(client: Client, written: StringIO) -> None:
    """Django writes the host received in its message: ours only says where it comes from."""
    client.raise_request_exception = False
    answer = client.get("/aide/", headers={"host": "jeanne.dupont.exemple.org"})
    assert answer.status_code == 400
    assert "django.security.DisallowedHost" in written.getvalue()
    assert "jeanne" not in written.getvalue()


@pytest.mark.parametrize("written", [JsonFormatter], indirect=True)
def test_one_line_per_request(
    site: Client, connected: Callable[..., User], written: StringIO
) -> None:
    site.get("/aide/")
    connected("referent epci:243500550")
    site.get("/journal/")
    site.get("/nulle-part/")
    first, second, third = lines(written, "portrea.requests")
    assert (first["route"], first["method"], first["status"]) == ("help", "GET", 200)
    assert first["role"] == "visiteur"
    assert first["bytes"] > 500
    assert 0 < first["ms"] < 60_000
    assert (second["route"], second["role"]) == ("journal", "referent")
    assert (third["route"], third["status"]) == ("-", 404)
    assert len({line["request"] for line in (first, second, third)}) == 3
    assert all(set(line) <= ALWAYS | set(FIELDS) for line in lines(written))


def test_a_method_of_ones_own_is_not_a_word_of_the_journal(
    client: Client, written: StringIO
) -> None:
    client.generic("JEANNE", "/aide/")
    assert "JEANNE" not in written.getvalue()
    assert method_of(RequestFactory().generic("PATCH", "/")) == "PATCH"


def test_role_asks_the_database_nothing(
    person: Callable[..., User], django_assert_num_queries: Any
) -> None:
    request = RequestFactory().get("/")
    assert role_of(request) == "visiteur"
    request.user = SimpleLazyObject(lambda: pytest.fail("nobody asked who is connected"))
    assert role_of(request) == "visiteur"
    request.user = person("technicien epci:243500550")
    with django_assert_num_queries(0):
        assert role_of(request) == "compte"
    assert may_somewhere(request, "import.run")
    with django_assert_num_queries(0):
        assert role_of(request) == "technicien"


@pytest.mark.django_db
@pytest.mark.parametrize("written", [JsonFormatter], indirect=True)
def test_a_task_bears_the_reference_of_its_request(
    run_tasks: Callable[[], None], written: StringIO
) -> None:
    with referred("abc123abc123"):
        tasks.send_reset.enqueue(0)
    tasks.end_loans.enqueue()
    run_tasks()
    asked, alone = lines(written, "portrea.tasks")
    assert asked["request"] == "abc123abc123"
    assert (asked["name"], asked["status"]) == (
        "portrea.web.accounts.tasks.send_reset",
        "SUCCESSFUL",
    )
    assert alone["request"] not in {"-", "abc123abc123"}
    assert reference() == "-"


@pytest.mark.django_db
@pytest.mark.parametrize("written", [JsonFormatter], indirect=True)
def test_a_task_that_fails_says_where(
    run_tasks: Callable[[], None], written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRETS[0])

    monkeypatch.setattr("portrea.web.accounts.departures.loans_end", fail)
    tasks.end_loans.enqueue()
    run_tasks()
    (line,) = lines(written, "portrea.tasks")
    assert (line["level"], line["status"], line["error"]) == (
        "ERROR",
        "FAILED",
        "builtins.RuntimeError",
    )
    assert any("departures" in frame or "test_logs" in frame for frame in line["at"])
    assert leaks(written) == []


@given(st.text(min_size=4, alphabet=st.characters(categories=["L", "N"])))
def test_arguments_that_are_texts_are_hidden(word: str) -> None:
    record = logging.makeLogRecord(
        {"name": "portrea.x", "msg": "%s and %d", "args": (f"{word}-{word}", 3)}
    )
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "… and 3"


def test_what_tells_nothing_is_kept() -> None:
    key = uuid4()
    record = logging.makeLogRecord({"name": "portrea.x", "msg": "%s %s", "args": (key, 2.5)})
    assert f"{key} 2.5" in TextFormatter().format(record)
    record = logging.makeLogRecord({"name": "portrea.x", "msg": "%d", "args": ("x",)})
    assert TextFormatter().format(record).endswith("%d")


def test_fields_out_of_the_list_are_left_out() -> None:
    record = logging.makeLogRecord(
        {"name": "portrea.x", "fields": {"route": "help", "email": SECRETS[0]}}
    )
    assert SECRETS[0] not in JsonFormatter().format(record)
    assert '"route": "help"' in JsonFormatter().format(record)


def test_other_libraries_say_only_where() -> None:
    try:
        int(SECRETS[1])
    except ValueError:
        record = logging.makeLogRecord(
            {"name": "granian", "msg": SECRETS[0], "pathname": "/x/y/file.py", "lineno": 7,
             "exc_info": sys.exc_info()}
        )  # fmt: skip
    text = TextFormatter().format(record)
    assert "file.py:7" in text
    assert not any(secret in text for secret in SECRETS)


def test_the_site_writes_as_tested() -> None:
    """Root of the journal in production: one handler, one of the two formatters, nothing mailed."""
    from django.conf import settings

    kinds = {card["()"] for card in settings.LOGGING["formatters"].values()}
    assert kinds <= {
        f"portrea.web.operation.logs.lines.{kind}Formatter" for kind in ("Json", "Text")
    }
    assert logging.getLogger("django").handlers == []
