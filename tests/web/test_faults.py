"""Nothing ends in a bare page: every fault is said in French, with a reference."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError

from portrea.base.errors import DataError, Diagnostic, SecrecyError
from portrea.web.steering import selectors

if TYPE_CHECKING:
    from django.test import Client

FAULTS = [
    (DataError("Le fichier x est illisible.", remedy="Rechargez-le."), 500, "Rechargez-le."),
    (
        DataError("Fautes.", diagnostics=(Diagnostic("c", "valeur vide", row=3),)),
        500,
        "ligne 3 : valeur vide",
    ),
    (SecrecyError("Zone trop petite."), 403, "secret statistique"),
    (PermissionDenied(), 403, "Accès refusé"),
    (SuspiciousOperation("?"), 400, "Demande mal comprise"),
    (RuntimeError("secret detail"), 500, "Une panne est survenue"),
    (OSError(errno.ENOSPC, "secret detail"), 507, "Le disque du site est plein"),
    (OperationalError("secret detail: database or disk is full"), 507, "vos réponses y sont"),
    (OperationalError("secret detail"), 503, "ne joint pas sa base de données"),
]


@pytest.mark.parametrize(("error", "status", "words"), FAULTS, ids=lambda x: type(x).__name__)
def test_fault(
    site: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(selectors, "datasets", fail)
    site.raise_request_exception = False
    answer = site.get("/sources/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert f"Référence de cette demande\u00a0: {answer['X-Request-ID']}" in page
    assert "secret detail" not in page
    assert '<html lang="fr"' in page


@pytest.mark.django_db  # the page of a territory looks for an edition first
@pytest.mark.parametrize(
    "address", ["/", "/territoires/", "/carte/", "/territoires/commune/35188/"]
)
def test_empty_store_says_what_to_run(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 503
    assert "portrea compute" in answer.content.decode()


@pytest.mark.django_db
def test_editorial_pages_need_no_store(client: Client) -> None:
    for address in ("/methode/", "/aide/", "/accessibilite/", "/sources/"):
        assert client.get(address).status_code == 200


def test_unknown_address(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Page introuvable" in answer.content.decode()


@pytest.mark.django_db
def test_health(site: Client) -> None:
    answer = site.get("/sante/")
    assert answer.status_code == 200
    assert answer.json()["base"] == "ok"


@pytest.mark.django_db
def test_health_without_computation(client: Client) -> None:
    answer = client.get("/sante/")
    assert answer.status_code == 503
    assert "Aucun calcul" in answer.json()["magasin"]
