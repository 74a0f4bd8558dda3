"""The matrix: read from one file, asked everywhere, bounded by territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from portrea.web.accounts.matrix import Scope, matrix, read_matrix
from portrea.web.accounts.permissions import (
    SYSTEM,
    VISITOR,
    Actor,
    On,
    RefusedError,
    act,
    may,
    may_somewhere,
    reach,
    require,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

MONTFORT = "commune:35188"
MONTFORT_EPCI = "epci:243500550"
REDON = "epci:243500741"


@pytest.fixture
def demo(demo_home: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_home


def test_the_file_is_complete() -> None:
    for name, row in matrix().acts.items():
        assert row.label, name
        assert row.definition.endswith("."), name
        assert row.scopes, name
        assert row.scopes.get("administrateur") is Scope.EVERYWHERE, name


def test_elected_people_read_and_do_not_write() -> None:
    scopes = {name for name, row in matrix().acts.items() if "elu" in row.scopes}
    assert not {
        name for name in scopes if name.split(".")[1] in {"edit", "merge", "run", "decide"}
    } - {"export.run"}


@pytest.mark.parametrize(
    "text",
    [
        "roles: {a: {label: A, definition: A, gives: [b]}}\nacts: {}",
        "roles: {a: {label: A, definition: A}}\nacts: {x: {label: X, definition: X, b: partout}}",
        "roles: {a: {label: A, definition: A}}\nacts: {x: {label: X, definition: X, a: ici}}",
    ],
)
def test_a_fault_of_the_file_is_seen(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|ici"):
        read_matrix(text)


CASES = [
    # roles, act, territory, structure, allowed
    ("referent epci:243500550", "place.edit", MONTFORT, "", True),
    ("referent epci:243500550", "place.edit", "iris:352380101", "", False),
    ("referent departement:35", "place.edit", MONTFORT, "", True),
    ("referent departement:35", "place.edit", "commune:22278", "", False),
    ("referent departement:35", "place.edit", MONTFORT_EPCI, "", True),
    ("referent region:53", "place.edit", "departement:35", "", True),
    ("referent epci:243500550", "place.edit", "departement:35", "", False),
    ("referent epci:243500550", "place.edit", None, "", False),
    ("referent commune:35188", "place.edit", MONTFORT_EPCI, "", False),
    ("referent epci:243500550", "retention.run", MONTFORT, "", False),
    ("elu epci:243500550", "journal.read", MONTFORT, "", True),
    ("elu epci:243500550", "place.edit", MONTFORT, "", False),
    ("technicien epci:243500550", "import.run", MONTFORT, "", True),
    ("technicien epci:243500550", "proposal.decide", MONTFORT, "", False),
    ("acteur commune:35188", "place.edit", MONTFORT, "ccas-montfort", True),
    ("acteur commune:35188", "place.edit", MONTFORT, "mairie", False),
    ("acteur commune:35188", "place.edit", MONTFORT, "", False),
    ("acteur commune:35188", "place.propose", "commune:22278", "mairie", True),
    ("administrateur", "retention.run", None, "", True),
    ("inconnu france:FR", "place.edit", MONTFORT, "", False),
]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_role_by_territory(person: Callable[..., User], case: tuple[str, ...]) -> None:
    roles, name, territory, structure, allowed = case
    user = person(roles, structure="ccas-montfort" if roles.startswith("acteur") else "")
    assert may(user, name, territory, structure=structure) is allowed
    if not allowed:
        with pytest.raises(RefusedError, match="ne vous est pas permis"):
            require(user, name, territory, structure=structure)


@pytest.mark.usefixtures("demo")
def test_an_epci_across_two_departements_is_in_neither(person: Callable[..., User]) -> None:
    """CC Redon Agglomération: its communes are in départements 35, 44 and 56."""
    user = person("referent departement:44")
    assert not may(user, "place.edit", "epci:243500741")


@pytest.mark.django_db
def test_codes_speak_when_nothing_is_computed(person: Callable[..., User]) -> None:
    user = person("referent departement:35", "referent region:24")
    assert may(user, "place.edit", MONTFORT)
    assert may(user, "place.edit", "iris:352380101")
    assert may(user, "place.edit", "commune:45234")
    assert not may(user, "place.edit", "commune:22278")
    assert not may(user, "place.edit", MONTFORT_EPCI)


def test_visitors_propose_and_no_more() -> None:
    for who in (VISITOR, AnonymousUser(), None):
        assert may(who, "place.propose", MONTFORT)
        assert not may(who, "place.edit", MONTFORT)
        assert not may_somewhere(who, "journal.read")


def test_link_bearer_confirms_her_own_structure() -> None:
    bearer = Actor.link("lien 12", MONTFORT, structure="7")
    assert may(bearer, "place.confirm", MONTFORT, structure="7")
    assert not may(bearer, "place.confirm", MONTFORT, structure="8")
    assert not may(bearer, "place.edit", MONTFORT, structure="7")


def test_the_machine_may() -> None:
    assert may(SYSTEM, "import.run")
    assert may(Actor.source("acceslibre"), "place.edit", MONTFORT)


def test_unknown_act_is_a_bug() -> None:
    with pytest.raises(KeyError):
        may(SYSTEM, "place.explode")
    with pytest.raises(KeyError):
        act("place.explode")


def test_disabled_or_super(person: Callable[..., User]) -> None:
    gone = person("administrateur")
    assert may(gone, "place.edit")
    gone.is_active = False
    assert not may(gone, "place.edit")
    assert may(person(is_superuser=True), "retention.run")


@pytest.mark.usefixtures("demo")
def test_marked_view(person: Callable[..., User]) -> None:
    @act("place.edit", where=lambda _request, code: f"commune:{code}")
    def edit(_request: object, code: str) -> HttpResponse:
        return HttpResponse(code)

    def ask(user: object, code: str = "35188") -> HttpResponse:
        request = RequestFactory().post("/lieux/12/modifier/")
        request.user = user
        return edit(request, code=code)

    assert edit.portrea_act == "place.edit"
    assert ask(person("referent departement:35")).content == b"35188"
    refused = ask(AnonymousUser())
    assert refused.status_code == 302
    assert refused["Location"] == "/connexion/?next=/lieux/12/modifier/"
    with pytest.raises(RefusedError, match="ici"):
        ask(person("referent departement:35"), "22278")
    with pytest.raises(RefusedError, match="aucun de vos rôles"):
        ask(person("elu departement:35"))


@pytest.mark.usefixtures("demo")
def test_marked_service(person: Callable[..., User]) -> None:
    @act("place.edit", where=lambda place, **_: On(place["commune"], place["id"]))
    def place_edit(*, actor: object, place: dict[str, str]) -> str:
        return place["id"]

    place = {"id": "ccas-montfort", "commune": MONTFORT}
    assert place_edit(actor=person("acteur", structure="ccas-montfort"), place=place)
    assert place_edit(actor=SYSTEM, place=place)
    with pytest.raises(RefusedError):
        place_edit(actor=person("acteur", structure="mairie"), place=place)


def test_where_a_list_stops(person: Callable[..., User]) -> None:
    user = person("referent epci:243500550", "elu departement:35")
    assert [grant.key for grant in reach(user, "place.edit")] == [("epci", "243500550")]
    assert len(reach(user, "journal.read")) == 2
