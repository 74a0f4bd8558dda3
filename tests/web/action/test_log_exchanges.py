"""Records brought in and taken away: the 514 real ones, seen before, added once, undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.steering.activity_files import read_activities
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.action.models import Record, RecordImport
from portrea.web.action.records import activity_of
from portrea.web.action.services.importing import (
    FORGOTTEN,
    counted,
    import_apply,
    import_drop,
    import_receive,
    import_undo,
)
from web.action.test_log_services import COMMUNE, HELP, held, logged

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
HOME = "/espace/comptes-rendus/importer/"
LIST = (
    "type;date;lieu;thèmes;personnes;commune (code);étiquettes\n"
    "individuel;2026-05-04;domicile;email;;35188;\n"
    "collectif;2026-05-05;autre;sante;8;75056;\n"
    "individuel;2026-05-06;lune;email;;;\n"
    "individuel;2026-05-06;autre;email;;;mot de passe : Secret12\n"
)


@pytest.fixture
def team(client: Client) -> Client:
    """A référent of a commune, connected."""
    client.force_login(held("referent", COMMUNE))
    return client


def upload(content: bytes | str, name: str = "liste.csv") -> dict[str, Any]:
    told = content.encode() if isinstance(content, str) else content
    return {"holder": COMMUNE, "file": SimpleUploadedFile(name, told)}


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.mark.shared
def test_the_514_real_records_come_in_once_with_their_people(shared_data: Path) -> None:
    (path,) = (shared_data / "activity").glob("*.csv.gz")
    france = "france:FR"
    first = import_receive(actor=SYSTEM, path=path, territory=france)
    assert (first.read, first.refused) == (514, 0)
    assert import_apply(actor=SYSTEM, key=first.key).added == Record.objects.count() == 514
    people = sum(line.activity.people for line in read_activities(path).lines if line.activity)
    rows = list(Record.objects.all())
    assert sum(row.people for row in rows) == people
    for row in rows:
        assert sum(row.ages.values()) == sum(row.statuses.values()) == row.people
        assert row.genders == {"NonCommunique": row.people}
        assert row.result == row.reason == row.autonomy == ""
    again = import_receive(actor=SYSTEM, path=path, territory=france)
    assert counted(again)[:2] == (0, 514)
    assert import_apply(actor=SYSTEM, key=again.key).added == 0
    assert import_undo(actor=SYSTEM, key=first.key) == 514
    assert not Record.objects.exists()


def test_a_file_is_seen_added_and_undone(team: Client) -> None:
    kept = logged()
    address = team.post(HOME, upload(LIST))["Location"]
    page = words(team.get(address))
    for said in (
        "4 lignes lues", "2 comptes rendus à ajouter", "2 lignes qui ne vont pas", "1 hors de ce",
        "Ligne 4 : Colonne « Lieu » : « lune »", "Ligne 5 : Ce texte contient : mot de passe",
    ):  # fmt: skip
        assert said in page
    assert Record.objects.count() == 1
    assert "Secret12" not in str(RecordImport.objects.values())
    assert "2 comptes rendus ajoutés" in words(team.post(f"{address}ajouter/", follow=True))
    assert {row.commune for row in Record.objects.exclude(pk=kept.pk)} == {"35188", "75056"}
    assert {row.territory for row in Record.objects.all()} == {COMMUNE}
    again = team.post(HOME, upload(LIST, "autre.csv"))["Location"]
    assert "Aucun compte rendu à ajouter" in words(team.get(again))
    assert "2 déjà là" in words(team.get(again))
    assert "déjà été ajouté" in words(team.post(f"{address}ajouter/", follow=True))
    assert "2 comptes rendus retirés" in words(team.post(f"{address}defaire/", follow=True))
    assert Record.objects.get() == kept
    assert JournalEntry.objects.filter(target_kind="recordimport").count() == 2


def test_what_identifies_is_not_kept_even_in_a_line_refused(team: Client) -> None:
    line = "individuel;2026-05-06;chez Mme Durand 06 12 34 56 78\x00;;;;\n"
    page = team.post(HOME, upload(LIST.partition("\n")[0] + "\n" + line), follow=True)
    assert "chez Mme [nom] [téléphone]" in words(page)
    kept = str(RecordImport.objects.values())
    assert "Durand" not in kept
    assert "\\x00" not in kept


def test_a_file_is_forgotten(team: Client) -> None:
    address = team.post(HOME, upload(LIST))["Location"]
    team.post(f"{address}oublier/")
    assert not RecordImport.objects.exists()
    team.post(HOME, upload(LIST))
    RecordImport.objects.update(created=timezone.now() - FORGOTTEN)
    team.post(HOME, upload(LIST, "autre.csv"))
    assert RecordImport.objects.get().file_name == "autre.csv"
    with pytest.raises(DataError, match="n’existe plus"):
        import_drop(actor=SYSTEM, key="rien")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("nom;prenom\na;b\n", "notes.csv", "pas une liste de comptes rendus"),
        ("", "vide.csv", "vide"),
        ("type;date;lieu\n", "rien.csv", "aucun compte rendu"),
        ("{", "page.json", "JSON"),
        ("MZ", "virus.exe", "format"),
        ("type;date;lieu\n" + "individuel;2026-05-04;autre\n" * 5_001, "long.csv", "5000 au plus"),
    ],
)
def test_what_is_no_list_is_refused_and_nothing_is_kept(
    team: Client, content: str, name: str, said: str
) -> None:
    page = team.post(HOME, upload(content, name))
    assert page.status_code == 400
    assert said in words(page)
    assert not RecordImport.objects.exists()


def test_an_import_of_elsewhere_is_refused(team: Client, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(LIST, "utf-8")
    found = import_receive(actor=SYSTEM, path=path, territory="commune:44109")
    assert team.get(f"{HOME}{found.key}/").status_code == 403
    with pytest.raises(RefusedError):
        import_apply(actor=held("referent", "commune:35238"), key=found.key)
    assert team.get(f"{HOME}rien/").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_taken_away_comes_back_the_same(team: Client, tmp_path: Path, kind: str) -> None:
    made = logged(activity=HELP)
    logged(territory="commune:44109")
    page = team.get(f"/espace/comptes-rendus/export.{kind}?theme=email")
    path = tmp_path / f"export.{kind}"
    path.write_bytes(page.content)
    (line,) = read_activities(path).lines
    assert (line.uuid, line.activity) == (made.uuid, activity_of(made))
    assert team.get("/espace/comptes-rendus/export.pdf").status_code == 404


def test_who_only_reads_takes_no_line_away(client: Client) -> None:
    logged()
    client.force_login(held("elu", COMMUNE))
    assert client.get("/espace/comptes-rendus/export.csv").status_code == 403
    assert "Télécharger" not in words(client.get("/espace/comptes-rendus/"))
