"""What damages, floods or hides: refused in French, in XML, and nothing is kept by halves."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.surveys.file_kinds import UNKNOWN, kind_of
from portrea.surveys.form import Form, Group, Kind, Question
from portrea.surveys.instance import form_named, read_instance
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Attachment, Submission
from portrea.web.surveys.openrosa import views
from portrea.web.surveys.services import files, receiving
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from portrea.web.surveys.models import Survey

ID = "<meta><instanceID>uuid:00000000-0000-4000-8000-000000000001</instanceID></meta>"
GOOD = f'<data id="photo" version="1"><vue>a.jpg</vue>{ID}</data>'.encode()
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]><data id="photo">&a9;{ID}</data>',
    "outside file": '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    f'<data id="photo"><vue>&e;</vue>{ID}</data>',
    "outside definition": f'<!DOCTYPE d SYSTEM "http://x.invalid/d"><data id="photo">{ID}</data>',
    "unknown encoding": f'<?xml version="1.0" encoding="klingon"?><data id="photo">{ID}</data>',
    "heavy encoding": f'<?xml version="1.0" encoding="utf-7"?><data id="photo">{ID}</data>',
    "lying encoding": f'<?xml version="1.0" encoding="utf-16"?><data id="photo">{ID}</data>',
    "zero": f'<data id="photo"><vue>\0</vue>{ID}</data>',
    "not closed": '<data id="photo"><vue>',
    "two roots": f'<data id="photo">{ID}</data><data/>',
    "unknown prefix": f'<x:data id="photo">{ID}</x:data>',
    "no identifier": '<data id="photo"><vue>a</vue></data>',
    "empty": "",
    "a page": "<!doctype html><title>Wifi</title>",
}


@pytest.fixture
def survey() -> Survey:
    """One photograph."""
    sheets = {
        "survey": [{"type": "image", "name": "vue", "label": "Vue"}],
        "settings": [{"form_title": "Photo", "form_id": "photo", "version": "1"}],
    }
    made = questionnaire_create(actor=SYSTEM, title="P", territory="commune:35238", sheets=sheets)
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(actor=SYSTEM, questionnaire=made, title="P", territory="commune:35238")


def told(survey: Survey, xml: bytes) -> bytes:
    """The same XML, of the version that is asked."""
    return xml.replace(b'version="1"', f'version="{survey.version.number}"'.encode())


def post(client: Client, survey: Survey, xml: bytes, **sent: bytes) -> HttpResponse:
    parts: dict[str, Any] = {
        "xml_submission_file": SimpleUploadedFile("envoi.xml", told(survey, xml), "text/xml"),
        **{name: SimpleUploadedFile(name, content) for name, content in sent.items()},
    }
    return client.post(f"/openrosa/{survey.key}/submission", parts)


def said(answer: HttpResponse) -> str:
    assert answer["X-OpenRosa-Version"] == "1.0"
    return fromstring(answer.content).findtext("{http://openrosa.org/http/response}message", "")


# -- XML -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_in_french(survey: Survey, client: Client, name: str) -> None:
    answer = post(client, survey, HOSTILE[name].encode())
    assert answer.status_code == 400
    assert "réponses" in said(answer)
    assert "root:" not in said(answer)
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_ten_thousand_boxes_in_boxes_exhaust_nothing(survey: Survey, client: Client) -> None:
    deep = f'<data id="photo" version="1">{"<a>" * 10_000}{"</a>" * 10_000}{ID}</data>'
    assert post(client, survey, deep.encode()).status_code == 201
    assert Submission.objects.get().answers == {"vue": ""}


FORM = Form(
    name="photo", version="1", title="P", languages=("",),
    items=(Question(name="vue", kind=Kind.IMAGE),
           Group(name="p", items=(Question(name="n", kind=Kind.TEXT),), repeats=True)),
)  # fmt: skip
SOUND = f'<data id="photo"><vue>a.jpg</vue><p><n>x</n></p><p><n/></p>{ID}</data>'.encode()
PIECES = st.binary(max_size=12) | st.sampled_from(
    [b"<", b">", b"&#0;", b"]]>", b"<p>", b"</p>", b"<!--", b"<![CDATA[", b"<?xml?>", b"\xff\xfe",
     b'id="autre"', b"<meta/>", b"&lt;"]
)  # fmt: skip


@settings(max_examples=150)
@given(cut=st.tuples(*(st.integers(0, len(SOUND)),) * 2), piece=PIECES)
def test_whatever_is_damaged_is_read_or_refused(cut: tuple[int, int], piece: bytes) -> None:
    start, end = sorted(cut)
    xml = SOUND[:start] + piece + SOUND[end:]
    with suppress(DataError):
        form_named(xml)
        assert set(read_instance(FORM, xml).answers) <= {"vue", "p"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(xml: bytes) -> None:
    with pytest.raises(DataError):
        form_named(xml)


# -- requests --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_of_fifty_megabytes_is_refused_unread(survey: Survey, client: Client) -> None:
    answer = client.post(
        f"/openrosa/{survey.key}/submission",
        data=b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH="50000000",
    )
    assert answer.status_code == 413
    assert "photos" in said(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\ncut", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
        (GOOD, "text/xml"),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_what_is_no_submission_is_said(
    survey: Survey, client: Client, content: bytes, kind: str
) -> None:
    answer = client.post(f"/openrosa/{survey.key}/submission", data=content, content_type=kind)
    assert answer.status_code == 400
    assert said(answer)
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_answers_too_long_are_refused(survey: Survey, client: Client) -> None:
    heavy = GOOD.replace(b"a.jpg", b"a" * receiving.MOST_XML)
    assert post(client, survey, heavy).status_code == 413
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_the_answers_may_come_as_a_field(survey: Survey, client: Client) -> None:
    sent = {"xml_submission_file": told(survey, GOOD).decode()}
    assert client.post(f"/openrosa/{survey.key}/submission", sent).status_code == 201


@pytest.mark.django_db
def test_too_many_requests_wait(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SEND_RATE", "2/j")
    statuses = [post(client, survey, GOOD).status_code for _again in range(3)]
    assert statuses == [201, 201, 429]


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_too_big_is_refused_and_the_answer_kept(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1000)
    assert post(client, survey, GOOD, **{"a.jpg": b"\0" * 1001}).status_code == 413
    assert Submission.objects.get().waits_for == ["a.jpg"]
    monkeypatch.setattr(receiving, "MOST_ANSWER", 10)
    assert post(client, survey, GOOD, **{"a.jpg": b"\0" * 11}).status_code == 413
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_page_sent_as_a_photograph_is_no_page(survey: Survey, client: Client) -> None:
    page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    assert post(client, survey, GOOD, **{"a.jpg": page}).status_code == 201
    assert Attachment.objects.get().kind == UNKNOWN


@given(st.binary(max_size=80))
def test_nothing_that_a_browser_runs_is_ever_told(head: bytes) -> None:
    for start in (b"", b"<html>", b"<?xml", b"GIF89a", b"RIFF", b"0000ftyp"):
        kind = kind_of(start + head)
        assert kind == UNKNOWN or kind.split("/")[0] in {"image", "audio", "video", "application"}
        assert kind not in {"text/html", "image/svg+xml", "application/xhtml+xml"}


@pytest.mark.django_db
def test_a_name_is_never_a_path(survey: Survey, client: Client, settings: Any) -> None:
    xml = GOOD.replace(b"a.jpg", b"../../../evil.jpg")
    sent = {"../../../evil.jpg": b"\xff\xd8\xff" + b"0" * 9}
    assert post(client, survey, xml, **sent).status_code == 201
    written = {path.name for path in Path(settings.PORTREA_HOME).rglob("*") if path.is_file()}
    assert not {name for name in written if "evil" in name}


# -- a full disk -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_full_disk_says_so_and_the_next_sending_finishes(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """``/dev/full`` is a disk without room: the error is the system's own."""
    with monkeypatch.context() as patch:
        patch.setattr(
            files.tempfile,
            "mkstemp",
            lambda **_where: (os.open("/dev/full", os.O_WRONLY), str(tmp_path / "none")),
        )
        answer = post(client, survey, GOOD, **{"a.jpg": b"\xff\xd8\xff" * 9})
    assert answer.status_code == 507
    assert "disque" in said(answer)
    assert "plein" in said(answer)
    assert not Attachment.objects.exists()
    assert not [one for one in files.folder().rglob("*") if one.is_file()]
    assert Submission.objects.get().waits_for == ["a.jpg"]
    assert post(client, survey, GOOD, **{"a.jpg": b"\xff\xd8\xff" * 9}).status_code == 201
    assert Submission.objects.get().waits_for == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database or disk is full"),
        OperationalError("could not extend file: No space left on device"),
    ],
)
def test_a_full_database_says_so(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_arguments: Any, **_named: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Submission.objects, "create", refuse)
        answer = post(client, survey, GOOD)
    assert answer.status_code == 507
    assert "le téléphone le garde" in said(answer)
    assert not Submission.objects.exists()
    assert post(client, survey, GOOD).status_code == 201


@pytest.mark.django_db
def test_no_room_for_what_is_being_received(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", refuse)
    answer = post(client, survey, GOOD, **{"a.jpg": b"\0" * 3_000_000})
    assert answer.status_code == 507
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_the_ready_models_ask_for_no_file(client: Client) -> None:
    """An open link to one of them cannot fill the disk: what no question asks is not kept."""
    for model in models().values():
        assert not [one for one in model.form.questions() if one.kind.is_a_file], model
    assert write_sheets(models()["habitants"].form)["survey"]
