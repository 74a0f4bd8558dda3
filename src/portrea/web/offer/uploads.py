"""Files received by the site while their columns are chosen: one by import, never served."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from portrea.base.errors import DataError
from portrea.web.accounts import objects

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from portrea.web.offer.models import ImportBatch

MOST_BYTES = 20_000_000
"""Above, the command line does better."""
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".zip", ".gz")


def safe_name(name: str) -> str:
    """Return the name of a received file without anything that a path could mean."""
    return re.sub(r"[^\w.\- ]", "_", Path(name.replace("\\", "/")).name)[-120:] or "liste"


def check_upload(file: UploadedFile) -> str:
    """Return the safe name of a received file, or refuse it."""
    name = safe_name(file.name or "")
    if not name.lower().endswith(ENDINGS):
        raise DataError(
            f"« {name} » n’est pas une liste que Portrea sait lire.",
            remedy=f"Fichiers lus : {', '.join(ENDINGS)}.",
        )
    if (file.size or 0) > MOST_BYTES:
        raise DataError(
            f"« {name} » fait {(file.size or 0) / 1e6:.0f} Mo ; la page en reçoit"
            f" {MOST_BYTES / 1e6:.0f} au plus.",
            remedy="Importez-le en ligne de commande : portrea offer import FICHIER.",
        )
    return name


def path_of(batch: ImportBatch) -> Path:
    """Return where the file of an import is kept."""
    return Path(settings.PORTREA_HOME) / "imports" / str(batch.pk) / safe_name(batch.file_name)


def keep_file(batch: ImportBatch, file: UploadedFile) -> Path:
    """Write a received file where its import finds it."""
    target = path_of(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        for chunk in file.chunks():
            stream.write(chunk)
    objects.keep(target)
    return target


def forget_file(batch: ImportBatch) -> None:
    """Erase the file of an import, if it is still there."""
    target = path_of(batch)
    objects.forget(target)
    if target.parent.is_dir() and not any(target.parent.iterdir()):
        target.parent.rmdir()
