"""Records by the contract of the Coop: with a key, in its territory, page after page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from portrea.action.activity_records import read_coop
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.api.keys import key_issue
from web.action.test_log_services import COMMUNE, HELP, held, logged

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PATH = "/api/coop/activites"
ACT = "activity.exchange"


def secret(territory: str = COMMUNE, *acts: str) -> str:
    return key_issue(actor=SYSTEM, label="Coop", territory=territory, acts=acts or (ACT,))[1]


def asked(client: Client, key: str, address: str = PATH) -> Any:
    return client.get(address, headers={"Authorization": f"Bearer {key}"})


def test_a_key_reads_its_territory_page_after_page(client: Client) -> None:
    made = [logged(activity=replace(HELP, ages={"SoixanteDixPlus": 1})) for _number in range(5)]
    logged(territory="commune:44109")
    key, address, seen = secret(), f"{PATH}?page[size]=2", []
    while address:
        page = asked(client, key, address)
        assert page["Content-Type"] == "application/vnd.api+json"
        assert page["Cache-Control"] == "no-store"
        assert b"SoixanteDixPlus" not in page.content
        told = page.json()
        seen += told["data"]
        address = told["links"]["next"]
    assert [one["id"] for one in seen] == [str(one.uuid) for one in made]
    kept = read_coop(seen[0]["attributes"])
    assert (kept.kind, kept.day, kept.themes) == (HELP.kind, HELP.day, HELP.themes)


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        ("page[size]=0", 400),
        ("page[size]=501", 400),
        ("page[size]=x", 400),
        ("page[after]=x", 400),
        ("qui=moi", 400),
        ("", 200),
    ],
)
def test_what_is_asked_wrong_is_said(client: Client, asking: str, status: int) -> None:
    page = asked(client, secret(), f"{PATH}?{asking}")
    assert page.status_code == status
    assert status == 200 or page.json()["code"] == "parametre"


def test_who_may_not_is_refused(client: Client) -> None:
    assert asked(client, "rien").status_code == 401
    assert client.get(PATH).status_code == 401
    assert asked(client, secret(COMMUNE, "place.propose")).status_code == 403
    assert client.post(PATH, {}, content_type="application/json").status_code == 405


def test_a_key_that_reads_is_given_by_who_may_write(client: Client) -> None:
    keeper = held("referent", COMMUNE)
    client.force_login(keeper)
    told = {"label": "Coop", "territory": COMMUNE, "days": "365", "allows": ACT}
    page = client.post("/espace/cles/", told).content.decode()
    assert "portrea_" in page
    assert keeper.api_keys.get().acts == [ACT]
    with pytest.raises(RefusedError):
        key_issue(actor=keeper, label="x", territory="commune:44109", acts=(ACT,))
