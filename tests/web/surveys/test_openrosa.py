"""Requests of ODK clients, as worked by hand: what is answered, what is kept, sent again or not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from xml.etree.ElementTree import fromstring

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Attachment, Clash, Day, Invitation, Submission
from portrea.web.surveys.openrosa.pages import settings_of
from portrea.web.surveys.services.files import opened
from portrea.web.surveys.services.questionnaires import (
    draft_save,
    questionnaire_create,
    version_publish,
)
from portrea.web.surveys.services.rounds import survey_ask, survey_close, survey_open

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from portrea.surveys.xlsform import Sheets
    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/surveys/openrosa.yaml").read_text("utf-8")
)
NS = {
    "list": "http://openrosa.org/xforms/xformsList",
    "manifest": "http://openrosa.org/xforms/xformsManifest",
    "told": "http://openrosa.org/http/response",
}
VISIT: Sheets = {
    "survey": [
        {"type": "text", "name": "lieu", "label": "Lieu"},
        {"type": "image", "name": "photo", "label": "Photo"},
        {"type": "begin_repeat", "name": "piece", "label": "Pièce"},
        {"type": "text", "name": "nom", "label": "Nom"},
        {"type": "image", "name": "vue", "label": "Vue"},
        {"type": "end_repeat"},
        {"type": "end", "name": "fin"},
    ],
    "settings": [{"form_title": "Visite", "form_id": "visite", "version": "1"}],
}
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60


def opened_survey(sheets: Sheets, title: str = "Visites", **told: Any) -> Survey:
    made = questionnaire_create(actor=SYSTEM, title=title, territory="commune:35238", sheets=sheets)
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title=title, territory="commune:35238", **told
    )


@pytest.fixture
def survey() -> Survey:
    """Visits with photographs."""
    return opened_survey(VISIT)


@pytest.fixture
def phone() -> Client:
    """A program: no cookie, and a site that asks for a CSRF token wherever it may."""
    return Client(enforce_csrf_checks=True)


def identifier(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012d}")


def instance(told: Mapping[str, Any], version: str, form: str = "visite") -> bytes:
    """The XML of an answer of the worked cases, as a client writes it."""
    rows = "".join(
        f"<piece><nom>{one['nom']}</nom><vue>{one['vue']}</vue></piece>"
        for one in told.get("piece", ())
    )
    others = f"<inconnu>{told['inconnu']}</inconnu>" if "inconnu" in told else ""
    older = told.get("replaces")
    corrected = f"<deprecatedID>uuid:{identifier(older)}</deprecatedID>" if older else ""
    return (
        f'<data id="{told.get("form", form)}" version="{told.get("version", version)}">'
        f"<lieu>{told['lieu']}</lieu><photo>{told.get('photo', '')}</photo>{rows}{others}"
        f"<meta><instanceID>uuid:{identifier(told['id'])}</instanceID>{corrected}</meta></data>"
    ).encode()


def send(phone: Client, path: str, xml: bytes, *files: str, incomplete: bool = False) -> Any:
    """POST as ODK Collect does: each file under its own name, the XML as a file."""
    parts: dict[str, Any] = {
        "xml_submission_file": SimpleUploadedFile("envoi.xml", xml, "text/xml"),
        **{name: SimpleUploadedFile(name, JPEG + name.encode(), "x/y") for name in files},
    }
    if incomplete:
        parts["*isIncomplete*"] = "yes"
    answer = phone.post(f"{path}/submission", parts)
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Date"]
    assert answer["Content-Type"].startswith("text/xml")
    assert not answer.cookies
    assert said(answer)
    return answer


def said(answer: HttpResponse) -> str:
    return fromstring(answer.content).findtext("told:message", "", NS)


@pytest.mark.parametrize("case", CASES["sequences"], ids=lambda case: case["why"])
def test_as_worked_by_hand(survey: Survey, phone: Client, case: dict[str, Any]) -> None:
    path = f"/openrosa/{survey.key}"
    for asked in case["requests"]:
        xml = instance(CASES["answers"][asked["send"]], survey.version.number)
        answer = send(
            phone, path, xml, *asked.get("files", ()), incomplete=asked.get("incomplete", False)
        )
        assert answer.status_code == asked["status"], said(answer)
    kept = {one.uuid: one for one in Submission.objects.all()}
    assert {key: one.waits_for for key, one in kept.items()} == {
        identifier(number): waits for number, waits in case["waits"].items()
    }
    assert Attachment.objects.count() == case["files"]
    assert Clash.objects.count() == case.get("clashes", 0)
    aside = {key for key, one in kept.items() if one.set_aside}
    assert aside == {identifier(number) for number in case.get("aside", ())}
    faulty = {key for key, one in kept.items() if one.faults}
    assert faulty == {identifier(number) for number in case.get("faults", ())}
    if "raw" in case:
        with opened(Attachment.objects.get(name="reponses.xml")) as raw:
            assert case["raw"].encode() in raw.read()


def test_files_are_told_by_their_content(survey: Survey, phone: Client) -> None:
    send(phone, f"/openrosa/{survey.key}", instance(CASES["answers"]["C"], "1"), "a.jpg")
    kept = Attachment.objects.get(name="a.jpg")
    assert kept.kind == "image/jpeg"
    with opened(kept) as file:
        assert file.read() == JPEG + b"a.jpg"


def test_the_day_an_answer_was_finished_is_that_of_the_phone(survey: Survey, phone: Client) -> None:
    xml = instance(CASES["answers"]["B"], survey.version.number)
    late = xml.replace(b"<meta>", b"<fin>2026-11-02T09:30:00.000+01:00</fin><meta>")
    send(phone, f"/openrosa/{survey.key}", late)
    assert Submission.objects.get().answered.isoformat() == "2026-11-02T08:30:00+00:00"


def test_a_clock_that_runs_ahead_is_not_believed(survey: Survey, phone: Client) -> None:
    xml = instance(CASES["answers"]["B"], survey.version.number)
    ahead = xml.replace(b"<meta>", b"<fin>2100-01-01T09:30:00.000+01:00</fin><meta>")
    send(phone, f"/openrosa/{survey.key}", ahead)
    assert Submission.objects.get().answered <= timezone.now()


# -- what may be filled ----------------------------------------------------------------------------


def listed(phone: Client, path: str, **asked: str) -> list[dict[str, str]]:
    answer = phone.get(f"{path}/formList", asked)
    assert answer.status_code == 200, said(answer)
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = fromstring(answer.content)
    assert root.tag == f"{{{NS['list']}}}xforms"
    return [
        {child.tag.partition("}")[2]: child.text or "" for child in form}
        for form in root.findall("list:xform", NS)
    ]


def test_a_client_finds_downloads_and_checks_a_form(survey: Survey, phone: Client) -> None:
    (form,) = listed(phone, f"/openrosa/{survey.key}")
    assert set(form) == {
        "formID", "name", "version", "hash", "downloadUrl", "manifestUrl",
    }  # fmt: skip
    assert (form["formID"], form["name"]) == ("visite", "Visites")
    assert form["version"] == survey.version.number
    content = phone.get(form["downloadUrl"]).content
    assert form["hash"] == f"md5:{hashlib.md5(content).hexdigest()}"
    assert content.decode() == survey.version.xform
    manifest = fromstring(phone.get(form["manifestUrl"]).content)
    assert manifest.tag == f"{{{NS['manifest']}}}manifest"
    assert not list(manifest)
    assert "jr://file" not in survey.version.xform, "nothing is left out of the manifest"


def test_the_list_answers_what_is_asked(survey: Survey, phone: Client) -> None:
    path = f"/openrosa/{survey.key}"
    assert listed(phone, path, formID="autre") == []
    assert len(listed(phone, path, formID="visite")) == 1
    rows = [*VISIT["survey"], {"type": "note", "name": "merci", "label": "Merci"}]
    form = survey.questionnaire
    form.refresh_from_db()
    draft_save(actor=SYSTEM, key=form.key, sheets=VISIT | {"survey": rows}, edits=form.edits)
    new = version_publish(actor=SYSTEM, key=form.key)
    survey_ask(actor=SYSTEM, key=survey.key, version=new)
    assert [one["version"] for one in listed(phone, path)] == [new.number]
    every = listed(phone, path, listAllVersions="true")
    assert {one["version"] for one in every} == {new.number, survey.version.number}
    for one in every:
        assert phone.get(one["downloadUrl"]).status_code == 200
    old = instance(CASES["answers"]["C"], survey.version.number)
    assert send(phone, path, old).status_code == 201
    assert Submission.objects.get().version == survey.version


def test_a_closed_survey_offers_nothing_and_takes_what_comes_late(
    survey: Survey, phone: Client
) -> None:
    survey_close(actor=SYSTEM, key=survey.key)
    path = f"/openrosa/{survey.key}"
    assert listed(phone, path) == []
    assert send(phone, path, instance(CASES["answers"]["C"], "1")).status_code == 202


def test_head_tells_how_much_may_be_sent(survey: Survey, phone: Client) -> None:
    answer = phone.head(f"/openrosa/{survey.key}/submission?deviceID=x")
    assert answer.status_code == 204
    assert int(answer["X-OpenRosa-Accept-Content-Length"]) >= 10_000_000
    assert answer["X-OpenRosa-Version"] == "1.0"


@pytest.mark.parametrize("end", ["formList", "submission", "forms/visite-1.xml"])
def test_an_unknown_address_says_so(phone: Client, end: str) -> None:
    answer = phone.get(f"/openrosa/nulle-part/{end}")
    assert answer.status_code in (404, 405)
    assert answer["X-OpenRosa-Version"] == "1.0"


def test_only_who_is_invited(phone: Client) -> None:
    survey = opened_survey(VISIT, invited_only=True)
    made = Invitation.objects.create(survey=survey, label="A", digest=digest_of("motde-passe"))
    closed = phone.get(f"/openrosa/{survey.key}/formList")
    assert closed.status_code == 403
    assert "invit" in said(closed)
    assert phone.get(f"/openrosa/{survey.key}/autre/formList").status_code == 403
    path = f"/openrosa/{survey.key}/motde-passe"
    (form,) = listed(phone, path)
    assert phone.get(form["downloadUrl"]).status_code == 200
    xml = instance(CASES["answers"]["C"], survey.version.number)
    assert send(phone, path, xml).status_code == 201
    made.refresh_from_db()
    assert made.outcome == Invitation.Outcome.ANSWERED
    assert Submission.objects.get().faults == {}
    again = instance(CASES["answers"]["A"], survey.version.number)
    assert send(phone, path, again).status_code == 201
    assert "déjà servi" in Submission.objects.get(uuid=identifier(1)).faults["invitation"]


# -- a whole day under one address -----------------------------------------------------------------


def test_a_day_opens_its_surveys_apart_even_of_one_questionnaire(phone: Client) -> None:
    one = opened_survey(VISIT, "Matin")
    other = survey_open(
        actor=SYSTEM, questionnaire=one.questionnaire, title="Après-midi", territory="commune:35238"
    )
    grid = opened_survey(write_sheets(models()["grille_observation"].form), "Grille")
    day = Day.objects.create(title="Journée", level="commune", code="35238")
    day.surveys.set([one, other, grid])
    path = f"/openrosa/jour/{day.key}"
    forms = {form["name"]: form for form in listed(phone, path)}
    assert set(forms) == {"Matin", "Après-midi", "Grille"}
    assert len({form["formID"] for form in forms.values()}) == 3
    for form in forms.values():
        content = phone.get(form["downloadUrl"]).content
        assert form["hash"] == f"md5:{hashlib.md5(content).hexdigest()}"
        assert re.search(r'<instance>\s*<data id="([^"]+)"', content.decode())[1] == form["formID"]
    named = forms["Après-midi"]["formID"]
    xml = instance(CASES["answers"]["C"], other.version.number, named)
    assert send(phone, path, xml, "a.jpg").status_code == 201
    assert Submission.objects.get().survey == other
    unsure = instance(CASES["answers"]["A"], other.version.number)
    assert send(phone, path, unsure).status_code == 404, "two surveys have that name"


# -- what the team reads ---------------------------------------------------------------------------


def test_the_code_to_scan_holds_the_settings_of_the_application() -> None:
    told = json.loads(zlib.decompress(base64.b64decode(settings_of("https://x/openrosa/k", "T"))))
    assert set(told) == {"general", "admin", "project"}
    assert told["general"]["server_url"] == "https://x/openrosa/k"
    assert told["general"]["delete_send"] is True
    assert not {"username", "password", "admin_pw"} & {*told["general"], *told["admin"]}


def test_the_team_is_told_how_to_set_a_tablet(survey: Survey, admin_client: Client) -> None:
    send(Client(), f"/openrosa/{survey.key}", instance(CASES["answers"]["A"], "1"), "a.jpg")
    page = admin_client.get(f"/espace/enquetes/{survey.key}/odk/").content.decode()
    assert f"/openrosa/{survey.key}" in page
    assert "ODK Collect" in page
    assert "1 réponse attend encore" in page
    assert "version inconnue" in page
    day = Day.objects.create(title="Journée", level="commune", code="35238")
    assert (
        "Aucune enquête" in admin_client.get(f"/espace/demarches/{day.key}/odk/").content.decode()
    )
    day.surveys.add(survey)
    page = admin_client.get(f"/espace/demarches/{day.key}/odk/").content.decode()
    assert f"/openrosa/jour/{day.key}" in page


def test_a_file_is_taken_away_by_the_team_and_never_shown(
    survey: Survey, phone: Client, admin_client: Client, client: Client
) -> None:
    send(phone, f"/openrosa/{survey.key}", instance(CASES["answers"]["F"], ""), "x.jpg")
    kept = Attachment.objects.get()
    address = f"/espace/enquetes/{survey.key}/joints/{kept.pk}/"
    assert client.get(address).status_code == 302
    answer = admin_client.get(address)
    assert b"dit quand m" in b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    other = opened_survey(VISIT, "Autre")
    assert admin_client.get(f"/espace/enquetes/{other.key}/joints/{kept.pk}/").status_code == 404
    page = admin_client.get(f"/espace/enquetes/{survey.key}/reponses/{identifier(5)}/")
    assert address in page.content.decode()
    assert "Version inconnue" in page.content.decode()


def test_the_pages_of_the_team_are_for_the_team(survey: Survey, client: Client) -> None:
    answer = client.get(f"/espace/enquetes/{survey.key}/odk/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/connexion/")
