"""Every service × every role: a page forgotten by a decorator would still be stopped here."""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import portrea.web
from portrea.web.accounts.matrix import NOT_GIVEN
from portrea.web.accounts.permissions import VISITOR, Actor, RefusedError
from portrea.web.api.interface import interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

ROLES = yaml.safe_load(
    (Path(__file__).parents[3] / "src/portrea/web/accounts/roles.yaml").read_text("utf-8")
)
ASK_BY_ANOTHER = {
    "accounts.journal.record": "tells what a service did, asks nothing",
    "offer.services.loading.census_load": "each list loaded asks import.run",
    "offer.services.places.place_close": "all three ask place.remove in _status",
    "offer.services.places.place_reopen": "the same",
    "offer.services.places.place_hide": "the same",
    "offer.services.proposals.proposals_decide": "asks for each proposal, and says which it cannot",
    "offer.services.reading_over.place_locate": "all three write by place_fix, which asks",
    "offer.services.reading_over.hours_confirm": "the same",
    "offer.services.reading_over.hours_correct": "the same",
    "steering.services.opendata.work_do": "does what versions_freeze and datagouv_publish ask",
    "surveys.services.coding.codebook_import": "writes by codebook_add, which asks",
    "surveys.services.coding.codebook_propose": "the same",
}
"""Services without a question of their own, and why."""


@cache
def services() -> dict[str, Any]:
    """Every public function of the site that takes an actor: name → function."""
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(portrea.web.__path__, "portrea.web."):
        if {"migrations", "settings", "wsgi"} & set(module.name.split(".")):
            continue  # « wsgi » would serve: its thread would read the database of every later test
        for name, function in vars(import_module(module.name)).items():
            ours = getattr(function, "__module__", "") == module.name and not name.startswith("_")
            if ours and inspect.isfunction(function):
                told = inspect.signature(function).parameters.get("actor")
                if told is not None and told.kind is inspect.Parameter.KEYWORD_ONLY:
                    found[f"{module.name}.{name}".removeprefix("portrea.web.")] = function
    return found


def act_of(service: Any) -> str:
    return getattr(service, "portrea_act", "")


def least(service: Any, actor: Any) -> dict[str, Any]:
    """Arguments to call a service with: only the question comes before they are looked at."""
    names = [name for name in inspect.signature(service).parameters if name != "actor"]
    return {"actor": actor, **dict.fromkeys(names)}


def test_the_walk_finds_the_services() -> None:
    assert len(services()) > 200
    assert {"accounts.services.role_give", "offer.services.places.place_fix"} <= set(services())


def test_every_service_asks_or_says_who_asks() -> None:
    without = {
        name
        for name, service in services().items()
        if not act_of(service) and "require(" not in inspect.getsource(service)
    }
    assert without <= set(ASK_BY_ANOTHER), "add @act(…) to these"
    assert set(ASK_BY_ANOTHER) <= without, "these reasons are no longer needed"


LESSER = [name for name in ROLES["roles"] if name not in {*NOT_GIVEN, "administrateur"}]


WITHOUT_ACCOUNT = {"visiteur": VISITOR, "contributeur": Actor.link("lien", "departement:35")}


@pytest.mark.parametrize("role", [*WITHOUT_ACCOUNT, "compte", *LESSER])
def test_every_service_refuses_who_may_nowhere(role: str, person: Callable[..., User]) -> None:
    """Roles and acts are read from the file; nothing is looked at before the question."""
    given = {"visiteur", role} if role in WITHOUT_ACCOUNT else {"visiteur", "compte", role}
    who = WITHOUT_ACCOUNT.get(role) or person(*({role} - {"compte"}))
    closed = [
        service
        for service in services().values()
        if act_of(service) and not given & set(ROLES["acts"][act_of(service)])
    ]
    assert closed
    for service in closed:
        with pytest.raises(RefusedError):
            service(**least(service, who))


@pytest.mark.parametrize("role", ["compte", *LESSER, "administrateur"])
def test_a_session_is_nothing_to_the_interface(
    site: Client, connected: Callable[..., User], role: str
) -> None:
    """What writes, or reads more than everyone, asks a key: whoever is connected."""
    connected(*({role} - {"compte"}))
    assert written() == {"/api/v1/proposals"}
    assert site.post("/api/v1/proposals", {}, "application/json").status_code == 401
    assert site.get("/api/coop/activites").status_code == 401


def written() -> set[str]:
    """Addresses of the interface that write."""
    told = interface.get_openapi_schema()["paths"]
    return {path for path, card in told.items() if set(card) - {"get", "head", "options"}}
