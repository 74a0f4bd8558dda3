"""Tables of means: the one that is sent, read whole; the one to fill in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.sources.lists import read_list
from portrea.steering.means_reading import COLUMNS, read_means

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from portrea.steering.means_reading import Told

MOST_BYTES = 5_000_000
EXAMPLE = (
    ("Bus des droits (exemple)", "bus", "2026", "investissement", "48000", "8", "Département"),
    ("Bus des droits (exemple)", "bus", "2026", "fonctionnement", "12500,50", "", "EPCI"),
    ("Bus des droits (exemple)", "bus", "2026", "etp", "0,5", "", ""),
)


def lines_of(file: UploadedFile) -> tuple[Told, ...]:
    """Read the file sent, from a folder that is emptied at once.

    Raises
    ------
    DataError
        It is too large, cannot be read, or a line of it cannot be.
    """
    name = get_valid_filename(Path(file.name or "moyens.csv").name)[-120:]
    if (file.size or 0) > MOST_BYTES:
        raise DataError(
            _("« {} » est trop gros.").format(name), remedy=_("Cinq mégaoctets au plus.")
        )
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        path = Path(folder) / name
        path.write_bytes(file.read())
        found = read_list(path)
    return read_means([dict(zip(found.columns, row, strict=False)) for row in found.rows])


def model() -> str:
    """Return the table to fill in, with three lines to be replaced."""
    lines = "".join(f"{';'.join(row)}\r\n" for row in (COLUMNS, *EXAMPLE))
    return f"\ufeff{lines}"
