"""The places of a territory taken away as files."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from portrea.steering.exchange import STANDARDS
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer import files, files_views
from portrea.web.offer.models import Place
from portrea.web.offer.services import place_fix
from web.offer.census import applied, record

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import FileResponse
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
HERE = "territoire=commune:35133"


@pytest.fixture(autouse=True)
def census(demo_home: Path, settings: SettingsWrapper, tmp_path: Path) -> None:
    """Three places of Iffendic: one without date, one closed."""
    settings.PORTREA_HOME = tmp_path / "home"
    (tmp_path / "home").mkdir()
    (tmp_path / "home/store").symlink_to(demo_home / "store")
    told = {"latitude": 48.13, "longitude": -2.03, "position": "declared", "updated": "2026-05-01",
            "address": "1 rue du Four", "postcode": "35750"}  # fmt: skip
    applied(
        record("1", name="Maison d’Iffendic", **told),
        record("2", name="Sans date", **(told | {"updated": None})),
        record("3", name="Fermé", **told),
    )
    Place.objects.filter(name="Fermé").update(status="closed")


def sent(client: Client, standard: str, query: str = HERE) -> tuple[FileResponse, bytes]:
    answer = client.get(f"/lieux/fichiers/{standard}/?{query}")
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


@pytest.mark.parametrize("standard", STANDARDS)
def test_each_format_is_sent(client: Client, standard: str) -> None:
    answer, content = sent(client, standard)
    assert answer["Content-Disposition"].endswith(f'.{STANDARDS[standard].extension}"')
    assert len(content) > 20
    assert b"Ferm\xc3\xa9" not in content


def test_the_national_file_holds_what_it_may_and_the_page_says_the_rest(client: Client) -> None:
    answer, content = sent(client, "mednum")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["nom"] for row in rows] == ["Maison d'Iffendic"], "the standard's apostrophe"
    assert (answer["X-Lieux"], answer["X-Lieux-Non-Ecrits"]) == ("1", "1")
    page = client.get(f"/lieux/fichiers/?{HERE}&format=mednum").content.decode()
    assert "Sans date" in page
    assert "1 non écrit" in page


def test_a_change_is_in_the_next_file(client: Client) -> None:
    sent(client, "geojson")
    place = Place.objects.get(name="Maison d’Iffendic")
    change = {"name": "Maison neuve"}
    place_fix(actor=SYSTEM, place_id=place.pk, version=place.version, changes=change)
    _answer, content = sent(client, "geojson")
    names = {one["properties"]["name"] for one in json.loads(content)["features"]}
    assert "Maison neuve" in names


def test_the_same_file_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sent(client, "xlsx")[1]
    monkeypatch.setattr(files, "write_to", None)
    assert sent(client, "xlsx")[1] == first


def test_too_large_or_too_often_or_unknown_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = client.get(f"/lieux/fichiers/docx/?{HERE}")
    assert unknown.status_code == 400
    assert "Formats : mednum" in unknown.content.decode()
    monkeypatch.setattr(files, "MOST_PLACES", 1)
    monkeypatch.setattr(files_views, "MOST_PLACES", 1)
    assert "portrea offer export" in client.get(f"/lieux/fichiers/?{HERE}").content.decode()
    assert client.get(f"/lieux/fichiers/csv/?{HERE}").status_code == 400
    monkeypatch.setattr(files_views, "RATE", "1/h")
    client.get(f"/lieux/fichiers/csv/?{HERE}")
    often = client.get(f"/lieux/fichiers/csv/?{HERE}")
    assert often.status_code == 429
    assert int(often["Retry-After"]) > 0


@pytest.mark.parametrize("name", ["Zzyzx", "saint"])
def test_a_name_that_is_not_one_territory_asks(client: Client, name: str) -> None:
    page = client.get(f"/lieux/fichiers/?territoire={name}").content.decode()
    assert "territoire pour" in page or "Quel territoire" in page
