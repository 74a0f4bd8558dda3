"""What surrounds every answer: state, other sites, limit, methods, formats, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from portrea.base import errors
from portrea.web.api import limits, views
from portrea.web.api.problems import _BY_ERROR, _KIND, KINDS
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.offer.models import Place

    Ask = Callable[..., Any]

PROBLEM = {"type", "title", "status", "detail", "remedy", "instance", "code", "exit_code",
           "request", "errors"}  # fmt: skip


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told: dict[str, Any] = answer.json()
    assert set(told) == PROBLEM
    assert (told["status"], told["code"]) == (status, code)
    assert told["detail"]
    assert told["remedy"]
    assert told["type"].endswith(f"/api/#erreur-{code}")
    assert answer["Access-Control-Allow-Origin"] == "*"
    return told


# -- state -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["needs?territoire=commune:35238", "places", "procedures"])
def test_what_has_not_changed_is_not_sent_again(
    address: str, api: Ask, census: Callable[..., list[Place]]
) -> None:
    census(2)
    first = api(address)
    again = api(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert api(address, headers={"If-None-Match": '"autre"'}).status_code == 200


def test_a_changed_place_changes_the_state(api: Ask, census: Callable[..., list[Place]]) -> None:
    [place] = census(1)
    listed, one = api("places"), api(f"places/{place.pk}")
    applied(record("0", phone="+33299000000"), whole=False)
    for before, address in ((listed, "places"), (one, f"places/{place.pk}")):
        after = api(address, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert "+33299000000" in after.content.decode()


def test_a_removed_place_is_told_even_to_who_only_gives_a_date(
    api: Ask, census: Callable[..., list[Place]]
) -> None:
    """A removal leaves no date behind: the date alone never answers for a list of places."""
    place, _other = census(2)
    first = api("places")
    place.delete()
    after = api("places", headers={"If-Modified-Since": first["Last-Modified"]})
    assert after.status_code == 200
    assert len(after.json()["items"]) == 1


def test_the_date_answers_for_the_computation(api: Ask) -> None:
    first = api("needs?territoire=commune:35238")
    kept = api(
        "needs?territoire=commune:35238", headers={"If-Modified-Since": first["Last-Modified"]}
    )
    assert kept.status_code == 304


# -- methods, formats, other sites -----------------------------------------------------------------


def test_head_tells_the_headers(api: Ask, site: Client) -> None:
    head, whole = site.head("/api/v1/procedures"), api("procedures")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_another_site_may_ask(site: Client) -> None:
    asked = site.options(
        "/api/v1/proposals",
        headers={"Origin": "https://mairie.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization"},
    )  # fmt: skip
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked["Access-Control-Allow-Methods"]
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    read = site.get("/api/v1/procedures", headers={"Origin": "https://mairie.example"})
    assert read["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in read
    assert "ETag" in read["Access-Control-Expose-Headers"]
    assert read["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not read.cookies


def test_pages_are_left_alone(site: Client) -> None:
    page = site.get("/api/")
    assert "Access-Control-Allow-Origin" not in page
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "post"])
def test_other_methods_are_refused(method: str, site: Client) -> None:
    options = {"content_type": "application/json"} if method != "trace" else {}
    answer = getattr(site, method)("/api/v1/places", **options)
    told = refused(answer, 405, "methode")
    assert answer["Allow"]
    assert "Allow" in told["remedy"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/json", 200), ("*/*", 200), ("application/*;q=0.5", 200), ("text/csv", 406),
     ("application/problem+json", 200)],
)  # fmt: skip
def test_only_json_is_answered(accept: str, status: int, api: Ask) -> None:
    answer = api("procedures", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        refused(answer, 406, "format")


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "code", "words"),
    [
        ("places?teritoire=35", 400, "parametre", "teritoire"),
        ("sources?x=1", 400, "parametre", "« x »"),
        ("places?q=a&q=b", 400, "parametre", "2 fois"),
        ("places?q=%00", 400, "parametre", "ne se voit pas"),
        ("places/a%00b", 400, "parametre", "ne se voit pas"),
        ("places?q=" + "a" * 5000, 400, "parametre", "caractères"),
        ("places?taille=99999999999999999999999", 422, "validation", "taille"),
        ("places?taille=0", 422, "validation", "1 au moins"),
        ("places?taille=1e3", 422, "validation", "nombre entier"),
        ("places?situation=rien", 422, "validation", "Valeurs possibles"),
        ("places?cadre=1,2,3", 422, "validation", "cadre"),
        ("places?cadre=900,900,1,1", 200, "", ""),
        ("places?q=%F0%9F%98%80'%22%3B--<script>", 200, "", ""),
        ("places?territoire=Saint", 404, "territoire", "Saint"),
        ("places?territoire=commune:35238,commune:35133", 200, "", ""),
        ("needs?territoire=commune:35238,commune:35133", 400, "parametre", "Un seul territoire"),
        ("needs?territoire=commune:99999", 404, "territoire", "99999"),
        ("needs?territoire=france&niveau=planete", 422, "validation", "niveau"),
        ("needs?mesure=z9", 422, "validation", "mesure"),
        ("territories/xx:1", 404, "territoire", "xx"),
        ("territories?q=a&dans=france", 400, "parametre", "ne se combine"),
        ("orientation", 400, "parametre", "D’où part"),
        ("orientation?lon=2", 400, "parametre", "Position"),
        ("orientation?lon=nan&lat=48", 400, "parametre", "lon"),
        ("orientation?lon=151.2&lat=-33.8", 404, "territoire", ""),
        ("orientation?commune=99999", 400, "parametre", ""),
        ("orientation?commune=35238&demarche=rien", 400, "parametre", "Démarche inconnue"),
        ("orientation?commune=35238&debut=-1", 422, "validation", "debut"),
        ("rien", 404, "introuvable", ""),
        ("proposals/99999999999999999999", 401, "cle", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_explained(
    address: str, status: int, code: str, words: str, api: Ask
) -> None:
    answer = api(address)
    assert answer.status_code == status, answer.content
    if code:
        assert words in refused(answer, status, code)["detail"]


def test_a_territory_not_found_comes_with_those_perhaps_meant(api: Ask) -> None:
    told = refused(api("needs?territoire=Iffendik"), 404, "territoire")
    assert "commune:35133" in [one["reference"] for one in told["errors"]]


def test_a_fault_of_ours_is_a_problem_too(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portrea.web.api import orientation

    def broken(_words: str) -> None:
        raise RuntimeError("nothing of this may be told")

    monkeypatch.setattr(orientation.selectors, "suggest_procedures", broken)
    site.raise_request_exception = False
    answer = site.get("/api/v1/procedures?q=caf")
    told = refused(answer, 500, "interne")
    assert told["request"] == answer["X-Request-ID"]
    assert "nothing of this" not in answer.content.decode()


def test_no_data_yet_is_a_problem_too(client: Client, db: None) -> None:
    refused(client.get("/api/v1/territories"), 503, "magasin")


def test_errors_have_the_codes_of_the_command_line() -> None:
    for error, code in _BY_ERROR.items():
        own = {errors.TerritoryError, errors.ParameterError, errors.SecrecyError,
               errors.StoreError, errors.DataError}  # fmt: skip
        if error in own:
            assert _KIND[code].exit_code == error.exit_code
    assert len({kind.code for kind in KINDS}) == len(KINDS)


# -- limit -----------------------------------------------------------------------------------------


def test_too_many_requests_wait(api: Ask, settings: SettingsWrapper) -> None:
    settings.PORTREA_API_RATE = "48/h"
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        left = [api("procedures?q=caf")["RateLimit"] for _ in range(48)]
        stopped = api("procedures?q=caf")
    assert left[0] == '"lecture";r=47;t=3590'
    assert left[-1] == '"lecture";r=0;t=3590'
    told = refused(stopped, 429, "limite")
    assert stopped["Retry-After"] == "3590"
    assert "3590 secondes" in told["detail"]
    with time_machine.travel("2026-11-22T11:00:01Z", tick=False):
        assert api("procedures?q=caf").status_code == 200


def test_another_process_shares_the_limit(api: Ask, settings: SettingsWrapper) -> None:
    """What another process bought is counted: the count is in the database."""
    settings.PORTREA_API_RATE = "48/h"
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        for _ in range(20):
            assert api("procedures?q=caf").status_code == 200
        limits.forget()  # as a process that starts: it knows nothing of the first
        more = [api("procedures?q=caf").status_code for _ in range(48)]
    assert more.count(200) == 28, "twenty were bought by the other"


def test_another_visitor_has_her_own(api: Ask, settings: SettingsWrapper) -> None:
    settings.PORTREA_API_RATE = "24/h"
    for _ in range(25):
        last = api("procedures?q=caf", REMOTE_ADDR="198.51.100.1")
    assert last.status_code == 429
    assert api("procedures?q=caf", REMOTE_ADDR="198.51.100.2").status_code == 200


# -- description -----------------------------------------------------------------------------------


def test_the_description_is_served_and_says_all(api: Ask) -> None:
    answer = api("openapi.json")
    told = answer.json()
    assert told["openapi"] == "3.1.0"
    for methods in told["paths"].values():
        for operation in methods.values():
            assert {"422", "429", "500"} <= set(operation["responses"])
            assert operation["description"]
            for asked in operation["parameters"]:
                _bounded(asked)
    schemas = told["components"]["schemas"]
    assert all(card.get("description") for card in schemas.values())
    assert api("openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def _bounded(asked: dict[str, Any]) -> None:
    """No number and no text without an end."""
    if asked["in"] == "header":
        return
    for part in asked["schema"].get("anyOf", [asked["schema"]]):
        if part.get("type") == "integer":
            assert "maximum" in part, asked["name"]
        if part.get("type") == "string" and not {"enum", "const"} & set(part):
            assert "maxLength" in part, asked["name"]


def test_the_page_tells_every_operation_and_error(site: Client) -> None:
    page = site.get("/api/")
    text = page.content.decode()
    assert page.status_code == 200
    for path in views.description()["paths"]:
        assert path in text
    for kind in KINDS:
        assert f'id="erreur-{kind.code}"' in text
    assert "<script" not in text
    assert not page.cookies
