"""Every address that writes asks the matrix: the list is walked, not written by hand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from portrea.web.accounts.matrix import ANYONE, CONNECTED, matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from portrea.web.accounts.models import User

WITHOUT_ACT = {
    "login": "connects: nobody has a role before; throttled by address and by visitor",
    "login-link": "sends an e-mail to the owner of the account only; throttled",
    "login-link-use": "the link of the e-mail is the permission; used once, a quarter of an hour",
    "login-code": "the password or the link came before, in the same session; throttled",
    "login-factor": "the same",
    "logout": "only ends the session of the browser that asks",
    "forgotten": "sends an e-mail to the owner of the account only; throttled",
    "password-new": "the signed link of the e-mail is the permission; used once, one day",
    "confirm": "the signed link of the e-mail is the permission; the service asks place.confirm",
    "confirm-correct": "the signed link is the permission; the service asks place.propose",
    "confirm-refuse": "the signed link is the permission to stop writing to that address",
    "handover-received": "the signed link is the permission to answer that orientation",
    "handover-silence": "the signed link is the permission to stop writing to that address",
    "invitation": "the signed link is the permission, and who invited is asked again",
}
"""Routes that write without an act of the matrix, and why."""
FROM_PROGRAMS = {
    "odk-submission": "ODK clients have no cookie; the answer is anonymous whoever is connected",
    "odk-invited-submission": "the same, with the code of an invitation",
    "odk-day-submission": "the same, for all the surveys of a day",
    "surveys-collect-send": "what phones kept without network; their page has no cookie",
    "dates": "« Mes dates » holds no cookie and writes nothing",
    "dates-calendar": "the same",
    "dates-remind": "the same page; what is kept is told by the request itself, and throttled",
    "rights-hint": "the hint of rights holds no cookie and writes nothing",
    "rights-leave": "the same: it ends a visit that the page itself tells",
    "rights-take": "the same",
    "rights-paper": "the same",
    "rights-file": "the same",
    "reminder-stop": "mail programs stop in one click (RFC 8058); the link is the permission",
}
"""Routes that ask for no CSRF token, and why: nothing of the session is used."""
ANSWERS_FOR_THEM = {
    "admin": "Django's administration asks is_staff and its own permissions",
    "api": "no session: a key is asked of what writes (tests/web/api/test_proposals.py)",
}
"""Namespaces whose routes are not ours."""
SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the site with its path, but those of other people's apps."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace not in ANSWERS_FOR_THEM:
                yield from routes(entry, path)
        else:
            yield path, entry


def layers(view: Any) -> Iterator[Any]:
    """A view and the functions its decorators enclose."""
    waiting, seen = [view], set()
    while waiting:
        function = waiting.pop()
        if not callable(function) or id(function) in seen:
            continue
        seen.add(id(function))
        yield function
        waiting += [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
        waiting.append(getattr(function, "__wrapped__", None))


def methods(view: Any) -> set[str]:
    """Methods that a view accepts; all of them unless a decorator says otherwise."""
    kind = getattr(view, "view_class", None)
    if kind is not None:
        return {name.upper() for name in kind.http_method_names if hasattr(kind, name)}
    for function in layers(view):
        code = getattr(function, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            cell = function.__closure__[code.co_freevars.index("request_method_list")]
            return set(cell.cell_contents)
    return {"GET", "POST", "PUT", "PATCH", "DELETE"}


def act_of(view: Any) -> str:
    return next((f.portrea_act for f in layers(view) if hasattr(f, "portrea_act")), "")


@cache
def writers() -> dict[str, tuple[str, Any]]:
    """Name of the route → (path, view), for those that accept a method that writes."""
    return {
        entry.name or path: (path, entry.callback)
        for path, entry in routes()
        if methods(entry.callback) - {"GET", "HEAD", "OPTIONS"}
    }


def address(path: str) -> str:
    """Fill the converters of a route with what they accept."""
    parts = []
    for part in path.split("<"):
        if ">" not in part:
            parts.append(part)
            continue
        converter, rest = part.split(">", 1)
        parts.append(SAMPLES.get(converter.split(":")[0], "x") + rest)
    return "/" + "".join(parts)


def test_the_walk_finds_the_routes() -> None:
    assert {"login", "invite", "role-remove", "account-close"} <= set(writers())
    assert "journal" not in writers()
    assert "home" not in writers()


def test_every_route_that_writes_has_its_act_or_its_reason() -> None:
    missing = [name for name, (_, view) in writers().items() if not act_of(view)]
    assert sorted(missing) == sorted(set(missing) & set(WITHOUT_ACT)), "add @act(…) to these"
    assert set(WITHOUT_ACT) <= set(missing), "these reasons are no longer needed"


def test_the_acts_are_in_the_matrix() -> None:
    assert {act_of(view) for _, view in writers().values()} - {""} <= set(matrix().acts)


@pytest.mark.django_db
def test_every_act_refuses_who_has_no_role(client: Client, connected: Callable[..., User]) -> None:
    """Asked for real: led to the connection page without account, refused without role."""
    guarded = {
        name: address(path)
        for name, (path, view) in writers().items()
        if (act := act_of(view)) and not {ANYONE, CONNECTED} & set(matrix().acts[act].scopes)
    }
    assert guarded
    for name, path in guarded.items():
        answer = client.post(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/connexion/"), name
    connected()
    for name, path in guarded.items():
        assert client.post(path).status_code == 403, name


@pytest.mark.django_db
def test_forms_refuse_what_another_site_sends(connected: Callable[..., User]) -> None:
    from django.test import Client

    user = connected("administrateur")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for name in FROM_PROGRAMS:
        path, view = writers()[name]
        assert matrix().acts[act_of(view)].scopes[ANYONE], name
        assert strict.post(address(path)).status_code in {400, 404}, name
    for name in set(writers()) - set(FROM_PROGRAMS):
        path, _view = writers()[name]
        answer = strict.post(address(path))
        assert answer.status_code == 403, name
        assert "resté ouvert trop longtemps" in answer.content.decode(), name
