"""Serve part of a file: MapLibre asks for the few kilobytes of the tiles it draws."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse, HttpResponseNotModified

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest

CONTENT_TYPE = "application/vnd.pmtiles"
LARGEST_PART = 8_000_000


def range_response(request: HttpRequest, path: Path) -> HttpResponse | FileResponse:
    """Return the whole file, the part asked for (206), or 416 when the part is outside it."""
    state = path.stat()
    etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    wanted = request.headers.get("Range")
    response = _part(path, wanted, state.st_size) if wanted else FileResponse(path.open("rb"))
    response["Content-Type"] = CONTENT_TYPE
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _part(path: Path, wanted: str, size: int) -> HttpResponse:
    span = _span(wanted, size)
    if span is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span
    with path.open("rb") as stream:
        stream.seek(first)
        content = stream.read(last - first + 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Encoding": "identity"}
    return HttpResponse(content, status=206, headers=headers)


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """Read a Range header of one part; ``None`` when it cannot be satisfied."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted.strip())
    if not match or match.group(0) == "bytes=-":
        return None
    start, end = match.groups()
    if start:
        first, last = int(start), min(int(end) if end else size - 1, size - 1)
    else:
        first, last = max(size - int(end), 0), size - 1
    last = min(last, first + LARGEST_PART - 1)
    return (first, last) if 0 <= first <= last < size else None
