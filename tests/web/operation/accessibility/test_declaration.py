"""The declaration is « non conforme » until a person has filled in a whole audit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.design import compliance
from portrea.web.operation.accessibility import erasing, selectors, services
from portrea.web.operation.accessibility.criteria import criteria
from portrea.web.operation.accessibility.models import AccessibilityAudit, AccessibilityVerdict
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
SAVED = {"constat-8-1": "C", "constat-8-3": "NC", "note-8-3": "langue absente"}


def whole(verdicts: dict[str, str]) -> AccessibilityAudit:
    """An audit filled in: « C » but for the criteria told, not respected on the first page."""
    audit = services.audit_open(actor=SYSTEM)
    pages = [page.name for page in selectors.pages_of(audit)]
    AccessibilityVerdict.objects.bulk_create(
        AccessibilityVerdict(
            audit=audit,
            page=page,
            criterion=number,
            verdict=verdicts.get(number, "C") if page == pages[0] else "C",
            comment="défaut",
        )
        for page in pages
        for number in criteria()
    )
    return audit


def test_without_audit_the_site_is_not_conforming(client: Client) -> None:
    page = client.get("/accessibilite/").content.decode()
    assert "Accessibilité\N{NO-BREAK SPACE}: non conforme" in page
    assert "aucun taux" in page
    assert "Défenseur des droits" in page
    told = client.get("/accessibilite/declaration.json").json()
    assert (told["state"], told["rate"], len(told["criteria"])) == ("non", None, 106)


def test_the_criteria_are_shown_with_how_each_is_tried(client: Client) -> None:
    page = client.get("/accessibilite/criteres/").content.decode()
    assert page.count('<th scope="row">') == 106
    assert "color-contrast" in page
    assert "tests/browser/test_site.py::test_keyboard_path" in page


def test_an_unfinished_audit_is_not_published(client: Client) -> None:
    audit = whole({})
    audit.verdicts.filter(criterion="1.1").first().delete()
    with pytest.raises(DataError, match="Il manque 1 constat"):
        services.audit_publish(actor=SYSTEM, tools="NVDA 2026.1")
    assert client.get("/accessibilite/declaration.json").json()["rate"] is None


def test_one_failing_page_fails_the_criterion(
    client: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    whole({"1.1": "NC", "3.2": "NC"})
    with django_capture_on_commit_callbacks(execute=True):
        services.audit_publish(actor=SYSTEM, tools="NVDA 2026.1, Firefox")
    told = client.get("/accessibilite/declaration.json").json()
    assert (told["state"], told["respected"], told["applicable"]) == ("partiellement", 104, 106)
    assert told["rate"] == 98.1
    assert [one["criterion"] for one in told["faults"]] == ["1.1", "3.2"]
    assert (
        "Accessibilité\N{NO-BREAK SPACE}: partiellement conforme"
        in client.get("/aide/").content.decode()
    )


def test_a_declaration_ends_after_three_years(
    client: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with time_machine.travel("2026-02-27", tick=False):
        whole({})
        with django_capture_on_commit_callbacks(execute=True):
            audit = services.audit_publish(actor=SYSTEM, tools="NVDA")
    assert selectors.valid_until(audit) == date(2029, 2, 27)
    with time_machine.travel("2029-02-27", tick=False):
        assert client.get("/accessibilite/declaration.json").json()["state"] == "totalement"
        assert compliance.state() == "totalement"
    with time_machine.travel("2029-02-28", tick=False):
        assert client.get("/accessibilite/declaration.json").json()["state"] == "non"
        assert compliance.state() == "non"


def test_a_broken_file_says_non() -> None:
    compliance.declare("totalement", timezone.localdate())
    assert compliance.state() == "totalement"
    for broken in ("", "{}", "[]", '{"state": "parfait", "until": "2090-01-01"}'):
        compliance._path().write_text(broken, "utf-8")
        assert compliance.state() == "non", broken


def test_a_person_fills_in_a_theme(client: Client, connected: Callable[..., User]) -> None:
    connected("administrateur")
    assert client.get("/espace/accessibilite/").status_code == 200
    client.post("/espace/accessibilite/ouvrir/")
    address = "/espace/accessibilite/accueil/8/"
    assert "Langue" not in client.get(address).content.decode()
    refused = client.post(address, {"constat-8-3": "NC"})
    assert refused.status_code == 400
    assert "dites ce qui n’est pas conforme" in refused.content.decode()
    assert not AccessibilityVerdict.objects.exists()
    client.post(address, SAVED)
    rows = AccessibilityVerdict.objects.values_list("page", "criterion", "verdict", "comment")
    assert set(rows) == {
        ("accueil", "8.1", "C", ""),
        ("accueil", "8.3", "NC", "langue absente"),
    }
    client.post(address, {"constat-8-1": "", "constat-8-3": "C"})
    assert AccessibilityVerdict.objects.get().verdict == "C"
    told = client.get("/espace/accessibilite/").content.decode()
    assert "1 / 10" in told
    answer = client.post("/espace/accessibilite/publier/", {"tools": "NVDA"})
    assert answer.status_code == 400
    assert "Il manque" in answer.content.decode()


@pytest.mark.parametrize("path", ["inconnue/8", "accueil/14"])
def test_what_is_not_in_the_sample_is_not_found(
    client: Client, connected: Callable[..., User], path: str
) -> None:
    connected("administrateur")
    client.post("/espace/accessibilite/ouvrir/")
    assert client.get(f"/espace/accessibilite/{path}/").status_code == 404


def test_a_national_number_is_refused() -> None:
    services.audit_open(actor=SYSTEM)
    with pytest.raises(DataError, match="Portrea ne le garde jamais"):
        services.verdicts_save(
            actor=SYSTEM, page="accueil", told={"8.3": ("NC", "mot de passe : Soleil!2024")}
        )


def test_only_who_may(person: Callable[..., User]) -> None:
    with pytest.raises(RefusedError):
        services.audit_open(actor=person("referent departement:35"))


def test_one_audit_at_a_time() -> None:
    assert services.audit_open(actor=SYSTEM) == services.audit_open(actor=SYSTEM)


def test_who_opened_it_is_forgotten_after_three_years(person: Callable[..., User]) -> None:
    audit = services.audit_open(actor=person("administrateur"))
    later = timezone.now() + timedelta(days=1)
    assert erasing.authors(later - timedelta(days=2), dry_run=False) == 0
    assert erasing.authors(later, dry_run=True) == 1
    assert erasing.authors(later, dry_run=False) == 1
    audit.refresh_from_db()
    assert audit.by is None
