"""Photographs: what is seen stays to the point, what tells where and when is gone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from portrea.surveys.bare_pictures import bare

PLACE = {1: "N", 2: (48.0, 8.0, 1.5), 3: "W", 4: (1.0, 58.0, 2.5)}
XMP = b"<x:xmpmeta>48.133 -1.967</x:xmpmeta>"
GPS, ORIENTATION, MODEL = 0x8825, 0x0112, 0x0110
FORMATS = ("JPEG", "PNG", "WEBP")


def photograph(kind: str, *, turned: int = 6, after: bytes = b"") -> bytes:
    """Return a small photograph that tells where it was taken, as a phone does."""
    picture = Image.linear_gradient("L").convert("RGB").resize((64, 48))
    told = Image.Exif()
    told[ORIENTATION], told[MODEL] = turned, "Telephone de Camille"
    told.get_ifd(GPS).update(PLACE)
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"comment": b"chez Camille", "progressive": True} if kind == "JPEG" else {}
    made = io.BytesIO()
    picture.save(made, kind, exif=told, xmp=XMP, icc_profile=colours, **more)
    return made.getvalue() + after


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", FORMATS)
def test_neither_place_nor_device_nor_words_stay(kind: str) -> None:
    before = photograph(kind)
    assert opened(before).getexif().get_ifd(GPS)[2] == PLACE[2]
    found = bare(before)
    after = opened(found)
    assert dict(after.getexif().get_ifd(GPS)) == {}
    assert not set(after.getexif()) - {ORIENTATION}
    assert not set(after.info) & {"xmp", "comment", "XML:com.adobe.xmp"}
    for word in (b"Camille", b"48.133", b"xmp"):
        assert word not in found


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_seen_stays_to_the_point(kind: str) -> None:
    before, after = opened(photograph(kind)), opened(bare(photograph(kind)))
    assert after.tobytes() == before.tobytes()
    assert after.info["icc_profile"] == before.info["icc_profile"]


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photograph_is_still_turned_the_right_way(turned: int) -> None:
    before = photograph("JPEG", turned=turned)
    after = opened(bare(before))
    assert after.getexif().get(ORIENTATION, 1) == turned
    upright = ImageOps.exif_transpose(opened(before))
    assert ImageOps.exif_transpose(after).tobytes() == upright.tobytes()


def test_a_second_picture_hidden_after_the_first_is_gone() -> None:
    hidden = photograph("JPEG")
    assert bare(photograph("JPEG", after=hidden)) == bare(hidden)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_bare_picture_stays_the_same(kind: str) -> None:
    once = bare(photograph(kind))
    assert bare(once) == once


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xd8 une photographie", b"une voix"])
def test_another_file_and_a_damaged_one_are_kept_as_they_are(content: bytes) -> None:
    assert bare(content) == content


@given(kind=st.sampled_from(FORMATS), cut=st.integers(0, 2_000), noise=st.binary(max_size=40))
def test_a_damaged_photograph_is_never_refused(kind: str, cut: int, noise: bytes) -> None:
    whole = photograph(kind)
    assert len(bare(whole[:cut] + noise)) <= cut + len(noise) + 1
    assert bare(whole[:cut] + noise + whole[cut:])
