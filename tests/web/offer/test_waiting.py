"""What waits for a person after an import: positions and hours, read over on two pages."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.base.errors import DataError
from portrea.sources.ban import Found
from portrea.web.offer import locating, waiting
from portrea.web.offer.models import Fix, ImportBatch, Place, Question
from web.offer.census import applied, only_place, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
LIST = (
    "nom;ville;code postal;adresse;telephone;horaires\n"
    "CCAS;Iffendic;35750;1 rue du Four;0299000000;du lundi au vendredi de 9h à 12h\n"
    "Bus;Iffendic;35750;;0299000001;quand il passe\n"
    "Ailleurs;Rennes;35000;1 rue;0299000002;\n"
)


@pytest.fixture
def demo(demo_home: Path, settings: SettingsWrapper, tmp_path: Path) -> None:
    """The communes of département 35 in the store; received files elsewhere."""
    settings.PORTREA_HOME = tmp_path / "home"
    (tmp_path / "home").mkdir()
    (tmp_path / "home/store").symlink_to(demo_home / "store")


def found(identifier: str, *, sure: bool) -> Found:
    score, why = (0.9, "") if sure else (0.4, "score faible")
    label = "1 Rue du Four 35750 Iffendic"
    return Found(identifier, 48.1301, -2.0357, score, "housenumber", label, "35133", sure, why)


def answer_with(monkeypatch: pytest.MonkeyPatch, *, sure: bool) -> list[str]:
    """Stand for the address base; return what it was asked."""
    asked: list[str] = []

    def geocode(addresses: list[Any], **_options: Any) -> list[Found]:
        asked.extend(one.line for one in addresses)
        return [found(one.id, sure=sure) for one in addresses if "Four" in one.line]

    monkeypatch.setattr(locating, "geocode", geocode)
    return asked


def received(client: Client, text: str = LIST) -> ImportBatch:
    file = SimpleUploadedFile("liste.csv", text.encode())
    told = {"title": "Ma liste", "territory": "commune:35133", "file": file, "whole": "on"}
    answer = client.post("/espace/imports/", told)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.order_by("-pk")[0]


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# -- an import put on the map ----------------------------------------------------------------------


def test_places_without_position_are_at_their_commune(
    demo: None, connected: Callable[..., User], client: Client
) -> None:
    connected("technicien commune:35133")
    batch = received(client)
    page = page_of(client, f"/espace/imports/{batch.pk}/")
    assert "<b>2</b> au centre de leur commune" in page
    assert "Chercher 1 adresse en ligne" in page, "the bus tells no street"
    client.post(f"/espace/imports/{batch.pk}/", {"apply": "1"})
    places = list(Place.objects.order_by("name"))
    assert [(p.name, p.commune, p.record["position"]) for p in places] == [
        ("Bus", "35133", "commune"), ("CCAS", "35133", "commune"),
    ]  # fmt: skip
    queue = page_of(client, "/espace/adresses/")
    assert "<b>2</b> lieux à situer" in queue
    assert queue.index("Bus") < queue.index("CCAS")


def test_sure_answers_are_positions_and_doubtful_ones_wait(  # noqa: PLR0917 - fixtures
    demo: None,
    connected: Callable[..., User],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    run_tasks: Callable[[], None],
    django_capture_on_commit_callbacks: Any,
) -> None:
    connected("technicien commune:35133")
    for sure, position in ((True, "address"), (False, "commune")):
        asked = answer_with(monkeypatch, sure=sure)
        batch = received(client)
        address = f"/espace/imports/{batch.pk}/"
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address, {"geocode": "1"})
        assert "cherchées en ligne" in page_of(client, address)
        run_tasks()
        assert "1 rue du Four 35750 Iffendic" in asked
        assert not any("CCAS" in line for line in asked), "never the name"
        assert ("<b>1</b> à leur adresse" in page_of(client, address)) is sure
        client.post(address, {"apply": "1"})
        batch.refresh_from_db()
        assert "answers" not in batch.report["geocoding"]
        ccas = Place.objects.get(name="CCAS")
        assert ccas.record["position"] == position
    assert "1 Rue du Four 35750 Iffendic" in page_of(client, f"/espace/adresses/{ccas.pk}/")
    assert "score faible" in page_of(client, f"/espace/adresses/{ccas.pk}/")


def test_a_base_that_does_not_answer_is_said_and_can_be_asked_again(  # noqa: PLR0917 - fixtures
    demo: None,
    connected: Callable[..., User],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    run_tasks: Callable[[], None],
    django_capture_on_commit_callbacks: Any,
) -> None:
    def geocode(*_told: Any, **_options: Any) -> list[Found]:
        raise DataError("Le service de géocodage ne répond pas.")

    monkeypatch.setattr(locating, "geocode", geocode)
    connected("technicien commune:35133")
    batch = received(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/espace/imports/{batch.pk}/", {"geocode": "1"})
    run_tasks()
    page = page_of(client, f"/espace/imports/{batch.pk}/")
    assert "ne répond pas" in page
    assert "Chercher 1 adresse en ligne" in page


# -- positions -------------------------------------------------------------------------------------


@pytest.fixture
def lost(demo: None, connected: Callable[..., User]) -> Place:
    """A place at the centre of its commune, and someone who keeps the commune."""
    connected("referent commune:35133")
    applied(record(latitude=48.13, longitude=-2.03, position="commune", address="1 rue du Four"))
    return only_place()


def locate(client: Client, place: Place, **told: str) -> Any:
    place.refresh_from_db()
    return client.post(f"/espace/adresses/{place.pk}/", {"version": str(place.version), **told})


def test_a_point_is_placed_and_a_new_list_asks(lost: Place, client: Client) -> None:
    assert locate(client, lost, point="48.1301, -2.0357").status_code == 302
    lost.refresh_from_db()
    assert (lost.latitude, lost.longitude) == (48.1301, -2.0357)
    assert lost.record["position"] == "declared"
    assert "Rien n’attend ici" in page_of(client, "/espace/adresses/")
    applied(record(latitude=48.14, longitude=-2.04, position="declared", address="1 rue du Four"))
    assert Question.objects.get().path == "longitude"
    lost.refresh_from_db()
    assert lost.latitude == 48.1301


@pytest.mark.parametrize(
    ("point", "why"),
    [("ici", "pas une position"), ("0, 0", "hors du territoire"), ("", "obligatoire"),
     ("48.1301", "pas une position"), ("1e400, nan", "incomplète")],
)  # fmt: skip
def test_what_is_no_point_is_refused(lost: Place, client: Client, point: str, why: str) -> None:
    answer = locate(client, lost, point=point)
    assert answer.status_code == 200
    assert why in answer.content.decode()
    assert not Fix.objects.exists()


def test_a_point_of_another_commune_is_asked_again(lost: Place, client: Client) -> None:
    answer = locate(client, lost, point="48.1113, -1.6800")
    page = answer.content.decode()
    assert re.search("Ce point est à .*Rennes.*, la fiche dit .*Iffendic", page)
    assert not Fix.objects.exists()
    assert locate(client, lost, point="48.1113, -1.6800", sure="true").status_code == 302
    lost.refresh_from_db()
    assert lost.latitude == 48.1113


def test_an_address_is_mended_searched_and_taken(
    lost: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer_with(monkeypatch, sure=True)
    answer = locate(client, lost, search="1", address="2 rue du Four", postcode="35750")
    page = answer.content.decode()
    assert asked == ["2 rue du Four 35750 Iffendic"]
    assert "Est-ce ici" in page
    assert "48.130100, -2.035700" in page
    lost.refresh_from_db()
    assert lost.record["address"] == "2 rue du Four"
    locate(client, lost, point="48.130100, -2.035700", kind="address", sure="true")
    lost.refresh_from_db()
    assert lost.record["position"] == "address"


def test_the_centre_may_be_enough(lost: Place, client: Client) -> None:
    assert locate(client, lost, centre="1").status_code == 302
    lost.refresh_from_db()
    assert lost.record["position"] == "commune"
    assert "Rien n’attend ici" in page_of(client, "/espace/adresses/")


def test_a_place_that_goes_about_has_no_point(
    demo: None, connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    applied(record(), record("2", latitude=48.1, longitude=-2.0, position="declared"))
    queue = page_of(client, "/espace/adresses/")
    assert "<b>1</b> lieu à situer" in queue
    assert locate(client, Place.objects.get(latitude=None), centre="1").status_code == 302
    assert "Rien n’attend ici" in page_of(client, "/espace/adresses/")


def test_two_people_and_a_stranger(
    lost: Place, connected: Callable[..., User], client: Client
) -> None:
    stale = {"version": str(lost.version - 1), "centre": "1"}
    assert "vient de changer" in client.post(f"/espace/adresses/{lost.pk}/", stale).content.decode()
    client.logout()
    connected("referent commune:35001")
    assert "Rien n’attend ici" in page_of(client, "/espace/adresses/")
    for path in ("adresses", "horaires"):
        assert client.get(f"/espace/{path}/{lost.pk}/").status_code == 403
        told = {"version": str(lost.version), "centre": "1", "right": "1"}
        assert client.post(f"/espace/{path}/{lost.pk}/", told).status_code == 403
    assert not Fix.objects.exists()


# -- hours -----------------------------------------------------------------------------------------

TEXT = "du lundi au vendredi de 9h à 12h"
HOURS = "Mo-Fr 09:00-12:00"


@pytest.fixture
def told(connected: Callable[..., User]) -> Place:
    """A place whose hours were understood from a text."""
    connected("referent commune:35133")
    applied(record(hours=HOURS, hours_text=TEXT))
    return only_place()


def read(client: Client, place: Place, **told: str) -> Any:
    place.refresh_from_db()
    return client.post(f"/espace/horaires/{place.pk}/", {"version": str(place.version), **told})


def test_hours_are_confirmed_and_the_text_is_kept(told: Place, client: Client) -> None:
    queue = page_of(client, "/espace/horaires/")
    assert TEXT in queue
    assert "9\u202fh" in queue or "9 h" in queue
    line = f"{told.pk}|{told.version}|"
    assert client.post("/espace/horaires/", {"ligne": line}).status_code == 302
    told.refresh_from_db()
    assert told.record["hours_confirmed"] is True
    assert (told.record["hours"], told.record["hours_text"]) == (HOURS, TEXT)
    assert "Rien n’attend ici" in page_of(client, "/espace/horaires/")


def test_confirmed_hours_are_those_read_not_those_to_come(told: Place, client: Client) -> None:
    read(client, told, right="1")
    applied(record(hours="Mo 14:00-18:00", hours_text="lundi 14h-18h"))
    told.refresh_from_db()
    assert told.record["hours"] == HOURS, "a newer list asks, it does not inherit the confirmation"
    assert Question.objects.get().path == "hours"


def test_other_hours_are_shown_then_written(told: Place, client: Client) -> None:
    words = "lundi au jeudi 9h-12h"
    shown = read(client, told, read="1", words=words).content.decode()
    assert "Oui, enregistrer" in shown
    assert not Fix.objects.exists(), "reading writes nothing"
    assert read(client, told, save="1", words=words).status_code == 302
    told.refresh_from_db()
    assert (told.record["hours"], told.record["hours_confirmed"]) == ("Mo-Th 09:00-12:00", True)


@pytest.mark.parametrize("words", ["quand je peux", "", "un lundi sur deux de 9h à 12h"])
def test_words_not_understood_are_said(told: Place, client: Client, words: str) -> None:
    answer = read(client, told, save="1", words=words)
    assert answer.status_code == 200
    assert 'class="fault"' in answer.content.decode()
    assert not Fix.objects.exists()


def test_the_text_alone_is_kept(connected: Callable[..., User], client: Client) -> None:
    connected("referent commune:35133")
    applied(record(hours=HOURS, hours_text="selon la saison"), record("2", hours_text="le matin"))
    assert "pas compris" in page_of(client, "/espace/horaires/")
    for place in Place.objects.order_by("pk"):
        assert read(client, place, text="1").status_code == 302
        place.refresh_from_db()
        assert "hours" not in place.record
        assert place.record["hours_text"]
    assert "Rien n’attend ici" in page_of(client, "/espace/horaires/")


def test_hours_of_a_presence(connected: Callable[..., User], client: Client) -> None:
    connected("referent commune:35133")
    presence = {"hours": HOURS, "hours_text": TEXT}
    service = {"block": "aide", "key": "aide", "presences": [presence]}
    applied(record(services=[service]))
    place = only_place()
    assert TEXT in page_of(client, f"/espace/horaires/{place.pk}/?cle=aide:0")
    assert read(client, place, key="aide:0", right="1").status_code == 302
    place.refresh_from_db()
    kept = place.record["services"][0]["presences"][0]
    assert kept == presence | {"hours_confirmed": True}
    assert "Rien n’attend ici" in page_of(client, "/espace/horaires/")


# -- refused rows sent again -----------------------------------------------------------------------


def test_refused_rows_mended_and_sent_again_lose_nothing(
    demo: None, connected: Callable[..., User], client: Client
) -> None:
    connected("technicien commune:35133")
    long = "Très long. " * 60
    text = f"nom;code insee;ville;adresse;description\nCCAS;35133;Iffendic;1 rue du Four;x\n;35133;Iffendic;2 rue du Four;{long}\n"  # noqa: E501
    batch = received(client, text)
    address = f"/espace/imports/{batch.pk}/"
    client.post(address, {"apply": "1"})
    assert Place.objects.count() == 1
    kept = client.get(f"{address}refusees.csv").content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(kept), delimiter=";")
    assert row[4] == long, "no cell is cut"
    mended = io.StringIO()
    csv.writer(mended, delimiter=";").writerows([header, ["Mairie", *row[1:]]])
    again = received(client, mended.getvalue())
    assert "rien d’autre ne disparaît" in page_of(client, f"/espace/imports/{again.pk}/")
    client.post(f"/espace/imports/{again.pk}/", {"apply": "1"})
    again.refresh_from_db()
    assert (again.counts["created"], again.counts["gone"]) == (1, 0)
    assert set(Place.objects.filter(listed=True).values_list("name", flat=True)) == {
        "CCAS", "Mairie",
    }  # fmt: skip


# -- more than a page ------------------------------------------------------------------------------


@pytest.mark.parametrize("queue", ["adresses", "horaires"])
def test_what_stands_after_the_first_page_is_reached(
    connected: Callable[..., User], client: Client, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    monkeypatch.setattr(waiting, "PAGE", 2)
    connected("referent commune:35133")
    names = [f"Lieu {number}" for number in range(5)]
    applied(*(record(name, name=name, hours_text="quand il passe") for name in names))
    seen, query = [], ""
    for _turn in range(4):
        page = page_of(client, f"/espace/{queue}/{query}")
        seen.append(sorted(set(re.findall(r"Lieu \d", page))))
        following = re.search(r'href="(\?[^"]*apres=[^"]+)"', page)
        query = html.unescape(following[1]) if following else ""
    assert seen == [names[:2], names[2:4], names[4:], names[:2]]
    Place.objects.filter(name="Lieu 4").delete()
    last = Place.objects.get(name="Lieu 3").pk
    assert "Lieu 0" in page_of(client, f"/espace/{queue}/?apres={last}"), "the start again"
