"""Files of answers: kept whole under their digest, once, never lost by a cut."""

from __future__ import annotations

import errno
import io
import os
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PIL import Image

from portrea.base.errors import DataError, ParameterError, StoreError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.surveys.models import Attachment, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services import files
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
GPS = 0x8825
JPEG = b"\xff\xd8 une photographie"


@pytest.fixture
def submission() -> Submission:
    """An answer that waits for a file."""
    sheets = write_sheets(models()["temoignage"].form)
    made = questionnaire_create(actor=SYSTEM, title="T", territory="commune:35238", sheets=sheets)
    version = version_publish(actor=SYSTEM, key=made.key)
    survey = survey_open(actor=SYSTEM, questionnaire=made, title="T", territory="commune:35238")
    one = UUID("7c7e2f8e-8f0e-4d5b-9b3a-0d8f4f2d1a11")
    sent = Sent(one, {}, Channel.OPENROSA, version, waits_for=("a.jpg", "b.jpg"))
    return take(actor=VISITOR, survey=survey, sent=sent).submission


def attach(submission: Submission, content: bytes = JPEG, name: str = "a.jpg") -> Attachment:
    return files.attach(
        submission=submission, name=name, kind="image/jpeg", content=io.BytesIO(content)
    )


def read(row: Attachment) -> bytes:
    with files.opened(row) as content:
        return content.read()


def kept() -> list[Path]:
    return [path for path in files.folder().rglob("*") if path.is_file()]


def test_a_file_sent_again_is_kept_once(submission: Submission) -> None:
    assert attach(submission) == attach(submission)
    assert submission.waits_for == ["b.jpg"]
    (row,) = Attachment.objects.all()
    assert (row.size, row.kind) == (len(JPEG), "image/jpeg")
    assert read(row) == JPEG
    assert kept() == [files.path_of(row.digest)]


def test_a_photograph_is_kept_without_the_place_where_it_was_taken(submission: Submission) -> None:
    told = Image.Exif()
    told.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 1.5), 3: "W", 4: (1.0, 58.0, 2.5)})
    taken = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(taken, "JPEG", exif=told)
    assert Image.open(taken).getexif().get_ifd(GPS)
    row = attach(submission, taken.getvalue())
    found = Image.open(io.BytesIO(read(row)))
    assert (found.size, dict(found.getexif().get_ifd(GPS))) == ((40, 30), {})
    assert row.size == len(read(row)) < len(taken.getvalue())
    assert attach(submission, taken.getvalue()) == row, "sent again, it is the same"


def test_another_file_under_the_same_name_replaces_nothing(submission: Submission) -> None:
    row = attach(submission)
    with pytest.raises(DataError, match="déjà été reçu"):
        attach(submission, b"autre")
    assert read(row) == JPEG


def test_what_is_too_big_leaves_nothing(submission: Submission) -> None:
    with pytest.raises(ParameterError, match="10 Mo"):
        attach(submission, bytes(files.MOST_BYTES + 1))
    assert kept() == []
    assert submission.waits_for == ["a.jpg", "b.jpg"]


def test_a_full_disk_says_so(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="disque du serveur est plein"):
        attach(submission)
    assert kept() == []
    assert not Attachment.objects.exists()


def test_only_what_no_answer_names_is_swept(submission: Submission) -> None:
    row, other = attach(submission), attach(submission, b"autre", "b.jpg")
    Attachment.objects.filter(pk=other.pk).delete()
    assert files.sweep() == 0, "it may be on its way"
    for path in kept():
        os.utime(path, (1, 1))
    assert files.sweep() == 1
    assert kept() == [files.path_of(row.digest)]


def test_a_lost_file_is_said(submission: Submission) -> None:
    row = attach(submission)
    files.path_of(row.digest).unlink()
    with pytest.raises(StoreError, match="n’est plus sur le disque"):
        files.opened(row)
