"""Archives that Python's reader refuses in its own ways (found by atheris): said in French."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from fuzz.targets import TARGETS
from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
READERS = ("form-xlsx", "answers-xlsx", "list-xlsx", "list-zip")


def changed(at: dict[bytes, int], value: int) -> Callable[[bytes], bytes]:
    """Write a number of two bytes so far after each mark of an archive."""

    def change(content: bytes) -> bytes:
        told = bytearray(content)
        for mark, place in at.items():
            found = content.find(mark)
            while found >= 0:
                told[found + place : found + place + 2] = value.to_bytes(2, "little")
                found = content.find(mark, found + 4)
        return bytes(told)

    return change


DAMAGE = {
    "a version of the format that nobody reads": changed({CENTRAL: 6, LOCAL: 4}, 65),
    "a compression that nobody knows": changed({CENTRAL: 10, LOCAL: 8}, 99),
    "a password": changed({CENTRAL: 8, LOCAL: 6}, 1),
    "members that are not deflated": changed({CENTRAL: 10, LOCAL: 8}, 8),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_archive_is_refused_in_french(reader: str, damage: str) -> None:
    read, (sound, *_others) = TARGETS[reader]
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as whole, zipfile.ZipFile(stream, "w") as stored:
        for name in whole.namelist():
            stored.writestr(name, whole.read(name))
    read(stream.getvalue())  # sound so far
    with pytest.raises(DataError):
        read(DAMAGE[damage](stream.getvalue()))
