"""Archives: written from their content only (no clock, no order of the disk); those that break."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What Python's archive reader raises on a damaged, protected or unknown file."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, str | bytes], *, first: tuple[str, str] | None = None) -> bytes:
    """Return a ZIP archive of some files, by their path inside it.

    Parameters
    ----------
    files
        Path → content; texts are written in UTF-8.
    first
        A file stored first and not compressed: the type of an OpenDocument file.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0], _EPOCH), first[1], zipfile.ZIP_STORED)
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
