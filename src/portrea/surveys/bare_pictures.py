"""Photographs without what they hide: where, when and with what device they were taken.

Nothing is compressed again: the image is kept to the byte, with the way it must be turned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portrea.surveys.file_kinds import HEAD, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

_FILL, _SCAN, _END = 0xFF, 0xDA, 0xD9
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The marker after a scan of a JPEG: neither an escaped byte nor a restart."""
_COMMENT, _EXIF, _PROFILE, _ADOBE = 0xFE, 0xE1, 0xE2, 0xEE
_APPLICATION = range(0xE1, 0xF0)
_TURNED = 0x0112
_TURN = (
    b"\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08"
    b"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00%c\x00\x00\x00\x00\x00\x00"
)
"""An Exif block of one entry, the orientation."""
_PNG_TOLD = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_TOLD = {b"EXIF", b"XMP "}
_WEBP_HEADER, _WEBP_FLAGS = b"VP8X", 0x0C
"""The chunk of a WebP whose first byte announces Exif and XMP, and these two bits."""


def bare(content: bytes) -> bytes:
    """Return a JPEG, PNG or WebP file without its metadata, any other file as it is.

    Where a file stops following its format, the rest is kept as it is: a damaged photograph is
    not lost.
    """
    strip = _STRIPS.get(kind_of(content[:HEAD]))
    return strip(content) if strip else content


def _jpeg(content: bytes) -> bytes:
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == _FILL:
        sign = content[at + 1]
        if sign == _FILL:
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if sign == _END:  # what follows is another picture, with its own metadata
            return b"".join([*kept, content[at : at + 2]])
        if end > len(content):
            break
        if sign == _SCAN:
            end = _scan_end(content, end)
        kept.append(_segment(sign, content[at:end]))
        at = end
    return b"".join([*kept, content[at:]])


def _scan_end(content: bytes, start: int) -> int:
    found = _NEXT.search(content, start)
    return found.start() if found else len(content)


def _segment(sign: int, segment: bytes) -> bytes:
    """Return what is kept of a segment: colours stay, of Exif the orientation only."""
    if sign == _ADOBE or (sign == _PROFILE and segment[4:15] == b"ICC_PROFILE"):
        return segment
    if sign == _EXIF and segment[4:10] == b"Exif\x00\x00":
        turn = _orientation(segment[10:])
        return _TURN % turn if turn > 1 else b""
    return b"" if sign == _COMMENT or sign in _APPLICATION else segment


def _orientation(tiff: bytes) -> int:
    """Return how a picture is turned (1 to 8), 1 when nothing says it."""
    little = tiff[:2] == b"II"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if little else "big")

    start = number(4, 4)
    for rank in range(min(number(start, 2), len(tiff) // 12)):
        entry = start + 2 + 12 * rank
        if number(entry, 2) == _TURNED:
            return number(entry + 8, 2) if number(entry + 8, 2) in range(1, 9) else 1
    return 1


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while at + 12 <= len(content):
        kind, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            break
        if kind not in _PNG_TOLD:
            kept.append(content[at:end])
        at = end
        if kind == b"IEND":
            return b"".join(kept)
    return b"".join([*kept, content[at:]])


def _webp(content: bytes) -> bytes:
    kept, at = [content[8:12]], 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if end > len(content):
            break
        if kind == _WEBP_HEADER and size:
            flags = content[at + 8] & ~_WEBP_FLAGS
            kept += [content[at : at + 8], bytes([flags]), content[at + 9 : end]]
        elif kind not in _WEBP_TOLD:
            kept.append(content[at:end])
        at = end
    body = b"".join([*kept, content[at:]])
    return b"RIFF" + len(body).to_bytes(4, "little") + body


_STRIPS: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp,
}  # fmt: skip
