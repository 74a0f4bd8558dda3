"""The files sent with the last button: each named after its question, never as on the device."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.surveys.file_kinds import HEAD, UNKNOWN, kind_of
from portrea.surveys.form import Kind, Question
from portrea.web.surveys.answering.fields import PREFIX
from portrea.web.surveys.services.files import MOST_BYTES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from portrea.web.surveys.answering.show import Asking

_STARTS = {Kind.IMAGE: "image/", Kind.AUDIO: "audio/", Kind.VIDEO: "video/"}
_EXTENSIONS = {"jpeg": "jpg", "quicktime": "mov", "octet-stream": "bin", "mpeg": "mp3"}


def files_sent(asking: Asking) -> dict[str, UploadedFile]:
    """Return the files of the request by the name they are kept under; answers name them.

    What is too big, or is not of the kind asked, is a fault of its question; so is a file that is
    asked and was not sent.
    """
    kept: dict[str, UploadedFile] = {}
    for entry in asking.filled.entries:
        question = entry.item
        if not isinstance(question, Question) or not question.kind.is_a_file:
            continue
        file = asking.request.FILES.get(PREFIX + entry.path)
        why = _refused(question, file) if file else (entry.fault if not entry.value else "")
        if why:
            asking.posted.faults[entry.path] = why
        elif file:
            name = _name(entry.path, file)
            kept[name] = file
            asking.posted.state = asking.posted.state.having(entry.path, name)
    if kept:
        asking.posted = replace(asking.posted)
        asking.fill()
    return kept


def _refused(question: Question, file: UploadedFile) -> str:
    if (file.size or 0) > MOST_BYTES:
        return _("Ce fichier dépasse %(most)s Mo : choisissez-en un plus petit.") % {
            "most": MOST_BYTES // 1_000_000
        }
    kind = _kind(file)
    if not kind.startswith(_STARTS.get(question.kind, "")):
        return _("Ce fichier n’est pas du genre attendu : choisissez-en un autre.")
    return ""


def _kind(file: UploadedFile) -> str:
    file.seek(0)
    return kind_of(file.read(HEAD)) or UNKNOWN


def _name(path: str, file: UploadedFile) -> str:
    """Return « photo-1a2b3c4d.jpg »: another file is another name."""
    file.seek(0)
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    ending = _kind(file).rpartition("/")[2]
    return (
        f"{path.replace('/', '-')[-90:]}-{digest.hexdigest()[:8]}.{_EXTENSIONS.get(ending, ending)}"
    )
