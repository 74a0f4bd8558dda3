"""Answering on the web without script: page by page or whole, to the receipt, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portrea.surveys.models import sheets_of
from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Attachment, Clash, Invitation, Submission
from portrea.web.surveys.services import files
from portrea.web.surveys.services.questionnaires import (
    draft_save,
    questionnaire_create,
    version_publish,
)
from portrea.web.surveys.services.rounds import survey_ask, survey_close, survey_open
from web.surveys.filling_pages import Person

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SHEETS = sheets_of(yaml.safe_load((ROOT / "cases/surveys/every_kind.yaml").read_text("utf-8")))
JPEG = b"\xff\xd8\xff\xe0 une photographie"


@pytest.fixture
def survey() -> Survey:
    """A survey with every kind of question."""
    made = questionnaire_create(
        actor=SYSTEM, title="Toutes", territory="commune:35238", sheets=SHEETS
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title="Toutes", territory="commune:35238",
        purpose="Savoir ce qui aide.", contact="Mairie, 02 00 00 00 00",
    )  # fmt: skip


@pytest.fixture
def person(client: Client, survey: Survey) -> Person:
    """Somebody on the first page."""
    return Person(client, survey.key)


def ask_another(survey: Survey, without: str) -> Survey:
    """Ask from now on a version that has lost a question."""
    found = survey.questionnaire
    found.refresh_from_db()
    rows = [row for row in found.draft["survey"] if row.get("name") != without]
    draft_save(
        actor=SYSTEM, key=found.key, sheets=found.draft | {"survey": rows}, edits=found.edits
    )
    return survey_ask(
        actor=SYSTEM, key=survey.key, version=version_publish(actor=SYSTEM, key=found.key)
    )


def to_the_end(person: Person) -> Person:
    """Answer what must be, on one page, until the page that is read again."""
    person.send("tout").send(age="72", aide="non")
    assert "envoyer" in person.form.buttons
    return person


# -- one question a page --------------------------------------------------------------------------


def test_the_first_page_says_who_asks_and_what_is_kept(person: Person) -> None:
    for told in ("Savoir ce qui aide.", "Mairie, 02 00 00 00 00", "Elle n’est pas demandée",
                 "365 jours", "Environ 4 minutes"):  # fmt: skip
        assert told in person.page
    assert person.answer.status_code == 200
    assert not person.answer.cookies
    assert "no-store" not in person.answer["Cache-Control"], "« Précédent » shows it again"


def test_one_question_a_page_to_the_receipt(person: Person) -> None:
    person.send()
    assert person.asked == ["age"]
    assert "Bonjour. Dix minutes." in person.page
    person.send(age="72")
    assert person.asked == ["aide"]
    person.send(aide="oui").send(par_qui="Ma fille")
    person.send(sujets=["impots", "sante"])
    person.send(**{"ordre.sante": "1", "ordre.impots": "2", "ordre.logement": "3"})
    person.send(aisance="7").send(heures="3,5").send(jour="2026-11-20").send(heure="9h05")
    person.send(moment="2026-11-20T14:30").send(lieu="48.13 -1.95")
    person.send(departement="35")
    assert "Mende" not in person.page, "the choices are those of the département"
    person.send(commune="35188").send(code="A12")
    person.send("ajouter:personne").send(personne__0__lien="Sœur").send(personne__0__annees="70")
    assert "Sœur · 70" in person.page
    person.send().send()
    assert person.asked == ["accord", "remarque"]
    person.send(accord="OK", remarque="Rien.")
    assert "Ma fille" in person.page
    assert "1. Santé · 2. Impôts · 3. Logement" in person.page
    assert "20/11/2026" in person.page
    person.open(person.client.post(person.action, person.data("envoyer")))
    row = Submission.objects.get()
    assert str(row.uuid)[:8] in person.page
    assert str(row.uuid) in person.page
    kept = {name: value for name, value in row.answers.items() if name not in ("debut", "arrivee")}
    assert kept == {
        "age": "72", "aide": "oui", "par_qui": "Ma fille", "sujets": "impots sante",
        "ordre": "sante impots logement", "aisance": "7", "heures": "3.5", "jour": "2026-11-20",
        "heure": "09:05", "moment": "2026-11-20T14:30", "lieu": "48.13000 -1.95000",
        "departement": "35", "commune": "35188", "code": "A12",
        "personne": [{"lien": "Sœur", "annees": "70"}], "foyer": "2", "total": "2",
        "accord": "OK", "remarque": "Rien.", "photo": "", "bonjour": "",
    }  # fmt: skip
    assert (row.channel, row.faults) == ("web", {})
    assert row.answers["debut"] <= row.answers["arrivee"]


def test_a_fault_is_said_with_a_link_to_its_question_and_nothing_is_lost(person: Person) -> None:
    person.send().send(age="12")
    assert "Un âge de 15 à 110 ans." in person.page
    assert 'href="#q-age"' in person.page
    assert 'value="12"' in person.page
    assert 'aria-describedby="q-age-indication q-age-erreur"' in person.page
    assert "À corriger" in person.page
    person.send(age="15")
    assert person.asked == ["aide"]
    person.send()
    assert "Dites si vous êtes aidé·e." in person.page


def test_one_goes_back_and_changes_without_losing_what_follows(person: Person) -> None:
    person.send().send(age="72").send(aide="oui").send(par_qui="Une voisine")
    person.send("retour").send("retour")
    assert person.asked == ["aide"]
    assert person.form.values["q.aide"] == ["oui"]
    person.send(aide="non").send("retour").send(aide="oui")
    assert person.form.values["q.par_qui"] == ["Une voisine"]


def test_two_choices_at_the_same_place_are_said(person: Person) -> None:
    person.send().send(age="72").send(aide="non").send()
    person.send(**{"ordre.sante": "1", "ordre.impots": "1"})
    assert "Deux réponses ont la place 1" in person.page
    assert person.form.values["q.ordre.sante"] == ["1"], "what was chosen is still there"


def test_what_a_text_tells_of_somebody_is_said_once_and_never_refused(person: Person) -> None:
    person.send().send(age="72").send(aide="oui")
    assert "N’écrivez ni nom de personne" in person.page
    person.send(par_qui="Mme Durand, 06 12 34 56 78")
    assert "téléphone (« 06 12 34 56 78 »)" in person.page
    assert "nom (« Durand »)" in person.page
    person.send()
    assert person.asked == ["sujets"]


def test_a_row_is_added_changed_and_taken_out(person: Person) -> None:
    to_the_end(person).send("page:personne")
    person.send("ajouter:personne").send()
    assert "obligatoire" in person.page.lower()
    person.send(personne__0__lien="Mère").send()
    person.send("ajouter:personne").send(personne__1__lien="Frère").send()
    person.send("page:personne/0/lien").send(personne__0__lien="Grand-mère")
    person.send("page:personne").send("enlever:personne:1")
    assert "Grand-mère" in person.page
    assert "Frère" not in person.page


def test_what_is_read_again_is_changed_and_leads_back(person: Person) -> None:
    to_the_end(person).send("page:age").send(age="73")
    assert "73" in person.page
    assert "envoyer" in person.form.buttons
    person.send("page:aide").send(aide="oui")
    assert "Par qui ?" in person.page
    assert "Dites si" not in person.page


# -- the whole form -------------------------------------------------------------------------------


def test_the_whole_form_on_one_page(person: Person) -> None:
    person.send("tout")
    assert {"age", "aide", "remarque"} < set(person.asked)
    assert "par_qui" not in person.asked
    person.send(age="200", aide="oui")
    assert "Une réponse est à corriger" in person.page
    assert "une question de plus se pose" in person.page
    person.send(age="72", par_qui="Ma fille", accord="OK")
    assert "Rien n’est encore envoyé" in person.page
    person.send("envoyer")
    assert Submission.objects.get().answers["par_qui"] == "Ma fille"


def test_rows_on_the_whole_form(person: Person) -> None:
    person.send("tout").send("ajouter:personne", age="72", aide="non")
    assert "personne/0/lien" in person.asked
    assert person.form.values["q.age"] == ["72"]
    person.send("enlever:personne:0")
    assert "personne/0/lien" not in person.asked


# -- sent twice, begun before, damaged ------------------------------------------------------------


def test_a_double_click_keeps_one_answer(person: Person) -> None:
    to_the_end(person)
    told = person.data("envoyer")
    pages = [person.client.post(person.action, told).content.decode() for _click in range(2)]
    row = Submission.objects.get()
    assert all(str(row.uuid) in page for page in pages)
    assert not Clash.objects.exists()


def test_who_began_on_a_version_ends_on_it(person: Person, survey: Survey) -> None:
    old = survey.version
    person.send().send(age="72").send(aide="oui").send(par_qui="Ma fille")
    ask_another(survey, without="par_qui")
    to_the_end_again(person)
    row = Submission.objects.get()
    assert row.version == old
    assert row.answers["par_qui"] == "Ma fille"
    fresh = Person(person.client, survey.key).send().send(age="60").send(aide="oui")
    assert fresh.asked == ["sujets"]


def to_the_end_again(person: Person) -> None:
    while "envoyer" not in person.form.buttons:
        person.send()
    person.send("envoyer")


def test_a_version_that_is_no_more_gives_what_still_fits(person: Person, survey: Survey) -> None:
    person.send().send(age="72").send(aide="oui").send(par_qui="Ma fille")
    ask_another(survey, without="par_qui")
    survey.questionnaire.versions.last().delete()
    person.send(sujets=["sante"])
    assert "Le questionnaire a changé" in person.page
    assert "par_qui" in person.page
    assert person.asked == ["sujets"]
    assert person.form.values["q.sujets"] == ["sante"]
    to_the_end_again(person)
    assert Submission.objects.get().answers["age"] == "72"


def test_a_survey_closed_meanwhile_takes_who_had_begun(person: Person, survey: Survey) -> None:
    to_the_end(person)
    survey_close(actor=SYSTEM, key=survey.key)
    late = Person(person.client, survey.key)
    assert late.answer.status_code == 410
    assert "Cette enquête est terminée." in late.page
    person.send("envoyer")
    assert Submission.objects.count() == 1
    type(survey).objects.update(closed=timezone.now() - timedelta(days=2))
    again = Person(person.client, survey.key)
    assert "Commencer" not in again.page


def test_a_state_that_is_not_ours_sends_nothing_and_loses_nothing(
    person: Person, survey: Survey
) -> None:
    to_the_end(person)
    told = person.data("envoyer")
    forged = told | {"etat": [told["etat"][0].replace('"u":"', '"u":"x')]}
    answer = person.client.post(person.action, forged)
    assert answer.status_code == 403
    assert not Submission.objects.exists()
    assert "resté ouvert trop longtemps" in answer.content.decode()
    assert '"age":"72"' in Person.open(person, answer).form.values["etat"][0]
    for damaged in ("", "{", "[]", '{"v":1}', '{"v":1,"a":{"age":3}}', "[" * 5000):
        answer = person.client.post(person.action, told | {"etat": damaged})
        assert answer.status_code == 403, damaged[:20]
    assert person.client.get(person.action)["Location"] == f"/enquetes/{survey.key}/"


@pytest.mark.parametrize(
    ("field", "value"),
    [("vues", "zzz age/3/x personne/999/lien personne/x/lien"), ("aller", "ajouter:zzz"),
     ("aller", "enlever:personne:x"), ("page", "rien"), ("aller", "page:rien"), ("aller", "zzz"),
     ("q.age", "\x00"), ("q.age", "9" * 20_000)],
)  # fmt: skip
def test_what_no_page_of_ours_sends_breaks_nothing(person: Person, field: str, value: str) -> None:
    person.send()
    answer = person.client.post(person.action, person.data() | {field: value})
    assert answer.status_code == 200


# -- files ----------------------------------------------------------------------------------------


def test_a_photograph_leaves_with_the_answers(person: Person) -> None:
    to_the_end(person)
    assert "q.photo" in person.form.names
    told = person.data("envoyer")
    for _click in range(2):
        photo = SimpleUploadedFile("vacances-de-paul.jpg", JPEG, "image/jpeg")
        person.open(person.client.post(person.action, told | {"q.photo": photo}))
    (row,) = Attachment.objects.all()
    assert row.name == row.submission.answers["photo"]
    assert "paul" not in row.name
    assert (row.kind, row.submission.waits_for) == ("image/jpeg", [])
    with files.opened(row) as content:
        assert content.read() == JPEG


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7 un document", "genre attendu"), (JPEG + bytes(files.MOST_BYTES), "dépasse 10 Mo")],
    ids=["kind", "size"],
)
def test_a_file_refused_is_said_and_the_answers_stay(
    person: Person, content: bytes, said: str
) -> None:
    to_the_end(person)
    photo = SimpleUploadedFile("x.jpg", content, "image/jpeg")
    person.open(person.client.post(person.action, person.data("envoyer") | {"q.photo": photo}))
    assert said in person.page
    assert not Submission.objects.exists()
    person.send("envoyer")
    assert Submission.objects.count() == 1


def test_files_too_heavy_together_say_where_the_answers_are(person: Person) -> None:
    answer = person.client.post(person.action, headers={"Content-Length": "22000000"})
    assert answer.status_code == 413
    assert "vos réponses y sont" in answer.content.decode()


# -- who may answer -------------------------------------------------------------------------------


def test_an_invitation_serves_once(client: Client, survey: Survey) -> None:
    type(survey).objects.update(invited_only=True)
    Invitation.objects.create(survey=survey, label="logement 12", digest=digest_of("abcd"))
    for query, told in (("", "sur invitation"), ("?i=zzzz", "n’est pas connu")):
        refused = Person(client, survey.key, query)
        assert (refused.answer.status_code, told in refused.page) == (403, True)
    person = to_the_end(Person(client, survey.key, "?i=ABCD"))
    other = to_the_end(Person(client, survey.key, "?i=abcd"))
    told = person.data("envoyer")
    for _click in range(2):
        assert "Merci" in client.post(person.action, told).content.decode()
    assert Invitation.objects.get().outcome == Invitation.Outcome.ANSWERED
    assert "déjà été reçue" in other.send("envoyer").page
    assert Submission.objects.count() == 1
    assert "déjà été reçue" in Person(client, survey.key, "?i=abcd").page


def test_not_open_yet_is_said(client: Client, survey: Survey) -> None:
    type(survey).objects.update(opens=timezone.localdate() + timedelta(days=3))
    person = Person(client, survey.key)
    assert person.answer.status_code == 403
    assert "pas encore ouverte" in person.page


def test_no_survey_there(client: Client) -> None:
    assert client.get("/enquetes/zzz/").status_code == 404


def test_too_many_from_one_address_lose_nothing(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portrea.web.surveys.answering import views

    monkeypatch.setattr(views, "RATE", "0/h")
    to_the_end(person).send("envoyer")
    assert person.answer.status_code == 429
    assert "attendez quelques minutes" in person.page
    monkeypatch.setattr(views, "RATE", "9/h")
    person.send("envoyer")
    assert Submission.objects.count() == 1


def test_a_database_that_cannot_write_says_so_and_the_page_keeps_all(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def full(**_told: object) -> None:
        raise OperationalError("database or disk is full")

    to_the_end(person)
    with monkeypatch.context() as patched:
        patched.setattr("portrea.web.surveys.services.sending.take", full)
        person.send("envoyer")
    assert person.answer.status_code == 409
    assert "Rien n’est perdu" in person.page
    person.send("envoyer")
    assert Submission.objects.count() == 1
