"""Every address × every role × one's own, the neighbour's, another territory: roles.yaml decides.

What an address asks is written by hand in ``cases/accounts/doors.yaml``: a view that forgot its
act, or asks another one, is seen. Views are called as the site calls them, without their templates:
only the door is judged, and whatever a view wrote is undone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.template.backends.django import Template
from django.test import RequestFactory

from portrea.base.errors import PortreaError
from portrea.web.accounts.matrix import NOT_GIVEN
from web.accounts.test_routes import address, methods, routes
from web.accounts.world import (
    ASKED,
    World,
    arguments,
    asked,
    everything,
    is_about_an_object,
    samples,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

CASES = Path(__file__).parents[2] / "cases/accounts"
DOORS = yaml.safe_load((CASES / "doors.yaml").read_text("utf-8"))
ROLES = yaml.safe_load(
    (Path(__file__).parents[3] / "src/portrea/web/accounts/roles.yaml").read_text("utf-8")
)
HOME = "epci:243500550"
WHERES = ("OURS", "NEXT", "AWAY")
PEOPLE = [name for name in ROLES["roles"] if name not in NOT_GIVEN]


class Door(NamedTuple):
    """An address, a method, what it asks."""

    name: str
    path: str
    view: Any
    method: str
    act: str


def declared(kind: str) -> dict[str, str]:
    """Address → act that it asks, for « read » or « write »."""
    return {name: act for act, card in DOORS["acts"].items() for name in card.get(kind, ())}


def doors() -> Iterator[Door]:
    """Every door that asks an act."""
    acts = {"GET": declared("read"), "POST": declared("write")}
    for path, entry in routes():
        name = entry.name or path
        for method, known in acts.items():
            if name in known:
                yield Door(name, path, entry.callback, method, known[name])


def scope_of(role: str, act: str) -> str | None:
    """How far a role may do an act, as the file says it: what comes to everyone is included."""
    card = ROLES["acts"][act]
    found = [card.get(role), card.get("visiteur")]
    if role != "visiteur":
        found.append(card.get("compte"))
    return next((scope for scope in ("partout", "territoire", "structure") if scope in found), None)


def test_every_address_is_declared() -> None:
    """Add a new address to tests/cases/accounts/doors.yaml, with the act it asks."""
    reads, writes = declared("read"), declared("write")
    free = {*DOORS["open"], *DOORS["link"], *DOORS["key"]}
    for path, entry in routes():
        name, accepted = entry.name or path, methods(entry.callback)
        if name in free:
            assert name not in reads.keys() | writes.keys(), name
            continue
        if "GET" in accepted:
            assert name in reads, f"{name} ({path}) : say in doors.yaml who reads it"
        if accepted - {"GET", "HEAD", "OPTIONS"}:
            assert name in writes, f"{name} ({path}) : say in doors.yaml who writes by it"


def test_what_is_declared_exists() -> None:
    known = {entry.name or path for path, entry in routes()}
    named = {*DOORS["open"], *DOORS["link"], *DOORS["key"], *declared("read"), *declared("write")}
    assert named <= known, sorted(named - known)
    assert set(DOORS["acts"]) <= set(ROLES["acts"])


@pytest.fixture
def without_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page be empty: what it asks of the base is asked all the same."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: "")


@pytest.fixture
def worlds(
    demo_home: Path, settings: SettingsWrapper, person: Callable[..., User]
) -> dict[str, World]:
    settings.PORTREA_HOME = demo_home
    made = {name: World(name, person()) for name in WHERES}
    for world in made.values():
        everything(world)
    return made


@pytest.fixture
def people(worlds: dict[str, World], person: Callable[..., User]) -> dict[str, Any]:
    """One person for each role, on the territory of the test."""
    found: dict[str, Any] = {"visiteur": AnonymousUser(), "compte": person()}
    for role in PEOPLE:
        if role == "acteur":
            found[role] = person("acteur commune:35188", structure=worlds["OURS"].structure)
        else:
            found[role] = person(role if role == "administrateur" else f"{role} {HOME}")
    return found


def knock(door: Door, who: Any, told: dict[str, Any], said: dict[str, str]) -> str:
    """Try a door, and undo what it did: « in », « login », « refused », « unknown ».

    « beyond » is a fault met behind the door: the objects of the test are not complete.
    """
    factory = RequestFactory()
    request = getattr(factory, door.method.lower())(address(door.path), said)
    request.user, request.session = who, SessionStore()
    request._messages = CookieStorage(request)
    try:
        with transaction.atomic():
            try:
                answer = door.view(request, **told)
            finally:
                transaction.set_rollback(True)
    except PermissionDenied:
        return "refused"
    except Http404:
        return "unknown"
    except (PortreaError, LookupError, OSError, ValueError):
        return "beyond"
    if answer.status_code == 302 and answer["Location"].startswith("/connexion/"):
        return "login"
    return {403: "refused", 404: "unknown"}.get(answer.status_code, "in")


def expected(role: str, scope: str | None, where: str) -> set[str]:
    """What the file says that the door must answer."""
    if scope is None:
        return {"login"} if role == "visiteur" else {"refused"}
    reached = {"partout": True, "territoire": where != "AWAY", "structure": where == "OURS"}
    return {"in", "beyond"} if reached[scope] else {"refused", "unknown"}


def exception(door: Door, scope: str | None, where: str) -> set[str]:
    """What ``doors.yaml`` says of the few addresses that are stricter or wider than their act."""
    stays, enters = {"refused", "unknown"}, {"in", "beyond"}
    rules: dict[str, set[str]] = {
        "sender": enters if (scope, where) == ("structure", "OURS") else stays,
        "territorial": stays if scope == "structure" else set(),
        "anywhere": enters,
        "shared": (stays if where == "AWAY" else enters) if scope == "structure" else set(),
        "whole": stays if (scope, door.method) == ("territoire", "POST") else set(),
    }
    told = (answer for rule, answer in rules.items() if door.name in DOORS[rule])
    return next(told, set()) if scope else set()


def wrong(door: Door, role: str, who: Any, worlds: dict[str, World]) -> Iterator[str]:
    """Tell where a door does not answer what the file says, for a role."""
    if ROLES["acts"][door.act].get("visiteur"):
        answer = knock(door, who, samples(door.path), {})
        if answer in {"login", "refused"} and door.name not in DOORS["begun"]:
            yield f"{door.method} {door.name} [{door.act}] {role}: {answer}, open to anyone"
        return
    scope = scope_of(role, door.act)
    about = scope is not None and (is_about_an_object(door.path) or door.name in ASKED)
    for where in WHERES if about else WHERES[:1]:
        wanted = expected(role, scope, where)
        wanted = exception(door, scope, where) or wanted
        if "in" in wanted and door.name in DOORS["empty"]:
            wanted |= {"unknown"}
        world = worlds[where]
        answer = knock(door, who, arguments(door.path, world), asked(door.name, world))
        if answer not in wanted:
            yield f"{door.method} {door.name} [{door.act}] {role} {where}: {answer}, not {wanted}"


@pytest.mark.usefixtures("without_templates")
def test_every_door(worlds: dict[str, World], people: dict[str, Any]) -> None:
    """All roles at once: the objects are made once."""
    faults = [
        fault
        for role, who in people.items()
        for door in doors()
        for fault in wrong(door, role, who, worlds)
    ]
    assert faults == [], "\n".join(faults)


LISTS = 20
"""Lists that show something of the other territory to who may see everything, at least."""


@pytest.mark.usefixtures("lenient_templates")
def test_lists_show_nothing_of_elsewhere(
    demo_home: Path, settings: SettingsWrapper, client: Client, person: Callable[..., User]
) -> None:
    """Pages that name no object, seen whole: the words of another territory are not on them."""
    settings.PORTREA_HOME = demo_home
    everything(World("AWAY", person()))
    client.raise_request_exception = False
    shown: dict[str, set[str]] = {}
    for role, who in (("referent", person(f"referent {HOME}")), ("all", person("administrateur"))):
        client.force_login(who)
        pages = {door.name: client.get(address(door.path)) for door in lists()}
        shown[role] = {name for name, answer in pages.items() if b"Ailleurs" in body_of(answer)}
    assert shown["referent"] == set()
    assert len(shown["all"]) >= LISTS


def lists() -> Iterator[Door]:
    """Doors that read without naming an object, for the roles of a territory."""
    for door in doors():
        read = door.method == "GET" and "<" not in door.path and not is_about_an_object(door.path)
        if read and scope_of("referent", door.act) == "territoire":
            yield door


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
