"""Each error says in plain French what happened and what to do, and gives its reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.utils import InterfaceError, OperationalError
from django.http import Http404
from django.shortcuts import render
from django.template.backends.django import Template
from django.test import RequestFactory

from portrea.base.errors import ParameterError, StoreError
from portrea.web.accounts.links import LinkError
from portrea.web.steering import selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

HEAVIEST = 12_000
"""Bytes of a page of error, at most, before compression."""
RAISED = [
    (SuspiciousOperation("?"), 400),
    (ParameterError("La mesure « z » n’existe pas."), 400),
    (PermissionDenied(), 403),
    (Http404(), 404),
    (LinkError("Ce lien a servi."), 410),
    (RuntimeError("detail@exemple.org"), 500),
    (StoreError("Aucun calcul."), 503),
    (OperationalError("password authentication failed for user jeanne"), 503),
    (InterfaceError("connection already closed"), 503),
]


@pytest.fixture
def failing(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Answer of a page where an exception is raised."""

    def ask(error: Exception, **headers: str) -> HttpResponse:
        def fail() -> None:
            raise error

        monkeypatch.setattr(selectors, "datasets", fail)
        client.raise_request_exception = False
        return client.get("/sources/", headers=headers)

    return ask


def helps(answer: Any) -> str:
    """Check what every page of error gives, and return it."""
    page = answer.content.decode()
    assert page.count("<h1") == 1
    assert f"Référence de cette demande\u00a0: {answer['X-Request-ID']}" in page
    assert "<script" not in page
    assert len(answer.content) < HEAVIEST
    assert not re.search(r"\b(Traceback|Exception|Error|None)\b", page)
    return page


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status"), RAISED, ids=lambda one: type(one).__name__)
def test_page(failing: Callable[..., Any], error: Exception, status: int) -> None:
    answer = failing(error)
    assert answer.status_code == status
    page = helps(answer)
    assert "/orientation/" in page
    assert "jeanne" not in page
    assert "detail@" not in page


@pytest.mark.django_db
def test_too_heavy(client: Client) -> None:
    answer = client.post("/connexion/", b"x", content_type="text/plain", CONTENT_LENGTH=30_000_000)
    assert answer.status_code == 413
    helps(answer)


@pytest.mark.django_db
def test_too_often() -> None:
    answer = render(RequestFactory().get("/"), "offer/too_many.html", {"minutes": 2, "kept": True})
    page = answer.content.decode()
    assert "Référence de cette demande" in page
    assert "Réessayez dans 2 minutes" in page
    assert "vos réponses y sont encore" in page


@pytest.mark.django_db
def test_the_contact_is_given(failing: Callable[..., Any], settings: SettingsWrapper) -> None:
    assert "mailto:" not in helps(failing(PermissionDenied()))
    settings.PORTREA_CONTACT = "aide@exemple.fr"
    assert 'href="mailto:aide@exemple.fr"' in helps(failing(PermissionDenied()))


@pytest.mark.django_db
def test_a_fault_of_the_templates_too(
    failing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of faults itself fails: a page without anything says the same."""

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(Template, "render", fail)
    answer = failing(ValueError("x"))
    assert answer.status_code == 500
    page = helps(answer)
    assert "Une panne est survenue" in page
    assert '<html lang="fr">' in page
    assert 'name="viewport"' in page


@pytest.mark.django_db
def test_without_a_database_the_fault_is_said(failing: Callable[..., Any]) -> None:
    """The page and its reference need nothing that a database would say."""
    answer = failing(OperationalError("no server"))
    assert answer.status_code == 503
    assert "ne joint pas sa base" in helps(answer)


@pytest.mark.django_db
def test_a_fault_without_a_database(
    failing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        answer = failing(ValueError("x"))
    assert answer.status_code == 500
    assert "Une panne est survenue" in helps(answer)
