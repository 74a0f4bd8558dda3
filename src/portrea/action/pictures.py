"""A screenshot made safe to keep: made again without what its file hides, parts blackened."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS, COLUMNS = 12, 4
"""The grid in which parts are chosen; (0, 0) is at the top left."""
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1_600
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_REMEDY = "Prenez une capture d’écran (PNG ou JPEG), puis envoyez-la de nouveau."


def clean(content: bytes) -> bytes:
    """Return a picture as a JPEG of at most ``LONGEST_SIDE`` pixels a side, its metadata gone.

    Only what is seen stays: neither place, date, device nor thumbnail.

    Raises
    ------
    ParameterError
        It is no picture that we read, or it is too big.
    """
    if len(content) > MOST_BYTES:
        raise ParameterError(
            f"Cette image dépasse {MOST_BYTES // 1_000_000} Mo.", remedy="Choisissez-en une autre."
        )
    turned = _opened(content)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _written(turned)


def hide(content: bytes, cells: Iterable[tuple[int, int]]) -> bytes:
    """Return a picture of :func:`clean` with cells (row, column) of the grid painted black."""
    with Image.open(BytesIO(content), formats=("JPEG",)) as opened:
        painted = opened.convert("RGB")
    pen = ImageDraw.Draw(painted)
    width, height = painted.size
    for row, column in cells:
        if 0 <= row < ROWS and 0 <= column < COLUMNS:
            left, right = column * width // COLUMNS, -(-(column + 1) * width // COLUMNS)
            top, bottom = row * height // ROWS, -(-(row + 1) * height // ROWS)
            pen.rectangle((left, top, right, bottom), fill="black")
    return _written(painted)


def _opened(content: bytes) -> Image.Image:
    """Return the points of a picture, the right way up; its size is asked before its points."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            small = opened.width * opened.height <= MOST_PIXELS
            turned = ImageOps.exif_transpose(opened).convert("RGB") if small else None
    except Exception as error:  # a decoder says in many ways that bytes are wrong
        raise ParameterError("Cette image ne se lit pas.", remedy=_REMEDY) from error
    if turned is None:
        raise ParameterError("Cette image a trop de points.", remedy=_REMEDY)
    return turned


def _written(image: Image.Image) -> bytes:
    bare = Image.new("RGB", image.size)
    bare.paste(image)  # a new picture: what the former one carried besides its points stays behind
    stream = BytesIO()
    bare.save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return stream.getvalue()
