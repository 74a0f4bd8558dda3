"""A screenshot keeps what is seen, and nothing else; what is hidden is gone."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from portrea.action.pictures import COLUMNS, LONGEST_SIDE, ROWS, clean, hide
from portrea.base.errors import ParameterError


def drawn(width: int = 400, height: int = 600, *, kind: str = "PNG", **told: object) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), "white").save(stream, kind, **told)  # type: ignore[arg-type]
    return stream.getvalue()


def told_in(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_what_the_file_hides_does_not_stay() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    exif[0x8825] = {1: "N", 2: (48.0, 7.0, 0.0)}
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "SECRETPHONE")
    for sent in (drawn(kind="JPEG", exif=exif, comment=b"SECRETPHONE"), drawn(pnginfo=told)):
        assert b"SECRETPHONE" in sent
        kept = clean(sent)
        assert b"SECRETPHONE" not in kept
        assert len(told_in(kept).getexif()) == 0


def test_a_picture_is_turned_as_it_is_seen_and_made_small() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # seen turned by a quarter
    found = told_in(clean(drawn(4000, 1000, kind="JPEG", exif=exif)))
    assert found.size == (LONGEST_SIDE // 4, LONGEST_SIDE)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=x>", b"%PDF-1.7", drawn()[:200], b"\xff\xd8\xff" + b"x" * 99]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ParameterError, match="ne se lit pas"):
        clean(content)


def test_a_picture_too_big_is_refused_before_it_is_read() -> None:
    with pytest.raises(ParameterError, match="points"):
        clean(drawn(20_000, 2_100))
    with pytest.raises(ParameterError, match="10 Mo"):
        clean(b"\xff" * 10_000_001)


CELLS = st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1))


@settings(max_examples=15)
@given(st.sets(CELLS, min_size=1, max_size=6), st.integers(97, 300), st.integers(97, 300))
def test_every_point_of_a_hidden_cell_is_black(
    cells: set[tuple[int, int]], width: int, height: int
) -> None:
    found = told_in(hide(clean(drawn(width, height)), cells))
    for row, column in cells:
        middle = ((2 * column + 1) * width // (2 * COLUMNS), (2 * row + 1) * height // (2 * ROWS))
        assert max(found.getpixel(middle)) < 16  # type: ignore[type-var, arg-type]
    shown = {(r, c) for r in range(ROWS) for c in range(COLUMNS)} - cells
    assert len(shown) == ROWS * COLUMNS - len(cells)


def test_cells_out_of_the_grid_hide_nothing() -> None:
    found = told_in(hide(clean(drawn()), [(-1, 0), (0, COLUMNS), (ROWS, 0)]))
    assert found.convert("L").getextrema()[0] > 240  # type: ignore[operator]
