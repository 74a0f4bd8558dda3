"""A list imported by the site: seen before, applied at once, undone, elsewhere untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.web.offer.models import ImportBatch, Place, SavedMapping
from portrea.web.offer.uploads import path_of, safe_name
from web.offer.census import only_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
LIST = (
    "nom;code insee;ville;adresse;telephone;bidule\n"
    "CCAS;35133;Iffendic;1 rue du Four;0299000000;x\n"
    ";35133;Iffendic;2 rue du Four;;y\n"
    '"=HYPERLINK(""http://x"")";35133;Iffendic;3 rue du Four;;<b>z</b>\n'
    "Ailleurs;35001;Acigné;1 rue;0299111111;t\n"
)


def upload(client: Client, text: str = LIST, name: str = "liste.csv", **more: str) -> ImportBatch:
    file = SimpleUploadedFile(name, text.encode())
    told = {"title": "Ma liste", "territory": "commune:35133", "file": file, **more}
    answer = client.post("/espace/imports/", told)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.order_by("-pk")[0]


def test_from_file_to_census_and_back(connected: Callable[..., User], client: Client) -> None:
    connected("technicien commune:35133")
    batch = upload(client)
    address = f"/espace/imports/{batch.pk}/"
    page = client.get(address).content.decode()
    assert "CCAS" in page
    assert "pas dans le territoire" in page
    assert "<b>z</b>" not in page
    assert not Place.objects.exists(), "looking changes nothing"
    refused = client.get(f"{address}refusees.csv").content.decode()
    assert "raison" in refused
    client.post(address, {"apply": "1"})
    assert set(Place.objects.values_list("name", flat=True)) == {"CCAS", '=HYPERLINK("http://x")'}
    assert not path_of(batch).exists(), "the file is not kept"
    done = client.get(address).content.decode()
    assert "Défaire tout cet import" in done
    assert "<b>2</b> lieux ajoutés" in done
    kept = client.get(f"{address}refusees.csv").content.decode()
    assert "\n=" not in kept
    assert ";=" not in kept
    client.post(f"{address}defaire/")
    assert not Place.objects.exists()


def test_columns_are_chosen_and_kept_as_a_profile(
    connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    text = "truc;insee;quoi\nCCAS;35133;0299000000\n"
    file_has_no_name = SimpleUploadedFile("x.csv", text.encode())
    told = {"title": "x", "territory": "commune:35133", "file": file_has_no_name}
    answer = client.post("/espace/imports/", told)
    if answer.status_code == 200:
        assert "aucune colonne ne donne" in answer.content.decode()
    batch = upload(client, "nom;insee;quoi\nCCAS;35133;12 rue du Four\n")
    address = f"/espace/imports/{batch.pk}/"
    client.post(address, {"choose": "1", "colonne-2": "address", "profil": "Mon profil"})
    assert SavedMapping.objects.get().name == "Mon profil"
    client.post(address, {"apply": "1"})
    assert only_place().record["address"] == "12 rue du Four"
    again = upload(client, "nom;insee;quoi\nCCAS;35133;14 rue du Four\n")
    page = client.get(f"/espace/imports/{again.pk}/").content.decode()
    assert "Profil reconnu\N{NO-BREAK SPACE}: Mon profil" in page


def test_a_new_version_under_another_file_name_is_the_same_list(
    connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    for name, phone, counts in (
        ("mars.csv", "0299000000", {"created": 1, "updated": 0, "gone": 0}),
        ("avril.csv", "0299000001", {"created": 0, "updated": 1, "gone": 0}),
    ):
        text = f"nom;code insee;ville;adresse;telephone\nCCAS;35133;Iffendic;1 rue;{phone}\n"
        batch = upload(client, text, name, whole="on")
        client.post(f"/espace/imports/{batch.pk}/", {"apply": "1"})
        batch.refresh_from_db()
        assert {key: batch.counts[key] for key in counts} == counts
    assert only_place().record["phone"] == "+33299000001"


def test_bad_files_are_refused_and_leave_nothing(
    connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    for name, content in (("x.exe", b"MZ"), ("x.xlsx", b"pas un classeur"), ("x.csv", b"\x00\x01")):
        told = {"title": "x", "territory": "commune:35133",
                "file": SimpleUploadedFile(name, content)}  # fmt: skip
        answer = client.post("/espace/imports/", told)
        assert answer.status_code == 200, name
        assert "fault" in answer.content.decode(), name
    assert not ImportBatch.objects.exists()


def test_who_may_import_where(connected: Callable[..., User], client: Client) -> None:
    connected("referent commune:35133")
    batch = upload(client)
    client.logout()
    connected("referent commune:35001")
    for path in ("", "refusees.csv"):
        assert client.get(f"/espace/imports/{batch.pk}/{path}").status_code == 403
    for path in ("", "defaire/", "oublier/"):
        assert client.post(f"/espace/imports/{batch.pk}/{path}", {"apply": "1"}).status_code == 403
    file = SimpleUploadedFile("x.csv", LIST.encode())
    told = {"title": "x", "territory": "commune:35133", "file": file}
    assert "pas partie" in client.post("/espace/imports/", told).content.decode()


def test_a_received_list_is_forgotten(connected: Callable[..., User], client: Client) -> None:
    connected("referent commune:35133")
    batch = upload(client)
    assert path_of(batch).exists()
    client.post(f"/espace/imports/{batch.pk}/oublier/")
    assert not path_of(batch).exists()
    assert not ImportBatch.objects.exists()


def test_names_of_files_stay_in_their_folder() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("..\\..\\a<b>.csv") == "a_b_.csv"
