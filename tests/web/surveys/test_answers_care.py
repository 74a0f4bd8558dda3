"""Answers read, corrected, set aside, decided between, read over, erased, imported, exported."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portrea.sources.answers import read_sheets
from portrea.surveys.exchange import write_rows
from portrea.web.accounts.models import JournalEntry
from portrea.web.surveys.models import Clash, Survey
from portrea.web.surveys.versions import form_asked
from web.accounts.conftest import connected, person
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
TOLD = "Mme Dupont a appelé le 06 12 34 56 78."


@pytest.fixture
def survey(connected: Callable[..., User]) -> Survey:
    """A survey, and a référente of its commune."""
    connected("referent commune:35238")
    return round_case.survey()


def at(survey: Survey, page: str = "") -> str:
    return f"/espace/enquetes/{survey.key}/{page}"


def posted(client: Client, survey: Survey, page: str, **told: object) -> str:
    return client.post(at(survey, page), told, follow=True).content.decode()


def test_the_list_is_narrowed_and_one_answer_is_read_in_full(
    survey: Survey, client: Client
) -> None:
    round_case.answered(survey, 1, remarque=TOLD)
    faulty = round_case.answered(survey, 2, canal="fax")
    page = client.get(at(survey, "reponses/")).content.decode()
    assert "2 réponses" in page
    assert "à vérifier" in page
    counts = {"?fautes=1": 1, "?table=table+3": 2, "?moyen=web": 0,
                            "?ecartees=1": 0, "?version=x": 0, "?moyen=%00": 2}  # fmt: skip
    for narrowed, count in counts.items():
        page = client.get(at(survey, f"reponses/{narrowed}")).content.decode()
        assert page.count('<th scope="row">') == count, narrowed
    page = client.get(at(survey, f"reponses/{faulty.uuid}/")).content.decode()
    assert "Ce choix n’est pas" in page
    assert "fax" in page
    assert client.get(at(survey, f"reponses/{round_case.number(9)}/")).status_code == 404


def test_a_correction_is_never_silent(survey: Survey, client: Client) -> None:
    one = round_case.answered(survey, 1, canal="fax", remarque=TOLD)
    address = f"reponses/{one.uuid}/corriger/"
    page = client.get(at(survey, address)).content.decode()
    assert 'name="reponse:canal"' in page
    mended = {"reponse:canal": "telephone"}
    assert "Dites pourquoi" in posted(client, survey, address, **mended)
    one.refresh_from_db()
    assert one.faults
    page = posted(client, survey, address, **mended, raison="mal lu")
    assert "fax" in page
    assert "mal lu" in page
    one.refresh_from_db()
    assert (one.answers["canal"], one.faults) == ("telephone", {})
    assert one.corrections.get().before["canal"] == "fax"
    assert "Rien n’a changé" in posted(client, survey, address, **mended, raison="encore")
    journal = str(list(JournalEntry.objects.values("before", "after")))
    assert "canal" in journal
    assert "Dupont" not in journal
    again = round_case.sent(survey, 1, canal="fax", remarque=TOLD)
    assert again.submission.answers["canal"] == "telephone"
    assert not Clash.objects.exists()


def test_what_is_set_aside_is_counted_nowhere_and_comes_back(
    survey: Survey, client: Client
) -> None:
    one = round_case.answered(survey, 1)
    address = f"reponses/{one.uuid}/ecarter/"
    assert "Dites pourquoi" in posted(client, survey, address)
    assert "Écartée\N{NO-BREAK SPACE}: essai" in posted(client, survey, address, raison="essai")
    assert "<b>0</b> réponses" in client.get(at(survey)).content.decode()
    assert "compte de nouveau" in posted(client, survey, address, reprendre="1")
    one.refresh_from_db()
    assert one.set_aside == ""


@pytest.mark.parametrize(
    ("decision", "places"),
    [("premiere", ["Mairie"]), ("seconde", ["Poste"]), ("deux", ["Mairie", "Poste"])],
)
def test_two_answers_under_one_number_are_decided_by_hand(
    decision: str, places: list[str], survey: Survey, client: Client
) -> None:
    round_case.answered(survey, 1)
    round_case.sent(survey, 1, lieu="Poste")
    page = client.get(at(survey, "reponses/doubles/")).content.decode()
    assert "Mairie" in page
    assert "Poste" in page
    clash = Clash.objects.get()
    told = {"double": str(clash.pk), "decision": decision}
    assert "décidé" in posted(client, survey, "reponses/doubles/", **told)
    assert [one.answers["lieu"] for one in survey.submissions.order_by("pk")] == places
    assert "déjà décidé" in posted(client, survey, "reponses/doubles/", **told)
    for lieu in ("Mairie", "Poste"):
        round_case.sent(survey, 1, lieu=lieu)
    assert not Clash.objects.filter(decided="").exists()
    if decision == "seconde":
        assert survey.submissions.get().corrections.get().before["lieu"] == "Mairie"


def test_free_text_is_read_over_and_what_is_replaced_is_gone(
    survey: Survey, client: Client
) -> None:
    one = round_case.answered(survey, 1, remarque=TOLD)
    two = round_case.answered(survey, 2, remarque="Le guichet ferme tôt.")
    round_case.sent(survey, 1, remarque=f"{TOLD} Puis rien.")
    posted(client, survey, f"reponses/{one.uuid}/corriger/", **{"reponse:lieu": "Ici"}, raison="x")
    round_case.answered(survey, 3, lieu="")
    assert "2 réponses dont le texte libre" in client.get(at(survey)).content.decode()
    page = client.get(at(survey, "relecture/")).content.decode()
    assert "2 réponses à relire" in page
    assert "<mark>Dupont" in page
    assert "<mark>06 12 34 56 78" in page
    assert "[nom] a appelé le [téléphone]" in page
    new = {"texte:remarque": "Une dame a appelé."}
    posted(client, survey, f"relecture/{one.uuid}/", **new, remplacer="1")
    posted(client, survey, f"relecture/{two.uuid}/")
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.answers["remarque"] == "Une dame a appelé."
    assert two.answers["remarque"] == "Le guichet ferme tôt."
    assert one.reviewed
    assert two.reviewed
    assert "Dupont" not in str(list(Clash.objects.values()) + list(one.corrections.values()))
    assert "0 réponse" in client.get(at(survey, "relecture/")).content.decode()
    posted(client, survey, f"reponses/{two.uuid}/corriger/", **{"reponse:remarque": "M. Roi"},
           raison="y")  # fmt: skip
    two.refresh_from_db()
    assert two.reviewed is None


def test_an_answer_is_erased_by_its_whole_number_only(survey: Survey, client: Client) -> None:
    one = round_case.answered(survey, 1)
    day = timezone.localdate().isoformat()
    page = posted(client, survey, "reponses/effacer/", signs="7c7e", day=day)
    assert "1 réponse correspond" in page
    assert str(one.uuid) not in page
    assert one.uuid.hex not in page
    assert "0 réponse" in posted(client, survey, "reponses/effacer/", signs="7c7", day=day)
    for signs in ("7c7e2f8e", str(round_case.number(2)), "' OR 1=1 --"):
        told = {"signs": signs, "day": day, "effacer": "1"}
        assert client.post(at(survey, "reponses/effacer/"), told).status_code == 400
    wrong_day = {"signs": str(one.uuid), "day": "2020-01-01", "effacer": "1"}
    assert client.post(at(survey, "reponses/effacer/"), wrong_day).status_code == 400
    form = form_asked(survey)
    rows = write_rows(form, {one.uuid: one.answers})[""]
    page = posted(client, survey, "reponses/effacer/", signs=str(one.uuid), day=day, effacer="1")
    assert "effacée" in page
    assert not survey.submissions.exists()
    assert str(one.uuid) not in str(list(JournalEntry.objects.values("target_id", "after")))
    page = sent(client, survey, "a.json", json.dumps(rows).encode())
    assert "1 effacée à la demande, laissée de côté" in page
    assert not survey.submissions.exists()


def sent(client: Client, survey: Survey, name: str, content: bytes, **told: str) -> str:
    file = SimpleUploadedFile(name, content)
    told = {"version": str(survey.version_id), **told}
    answer = client.post(at(survey, "reponses/importer/"), {"file": file, **told})
    return answer.content.decode()


KOBO = (
    '"start";"jour";"canal";"lieu";"nature";"issue";"profil/age";"blocages";"blocages/peur";'
    '"_uuid";"_submission_time";"_tags";"cafe"\r\n'
    '"x";"2026-03-02";"accueil";"Mairie";"formation";"oui";"a_18";"";"";'
    '"11111111-1111-4111-8111-111111111111";"2026-03-02T10:00:00";"";"1"\r\n'
    '"x";"pas un jour";"fax";"Mairie";"formation";"oui";"a_18";"";"";'
    '"22222222-2222-4222-8222-222222222222";"2026-03-03T10:00:00";"";"1"\r\n'
)


def test_a_file_of_kobotoolbox_is_checked_taken_and_known_again(
    survey: Survey, client: Client
) -> None:
    page = sent(client, survey, "kobo.csv", KOBO.encode(), dry="on")
    assert "rien n’est gardé" in page
    assert "2 nouvelles" in page
    assert "canal : 1" in page
    assert "cafe" in page
    assert not survey.submissions.exists()
    page = sent(client, survey, "kobo.csv", KOBO.encode())
    assert "C’est importé" in page
    assert [one.channel for one in survey.submissions.all()] == ["import"] * 2
    assert survey.submissions.order_by("pk")[0].answered.isoformat() == "2026-03-02T10:00:00+00:00"
    page = sent(client, survey, "kobo.csv", KOBO.encode())
    assert "2 déjà reçues" in page
    page = sent(client, survey, "kobo.csv", KOBO.replace("Mairie", "Poste").encode())
    assert "2 diffèrent" in page
    assert survey.submissions.count() == 2


def test_a_file_of_odk_central_is_taken_whatever_its_form(survey: Survey, client: Client) -> None:
    record = {"__id": "uuid:33333333-3333-4333-8333-333333333333",
              "__system": {"submissionDate": "2026-03-04T08:00:00.000Z"}, "jour": "2026-03-04",
              "canal": "accueil", "nature": "formation", "issue": "oui",
              "profil": {"age": "a_18"}}  # fmt: skip
    page = sent(client, survey, "central.json", json.dumps({"value": [record]}).encode())
    assert "1 nouvelle" in page
    one = survey.submissions.get()
    assert one.answers["age"] == "a_18"
    assert one.answered.isoformat() == "2026-03-04T08:00:00+00:00"
    lines = ("SubmissionDate,jour,canal,nature,issue,profil-age,KEY\n"
             "2026-03-04T08:00:00.000Z,2026-03-04,accueil,formation,oui,a_18,"
             "uuid:33333333-3333-4333-8333-333333333333\n")  # fmt: skip
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("grille_observation.csv", lines)
    page = sent(client, survey, "central.zip", content.getvalue())
    assert "1 déjà reçue" in page or "1 diffère" in page
    assert survey.submissions.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF"), ("a.xlsx", b"PK\x03\x04"), ("a.zip", b"rien"), ("a.json", b"{"),
        ("a.csv", b"\xff\xfe\x00"), ("a.csv", b"nom;prenom\r\nRoi;Rose\r\n"), ("a.csv", b"jour\n"),
        ("a.csv", b"jour;_uuid\n2026-03-02;12\n"), ("a.json", b"[1]"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_french(
    name: str, content: bytes, survey: Survey, client: Client
) -> None:
    file = SimpleUploadedFile(name, content)
    told = {"file": file, "version": str(survey.version_id)}
    answer = client.post(at(survey, "reponses/importer/"), told)
    assert answer.status_code == 400
    assert 'class="fault"' in answer.content.decode()
    assert not survey.submissions.exists()


@pytest.mark.parametrize("kind", ["xlsx", "zip", "json"])
def test_what_is_exported_is_known_again(kind: str, survey: Survey, client: Client) -> None:
    one = round_case.answered(survey, 1, remarque="=1+1", blocages="peur compte")
    round_case.answered(survey, 2)
    content = client.get(at(survey, f"reponses/export.{kind}")).content
    if kind == "xlsx":
        sheets = read_sheets(content)
        assert sheets["reponses"][0]["KEY"] == f"uuid:{one.uuid}"
        assert sheets["reponses"][0]["remarque"] == "=1+1"
        assert {"question", "libelle"} <= set(sheets["dictionnaire"][0])
    if kind == "zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert "'=1+1" in archive.read("reponses.csv").decode()
        return
    page = sent(client, survey, f"export.{kind}", content)
    assert "2 nouvelles" not in page
    assert survey.submissions.count() == 2
    assert not Clash.objects.exists(), Clash.objects.values()
