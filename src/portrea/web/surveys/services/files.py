"""Files joined to answers: kept beside the database, under their own digest.

One door, whatever the channel (pages of the site, OpenRosa, phones):

    attach(submission=…, name="photo-1a2b3c4d.jpg", kind="image/jpeg", content=<binary file>)
        -> Attachment

Photographs lose what they tell of the place, the day and the device (``bare``). The bytes are
written first, whole, under ``$PORTREA_HOME/answers/files/<2 signs>/<digest>``; the row comes after,
and ``name`` leaves ``submission.waits_for``. The same file sent again is the same row; another file
under the same name replaces nothing and is refused. Nothing keeps the name that the file had on the
device of who sent it. ``opened(attachment)`` reads; ``sweep()`` removes from the disk what no row
names any more.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError, StoreError
from portrea.surveys.bare_pictures import bare
from portrea.surveys.file_kinds import HEAD, kind_of
from portrea.web.accounts import objects
from portrea.web.surveys.models import Attachment, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 10_000_000
"""Bytes of one file: a photograph of a phone, a short recording."""
_PIECE = 1 << 20
_FRESH = timedelta(hours=1)
"""Age under which a file without a row is one being received."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


def folder() -> Path:
    """Return where files of answers are kept."""
    return Path(settings.PORTREA_HOME) / "answers" / "files"


def path_of(digest: str) -> Path:
    """Return where the file of a digest is kept."""
    return folder() / digest[:2] / digest


def attach(*, submission: Submission, name: str, kind: str, content: BinaryIO) -> Attachment:
    """Keep a file of an answer; sent again, it is the same.

    Raises
    ------
    ParameterError
        It is too big.
    DataError
        Another file was already received under that name.
    StoreError
        The disk is full: nothing is written, the answer itself is kept.
    """
    digest, size = _written(_without_traces(content), name)
    with transaction.atomic():
        found, made = Attachment.objects.get_or_create(
            submission=submission,
            name=name[:120],
            defaults={"kind": kind[:80] or "application/octet-stream", "size": size,
                      "digest": digest},
        )  # fmt: skip
        if not made and found.digest != digest:
            message = f"Un autre fichier « {name} » a déjà été reçu pour cette réponse."
            raise DataError(message, remedy="Envoyez-le sous un autre nom.")
        _arrived(submission, name)
    return found


def opened(attachment: Attachment) -> BinaryIO:
    """Return the bytes of a file, to be read."""
    try:
        return io.BytesIO(objects.read(path_of(attachment.digest)))
    except FileNotFoundError as error:
        message = f"Le fichier « {attachment.name} » n’est plus sur le disque."
        remedy = "Rétablissez le dossier « answers/files » d’une sauvegarde."
        raise StoreError(message, remedy=remedy) from error


def sweep() -> int:
    """Remove from the disk the files that no answer names; return how many.

    A file received within the hour may still be waiting for its row.
    """
    known = set(Attachment.objects.values_list("digest", flat=True))
    before = (timezone.now() - _FRESH).timestamp()
    stray = [
        path
        for path, written in objects.kept(folder())
        if path.name not in known and written < before
    ]
    for path in stray:
        objects.forget(path)
    return len(stray)


def _arrived(submission: Submission, name: str) -> None:
    waiting = Submission.objects.select_for_update().get(pk=submission.pk)
    if name in waiting.waits_for:
        waiting.waits_for = [one for one in waiting.waits_for if one != name]
        waiting.save(update_fields=["waits_for"])
    submission.waits_for = waiting.waits_for


def _without_traces(content: BinaryIO) -> BinaryIO:
    """Return a photograph without its metadata; what is too big is left to be refused."""
    head = content.read(HEAD)
    content.seek(-len(head), os.SEEK_CUR)
    if not kind_of(head).startswith("image/"):
        return content
    whole = content.read(MOST_BYTES + 1)
    return io.BytesIO(whole if len(whole) > MOST_BYTES else bare(whole))


def _written(content: BinaryIO, name: str) -> tuple[str, int]:
    """Write the bytes beside their place, then put them there at once: a cut leaves nothing."""
    folder().mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder(), prefix="recu-")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "wb") as target:
            for piece in _pieces(content):
                digest.update(piece)
                size += len(piece)
                _limit(size, name)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        place = path_of(digest.hexdigest())
        place.parent.mkdir(exist_ok=True)
        Path(temporary).replace(place)
        objects.keep(place)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        message = "Le disque du serveur est plein : ce fichier n’a pas pu être gardé."
        remedy = "Prévenez la personne qui tient le site, puis envoyez-le de nouveau."
        raise StoreError(message, remedy=remedy) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return digest.hexdigest(), size


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece


def _limit(size: int, name: str) -> None:
    if size > MOST_BYTES:
        message = f"Le fichier « {name} » dépasse {MOST_BYTES // 1_000_000} Mo."
        raise ParameterError(message, remedy="Choisissez-en un plus petit, ou moins bon.")
